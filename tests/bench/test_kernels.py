"""The statements behind a search and a list, timed alone, beside two peers in the same run.

Peers: the same statement as the tables' owner, whom row-level security lets pass; and `LIKE '%…%'` over names in the
same regions, which is how a search without tokens is usually written.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet
from tests.bench import asked, figures
from tests.bench.load import LEVELS

from songhe.areas.registry.models import Person
from songhe.areas.registry.queries.search import search
from songhe.areas.registry.screens.people import people
from songhe.engines.access.api import Scope, User, entered
from songhe.kit import paging
from songhe.site.postgres import Cluster

COMMAND = 'make bench ARGS="-k kernels"'
WORDS = 20
TURNS = 4
PEER_WORDS = 3
LIKE = {"one character": "name", "two characters": "name", "whole name": "name", "pinyin": "name_pinyin"}
Statement = tuple[str, tuple[Any, ...]]


def test_kernels(city: Cluster) -> None:
    rows: list[list[figures.Cell]] = []
    with psycopg.connect(city.url("songhe_owner"), autocommit=True) as owner:
        for level in LEVELS:
            user = asked.user_named(f"{level}-1")
            for kind, words in asked.searches(user).items():
                rows.append(_measured(user, kind, words[:WORDS], owner))
        heads = ["search (ms)", "scope", "p50", "p95", "max", "count p50", "count p95", "as owner mean",
                 "RLS to owner", "LIKE p50", "LIKE to ours"]  # fmt: skip
    figures.report("search kernels", figures.table(heads, rows), command=COMMAND)


def test_list_kernels(city: Cluster) -> None:
    rows: list[list[figures.Cell]] = []
    with psycopg.connect(city.url("songhe_owner"), autocommit=True) as owner:
        for level in LEVELS:
            user = asked.user_named(f"{level}-1")
            scope = user.scope("registry.view")
            cursor = asked.deep(user)[0]
            with entered(scope):
                asked_for = _filtered(scope)
            for kind, found, place in (
                ("first page", Person.objects.within(scope), ""),
                ("deep page", Person.objects.within(scope), cursor),
                ("three filters", asked_for, ""),
            ):
                ours = _statement(_page(found, place))
                count = _statement(found.order_by()[: paging.COUNTED + 1].values("pk"))
                mine, counts = _as_user(scope, [ours] * 3), _as_user(scope, [_counting(count)] * 3)
                theirs = _as_owner(owner, [ours])
                offset = _as_owner(owner, [_offset(found)]) if place else [0.0]
                rows.append(
                    [
                        *(kind, level, figures.share(mine, 0.5), max(mine), figures.share(counts, 0.5)),
                        *(figures.share(theirs, 0.5), _ratio(mine, theirs)),
                        *((figures.share(offset, 0.5), _ratio(offset, mine)) if place else ("—", "—")),
                    ]
                )
    heads = ["list (ms)", "scope", "p50", "max", "count p50", "as owner p50", "RLS to owner", "OFFSET p50",
             "OFFSET to ours"]  # fmt: skip
    figures.report("list kernels", figures.table(heads, rows), command=COMMAND)


def _measured(user: User, kind: str, words: Sequence[str], owner: psycopg.Connection) -> list[figures.Cell]:
    scope = user.scope("registry.view")
    mine, counted, pages = _searched(scope, words)
    theirs = _as_owner(owner, [one for page in pages for one in page])
    whole = sum(theirs) / len(pages)
    out: list[figures.Cell] = [kind, user.name]
    out += [figures.share(mine, 0.5), figures.share(mine, 0.95), max(mine)]
    out += [figures.share(counted, 0.5), figures.share(counted, 0.95)]
    out += [whole, f"{sum(mine) / len(mine) / max(whole, 0.001):.1f}×"]
    if kind not in LIKE:
        return [*out, "—", "—"]
    like = _as_owner(owner, [_like(scope, LIKE[kind], word) for word in words[:PEER_WORDS]])
    return [*out, figures.share(like, 0.5), _ratio(like, mine)]


def _searched(scope: Scope, words: Sequence[str]) -> tuple[list[float], list[float], list[list[Statement]]]:
    """Milliseconds of all statements for the page and for the count of each word, and those of the pages."""
    told: list[list[tuple[float, float, list[Statement]]]] = []
    with entered(scope), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        told += [[_watched(scope, word) for _turn in range(TURNS)] for word in words]
    mine = [min(page for page, _count, _statements in turns) for turns in told]
    counted = [min(count for _page, count, _statements in turns) for turns in told]
    return mine, counted, [turns[0][2] for turns in told]


def _watched(scope: Scope, word: str) -> tuple[float, float, list[Statement]]:
    watch = Watch()
    with connection.execute_wrapper(watch):
        rows = search(Person.objects.within(scope), word, scope)
        list(_page(rows, ""))
        page, statements = watch.milliseconds, list(watch.statements)
        rows.order_by()[: paging.COUNTED + 1].count()
    return page, watch.milliseconds - page, statements


class Watch:
    """Adds up what the database takes."""

    def __init__(self) -> None:
        self.milliseconds = 0.0
        self.statements: list[Statement] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        found = execute(sql, params, many, context)
        self.milliseconds += (time.perf_counter() - began) * 1000
        self.statements.append((sql, tuple(params or ())))
        return found


def _filtered(scope: Scope) -> QuerySet[Any]:
    rows: QuerySet[Any] = Person.objects.within(scope)
    for item in people.filters:
        rows = item.apply(rows, asked.FILTERS)
    return rows


def _page(rows: QuerySet[Any], cursor: str) -> QuerySet[Any]:
    """What a list reads: one page and one row more, in the list's order."""
    keys = paging.keys_of(Person, asked.ORDER)
    start = paging._read(Person, keys, cursor)
    found = rows.order_by(*(key.term(back=False) for key in keys))
    if start:
        found = found.filter(paging._beyond(keys, start["values"], back=False))
    return found[: paging.PAGE + 1]


