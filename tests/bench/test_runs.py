"""Payment runs on the whole city: from the database to the database, and a correction of one person in a hundred.

Beside them stands PostgreSQL itself: the same rows copied out and in again, with nothing done to them and no keys kept.
The first run awards the city's benefits to everybody entitled, and posts twelve months; what is corrected is rolled back.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import transaction
from tests.bench import figures, home

from songhe.areas.entitlement.actions import approve_award, list_candidates, load_policies
from songhe.areas.entitlement.models import Award, Grant
from songhe.areas.entitlement.queries import awarding
from songhe.areas.entitlement.terms import book
from songhe.areas.payments.actions.computing import write
from songhe.areas.payments.models import Posting, Run
from songhe.areas.payments.queries.crosscheck import checked
from songhe.areas.payments.queries.dues import Dues, Worked
from songhe.areas.payments.queries.facts import Facts, gather
from songhe.areas.registry.models import Fact, Person
from songhe.core.days import months_later
from songhe.engines.access import copying
from songhe.engines.access.api import SYSTEM, Scope, entered, insert_many
from songhe.engines.regions.models import Region
from songhe.site.postgres import Cluster
from songhe.site.postgres.roles import OWNER

COMMAND = 'make bench ARGS="-k runs"'
REGION = int(home.CITY) * 10**6
MONTHS = 12
LAST = date.today().replace(day=1)  # noqa: DTZ011  the bench's city has no clock of its own
FIRST = months_later(LAST, 1 - MONTHS)
BENEFITS = frozenset(
    {"call_subsidy", "old_age_allowance", "service_subsidy", "care_subsidy", "disability_nursing"}
)
FRESH = datetime(2020, 1, 1, tzinfo=UTC)


class Stop:
    """Wall seconds of parts."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """One part."""
        began = time.perf_counter()
        yield
        self.parts[name] = self.parts.get(name, 0.0) + time.perf_counter() - began

    @property
    def sum(self) -> float:
        """All parts."""
        return sum(self.parts.values())


@pytest.fixture(scope="module")
def paid(city: Cluster) -> Cluster:
    """The city with its newest tables, policies, and everybody's grants."""
    subprocess.run(
        [sys.executable, "-m", "songhe.site.cli", "migrate"],
        env=home.environment(city),
        cwd=home.ROOT,
        check=True,
    )
    at = datetime.now(UTC)
    with entered(Scope.EVERYTHING):
        load_policies(actor=SYSTEM, at=FRESH)
        if not Grant.everywhere.exists():
            _award(at)
    with psycopg.connect(city.url(OWNER), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    return city


def _award(at: datetime) -> None:
    """Everybody entitled receives the benefits, as if none had to be asked for."""
    given = book()
    awarding.book = lambda: replace(
        given, benefits={code: replace(given.of(code), mode="silent") for code in BENEFITS}
    )  # type: ignore[attr-defined]
    began, made = time.perf_counter(), 0
    for region in Region.objects.filter(code__gte=REGION, code__lt=REGION + 10**8, level=3):
        award = Award.everywhere.create(
            region=region, month=FIRST, number=f"MS-{region.pk}", prepared_by_id=SYSTEM.id, prepared_by="system",
            prepared_at=at,
        )  # fmt: skip
        list_candidates(award, actor=SYSTEM, at=at)
        if award.grants:
            approve_award(award, actor=_Chief(), at=at)
        made += award.grants
    taken = time.perf_counter() - began
    print(f"{made:,} grants awarded in {taken:.0f} s, {made / taken:,.0f} a second", flush=True)


class _Chief:
    """Somebody else than the system."""

    id = pk = UUID("01900000-0000-7000-8000-00000000beef")
    name = "chief"

    def may(self, right: str) -> bool:
        return bool(right)

    def scope(self, right: str | None = None) -> Scope:
        return Scope.EVERYTHING


def _run(month: date, number: str, *, first: date | None = None, known_at: datetime) -> Run:
    made: Run = Run.everywhere.create(
        region_id=REGION, month=month, first_month=first or month, number=number, known_at=known_at,
        prepared_by_id=SYSTEM.id, prepared_by="system", prepared_at=known_at,
    )  # fmt: skip
    return made


def _worked(stop: Stop, run: Run, *, since: datetime | None = None) -> tuple[Facts, Worked]:
    with stop.of("read"):
        facts = gather(REGION, run.first_month, run.month, run.known_at, news_since=since)
    with stop.of("work out"):
        worked = Dues(facts, facts.documents).work()
    with stop.of("write"):
        write(run, facts, worked)
        Run.everywhere.filter(pk=run.pk).update(state="posted", decided_by_id=_Chief.id)
    return facts, worked


def _full(stop: Stop, month: date) -> tuple[Facts, Worked]:
    """One month for everybody, posted and committed."""
    with stop.of("commit"):
        pass
    began = time.perf_counter()
    with entered(Scope.EVERYTHING):
        found = _worked(stop, _run(month, f"HS-{uuid4().hex[:12]}", known_at=datetime.now(UTC)))
        before = time.perf_counter()
    stop.parts["commit"] = time.perf_counter() - before
    stop.parts["whole"] = time.perf_counter() - began
    return found


def test_runs(paid: Cluster) -> None:
    """Twelve months posted one after the other, then one person in a hundred corrected in all of them."""
    with entered(Scope.EVERYTHING):
        _clear(paid)
    rows: list[list[figures.Cell]] = []
    seconds: list[float] = []
    for place in range(MONTHS):
        stop = Stop()
        facts, worked = _full(stop, months_later(FIRST, place))
        seconds.append(stop.parts["whole"])
        if place == MONTHS - 1:
            last = (facts, worked, stop)
    facts, worked, stop = last
    out, into = _bare(paid, facts, worked)
    bare = out + into
    whole = stop.parts["whole"]
    people, grants, lines = facts.readings.size, len(facts.granted.ids), _lines(worked)
    rows.append(["one month, read, worked out, written with keys", people, grants, lines, stop.parts["read"],
                 stop.parts["work out"], stop.parts["write"] + stop.parts["commit"], whole, f"{whole / bare:.2f}×"])  # fmt: skip
    rows.append(
        [
            "PostgreSQL: the same rows copied out and in, no keys",
            people,
            grants,
            lines,
            out,
            0.0,
            into,
            bare,
            "1.00×",
        ]
    )
    corrected = _corrected()
    rows.append(["1 % corrected, twelve months back", *corrected[0],
                 f"1/{sum(seconds) / corrected[1]:.0f} of twelve runs"])  # fmt: skip
    heads = [
        "payment run",
        "people",
        "grants",
        "postings",
        "read (s)",
        "work out (s)",
        "write (s)",
        "whole (s)",
        "ratio",
    ]
    proof = time.perf_counter()
    with entered(Scope.EVERYTHING):
        compared = checked(facts, worked.parts)
    proof = time.perf_counter() - proof
    note = (
        f"Twelve months one after the other: {sum(seconds):.0f} s. A run on screen also compares a sample with two other "
        f"evaluators ({compared:,} amounts in {proof:.1f} s) and keeps its snapshot."
    )
    figures.report("runs", f"{figures.table(heads, rows)}\n\n{note}", command=COMMAND)


def _lines(worked: Worked) -> int:
    return sum(found.size for found in worked.months.values())


def _corrected() -> tuple[list[figures.Cell], float]:
    """Other birthdays for one person in a hundred, recorded now; the least of three times, each rolled back."""
    best: tuple[list[figures.Cell], float] | None = None
    for _round in range(3):
        since, stop = datetime.now(UTC), Stop()
        with entered(Scope.EVERYTHING):
            _change(since)
            run = _run(LAST, f"HS-{uuid4().hex[:12]}", first=FIRST, known_at=datetime.now(UTC))
            began = time.perf_counter()
            facts, worked = _worked(stop, run, since=since)
            whole = time.perf_counter() - began
            transaction.set_rollback(True)
        cells: list[figures.Cell] = [
            facts.readings.size, len(facts.granted.ids), _lines(worked), stop.parts["read"], stop.parts["work out"],
            stop.parts["write"], whole,
        ]  # fmt: skip
        if best is None or whole < best[1]:
            best = cells, whole
    assert best is not None
    return best


def _change(at: datetime) -> None:
    people = Grant.everywhere.order_by("person_id").values_list("person_id", flat=True).distinct()
    some = list(people)[::100]
    rows = dict(Person.everywhere.filter(pk__among=some).values_list("pk", "region_id"))
    insert_many(
        Fact,
        ("id", "person", "region", "kind", "term", "value", "value_sealed", "recorded_at", "source", "source_note", "recorded_by_id"),
        [
            (uuid4(), key, region, "born", "", "1936-05-01", b"", datetime.now(UTC), "authority", "", SYSTEM.id)
            for key, region in rows.items()
        ],
    )  # fmt: skip
    assert at < datetime.now(UTC)


def _bare(city: Cluster, facts: Facts, worked: Worked) -> tuple[float, float]:
    """The queries of a run copied out and thrown away, and its postings copied into a table without keys: best of three."""
    asked: list[tuple[str, Any]] = []
    real: Callable[..., bytes] = copying._raw

    def listening(queryset: Any) -> bytes:
        try:
            asked.append(queryset.query.sql_with_params())
        except Exception:
            return real(queryset)
        return real(queryset)

    copying._raw = listening
    try:
        with entered(Scope.EVERYTHING):
            gather(REGION, LAST, LAST, datetime.now(UTC))
    finally:
        copying._raw = real
    return min(_copied_out(asked) for _ in range(3)), min(_copied_in(city) for _ in range(3))


def _copied_out(asked: list[tuple[str, Any]]) -> float:
    from django.db import connection

    with entered(Scope.EVERYTHING):
        began = time.perf_counter()
        for query, params in asked:
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", params) as rows,
            ):
                b"".join(rows)
        return time.perf_counter() - began


