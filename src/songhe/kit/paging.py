"""Keyset paging: the next page starts after the last row, so the ten-thousandth page costs as much as the first."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import F, Model, Q, QuerySet, UUIDField

from songhe.kit.columns import field_at
from songhe.kit.words import follow

PAGE = 50
COUNTED = 10_000
MANY_SECONDS, MANY_MOST = 600, 1_000
_many: dict[object, float] = {}
"""Until when a question that found more than ``COUNTED`` is not counted again: it is told as "more than" anyway. A question
is its statement, which names the reader's scope, and its values.
"""


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursors beside it. ``first`` is the number of its first row, from 1; ``count`` how many rows
    there are in all and whether that is exact, where it came with the page.
    """

    rows: list[Any]
    first: int
    after: str
    before: str
    count: tuple[int, bool] | None = None


@dataclass(frozen=True)
class Key:
    """One term of an order: a field path, its direction, and whether it may be empty."""

    path: str
    down: bool
    empty: bool

    def past(self, value: Any, *, back: bool) -> Q:
        """Rows strictly behind a value; empty values sort last going up and first going down, as PostgreSQL does."""
        up = self.down == back
        if value is None:
            return Q(pk__in=[]) if up else Q(**{f"{self.path}__isnull": False})
        if up:
            beyond = Q(**{f"{self.path}__gt": value})
            return beyond | Q(**{f"{self.path}__isnull": True}) if self.empty else beyond
        return Q(**{f"{self.path}__lt": value})

    def reach(self, value: Any, *, back: bool) -> Q:
        """Rows at or behind a value, as one comparison."""
        up = self.down == back
        if value is None:
            return Q(**{f"{self.path}__isnull": True}) if up else Q()
        if up:
            there = Q(**{f"{self.path}__gte": value})
            return there | Q(**{f"{self.path}__isnull": True}) if self.empty else there
        return Q(**{f"{self.path}__lte": value})

    def level(self, value: Any) -> Q:
        """Rows with the same value."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def term(self, *, back: bool) -> Any:
        """The ORDER BY term."""
        return F(self.path).desc() if self.down != back else F(self.path).asc()


def keys_of(model: type[Model], order: Sequence[str]) -> tuple[Key, ...]:
    """The terms of an order, closed by the primary key. Raises ValueError for a name that is no field."""
    names = list(order)
    pk = model._meta.pk.name
    if not any(name.lstrip("-") in ("pk", "id", pk) for name in names):
        names.append(pk)
    out = []
    for name in names:
        path = pk if name.lstrip("-") == "pk" else name.lstrip("-")
        found = field_at(model, path)
        if found is None:
            raise ValueError(f"{model.__name__}: cannot order by {name}")
        out.append(Key(path, name.startswith("-"), found.null or "__" in path))
    return tuple(out)


def take(
    rows: QuerySet[Any],
    keys: tuple[Key, ...],
    cursor: str,
    *,
    size: int = PAGE,
    whole: QuerySet[Any] | None = None,
) -> Page:
    """The page at a cursor; an unreadable cursor is the first page.

    Of rows that filters left of a ``whole`` the keys are found first, which an index alone may answer, and then what is
    shown; they are counted on the way where the page is the first.
    """
    start, count = _read(rows.model, keys, cursor), None
    back = bool(start and start["back"])
    found = rows.order_by(*(key.term(back=back) for key in keys))
    if start:
        found = found.filter(_beyond(keys, start["values"], back=back))
    if whole is not None:
        few, count = (None, None) if start else _few(rows, keys, size + 1)
        shown = list(found.values_list("pk", flat=True)[: size + 1]) if few is None else few
        found = whole.filter(**{f"pk__{_among(rows.model)}": shown}).order_by(
            *(key.term(back=back) for key in keys)
        )
    got = list(found[: size + 1])
    more, got = len(got) > size, got[:size]
    number = int(start["number"]) if start else 0
    first = max(number - len(got), 0) if back else number
    if back:
        got.reverse()
        if not more:
            first = 0
    has_next, has_before = (True, more) if back else (more, bool(start))
    return Page(
        got,
        first + 1,
        _write(keys, got[-1], first + len(got), back=False) if got and has_next else "",
        _write(keys, got[0], first, back=True) if got and has_before else "",
        count,
    )


def _few(rows: QuerySet[Any], keys: tuple[Key, ...], most: int) -> tuple[list[Any] | None, tuple[int, bool]]:
    """The first primary keys, and how many rows there are; no keys where there are more than are counted.

    Rows that a filter leaves are all looked at before the first of them is known, so that to count them costs no more.
    """
    wanted = rows.order_by().values_list("pk", *(key.path for key in keys))[: COUNTED + 1]
    try:
        inner, values = wanted.query.sql_with_params()
    except EmptyResultSet:
        return [], (0, True)
    asked = inner, repr(values)
    if _is_many(asked):
        return None, (COUNTED, False)
    names = [f"k{place}" for place in range(len(keys))]
    terms = [f"{name} {'DESC' if key.down else 'ASC'}" for name, key in zip(names, keys, strict=True)]
    text = (
        f"SELECT pk, count(*) OVER () FROM ({inner}) found(pk, {', '.join(names)})"  # noqa: S608  Django's own statement
        f" ORDER BY {', '.join(terms)} LIMIT {most}"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found = cursor.fetchall()
    number = found[0][1] if found else 0
    if number > COUNTED:
        _remember_many(asked)
        return None, (COUNTED, False)
    return [pk for pk, _count in found], (number, True)


def _among(model: type[Model]) -> str:
    """Many keys as one value, where the database has such keys."""
    return "among" if isinstance(model._meta.pk, UUIDField) else "in"


def by_one_process() -> None:
    """Have the rest of the request answered by one process of the database: of a narrowed list the first ten thousand
    rows are all that is looked at, and helpers would begin to gather the others, which costs everybody else ten times that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")