def _statement(rows: QuerySet[Any]) -> Statement:
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)


def _counting(inner: Statement) -> Statement:
    return f"SELECT count(*) FROM ({inner[0]}) rows", inner[1]


def _like(scope: Scope, column: str, word: str) -> Statement:
    low, high = scope.hull
    sql = f"SELECT * FROM registry_person WHERE region_id >= %s AND region_id < %s AND {column} LIKE %s"
    return f"{sql} ORDER BY name_pinyin, id LIMIT {paging.PAGE + 1}", (low, high, f"%{word}%")


def _offset(rows: QuerySet[Any]) -> Statement:
    """The same deep page by OFFSET, as paging by page numbers does."""
    sql, values = _statement(rows.order_by(*asked.ORDER))
    return f"{sql} LIMIT {paging.PAGE + 1} OFFSET (SELECT count(*) / 2 FROM ({sql}) everything)", values * 2


def _as_user(scope: Scope, statements: Sequence[Statement]) -> list[float]:
    """With the settings of a web process."""
    with entered(scope), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        return [_best(cursor, one) for one in statements]


def _as_owner(owner: psycopg.Connection, statements: Sequence[Statement]) -> list[float]:
    with owner.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        return [_best(cursor, one) for one in statements]


def _best(cursor: Any, statement: Statement) -> float:
    """The quickest of several turns: the first ones warm, and other work on the machine counts little."""
    return min(_timed(cursor, statement) for _turn in range(TURNS))


def _timed(cursor: Any, statement: Statement) -> float:
    began = time.perf_counter()
    cursor.execute(*statement)
    cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def _ratio(one: Sequence[float], other: Sequence[float]) -> str:
    return f"{figures.share(one, 0.5) / max(figures.share(other, 0.5), 0.001):,.1f}×"