def _copied_in(city: Cluster) -> float:
    """The last run's rows, as they lie in the table, into one like it without any key."""
    with psycopg.connect(city.url(OWNER)) as owner:
        last = "SELECT id FROM payments_run ORDER BY prepared_at DESC LIMIT 1"
        with owner.cursor().copy(
            f"COPY (SELECT * FROM payments_posting WHERE run_id = ({last})) TO STDOUT (FORMAT binary)"
        ) as rows:
            raw = b"".join(rows)
        owner.execute("DROP TABLE IF EXISTS bare")
        owner.execute("CREATE TABLE bare (LIKE payments_posting)")
        owner.commit()
        began = time.perf_counter()
        with owner.cursor().copy("COPY bare FROM STDIN (FORMAT binary)") as into:
            for start in range(0, len(raw), 1 << 20):
                into.write(raw[start : start + (1 << 20)])
        owner.commit()
        taken = time.perf_counter() - began
        owner.execute("DROP TABLE bare")
        owner.commit()
    return taken


def _clear(city: Cluster) -> None:
    """Forget earlier measurements; the application itself cannot."""
    with psycopg.connect(city.url(OWNER), autocommit=True) as owner:
        owner.execute("TRUNCATE payments_posting, payments_run CASCADE")
    assert not Posting.everywhere.exists()