def counted(rows: QuerySet[Any], page: Page | None = None) -> tuple[int, bool]:
    """(count, exact): counting stops at ten thousand. Where the page shows all there is, nothing is asked."""
    if page and not page.after and not page.before:
        return len(page.rows), True
    if page and page.count is not None:
        return page.count
    try:
        inner, values = rows.order_by().values_list("pk")[: COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return 0, True
    asked = inner, repr(values)
    if _is_many(asked):
        return COUNTED, False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) found", values)  # noqa: S608  Django's own statement
        number = int(cursor.fetchone()[0])
    if number <= COUNTED:
        return number, True
    _remember_many(asked)
    return COUNTED, False


def _is_many(asked: object) -> bool:
    return _many.get(asked, 0.0) > time.monotonic()


def _remember_many(asked: object) -> None:
    if len(_many) >= MANY_MOST:
        _many.clear()
    _many[asked] = time.monotonic() + MANY_SECONDS


def _beyond(keys: tuple[Key, ...], values: list[Any], *, back: bool) -> Q:
    """(a, b) behind (x, y), written so that the first term alone bounds an index scan."""
    key, value = keys[0], values[0]
    past = key.past(value, back=back)
    if len(keys) == 1:
        return past
    return key.reach(value, back=back) & (
        past | (key.level(value) & _beyond(keys[1:], values[1:], back=back))
    )


def _write(keys: tuple[Key, ...], row: Any, number: int, *, back: bool) -> str:
    values = [_text(follow(row, key.path)) for key in keys]
    packed = json.dumps([int(back), number, *values], separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(model: type[Model], keys: tuple[Key, ...], cursor: str) -> dict[str, Any] | None:
    if not cursor:
        return None
    try:
        back, number, *texts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if len(texts) != len(keys) or not all(text is None or _storable(text) for text in texts):
            return None
        values = []
        for key, text in zip(keys, texts, strict=True):
            found = field_at(model, key.path)
            values.append(None if text is None or found is None else found.to_python(text))
        return {"back": bool(back), "number": int(number), "values": values}
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None


def _storable(text: object) -> bool:
    """Whether it is a text that the database could hold."""
    return isinstance(text, str) and not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)
