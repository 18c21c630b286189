"""Questions that pages ask again and again, put into SQL once: to build a statement takes Django longer than to run it.

``@asked`` stands over a function that returns a queryset, and makes it return the rows. Its plain values (keys, words, days,
moments, and tuples of them) may differ each time; whatever else it is given, a scope above all, is a part of the statement and
has one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from songhe.engines.access.prepared import rows_of
from songhe.engines.access.scope import Scope

P = ParamSpec("P")
T = TypeVar("T")

MOST = 1000
"""So many statements of a process are kept, each some 30 kB."""
APART = timedelta(days=1009)
"""So far that what a question makes of one mark is never another."""
OTHERS = 500
"""The first place of the other set of marks."""
DEFECT = "{}: a value does not reach the statement as it is"
PROVED: set[tuple[Any, ...]] = set()
"""Questions, with the kinds of what they are given, that made the same statement of both sets of marks."""
MARKS: dict[type, Callable[[int], Any]] = {
    UUID: lambda place: UUID(int=place + 1),
    str: lambda place: f"\x01{place}",
    date: lambda place: date.min + APART * (place + 1),
    datetime: lambda place: datetime.min.replace(tzinfo=UTC) + APART * (place + 1),
}
"""What stands for the value at a place while a statement is built: nothing that anybody asks for."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A queryset as SQL, and what each of its parameters is: the value at a place, or where there is none always the same.

    ``keyed``: it asks for a key or a word, so that one plan serves all; what reads a whole region is planned for its extent.
    """

    rows: QuerySet[Any, Any]
    compiler: Any
    text: str
    params: tuple[tuple[int | None, Any], ...]
    keyed: bool

    def answer(self, values: list[Any]) -> list[Any]:
        """The rows for these values."""
        compiler, rows = copy(self.compiler), self.rows._clone()  # type: ignore[attr-defined]
        given = tuple(fixed if place is None else values[place] for place, fixed in self.params)
        compiler.execute_sql = lambda *_args, **_options: [
            rows_of(self.text, given, using=rows.db, kept=self.keyed)
        ]
        rows.query.get_compiler = lambda *_args, **_options: compiler
        return list(rows)


def asked(ask: Callable[P, QuerySet[Any, T]]) -> Callable[P, list[T]]:
    """Keep a question's statements; it takes its values by their places alone."""

    @wraps(ask)
    def answered(*values: P.args, **named: P.kwargs) -> list[T]:
        if named:
            raise TypeError(f"{ask.__qualname__}: values are given by their places")
        statement = _statement(ask, tuple(map(_shape, values)))
        return statement.answer(_plain(values)) if statement else []

    return answered


def _shape(value: Any) -> Any:
    """What a statement depends on: of plain values the kind alone."""
    if type(value) is tuple:
        return tuple(map(_shape, value))
    return type(value) if type(value) in MARKS else value


def _plain(values: Iterable[Any]) -> list[Any]:
    """Plain values in order, those of tuples among them."""
    found: list[Any] = []
    for value in values:
        if type(value) is tuple:
            found += _plain(value)
        elif type(value) in MARKS:
            found.append(value)
    return found


@lru_cache(maxsize=MOST)
def _statement(ask: Callable[..., QuerySet[Any, Any]], shape: tuple[Any, ...]) -> Statement | None:
    """The statement of a question; None where it can have no answer."""
    try:
        rows, compiler, text, params, marks = _built(ask, _marked(shape, count()))
        kinds = (ask, _kinds(shape))
        if kinds not in PROVED:
            _prove(ask, shape, text, params, marks)
            PROVED.add(kinds)
    except EmptyResultSet:
        return None
    places = {mark: place for place, mark in enumerate(marks)}
    told = tuple(
        (places.get(param), param) if isinstance(param, Hashable) else (None, param) for param in params
    )
    if places.keys() - {param for place, param in told if place is not None}:
        raise TypeError(DEFECT.format(ask.__qualname__))
    keyed = any(place is not None and isinstance(marks[place], UUID | str) for place, _param in told)
    return Statement(rows, compiler, text, told, keyed)


def _prove(
    ask: Callable[..., QuerySet[Any, Any]], shape: tuple[Any, ...], text: str, params: Any, marks: list[Any]
) -> None:
    """Build it with another set of marks: what differs and is no mark was made of a value, and would be wrong for the next."""
    _rows, _compiler, again, others, _marks = _built(ask, _marked(shape, count(OTHERS)))
    same = all(
        (isinstance(one, Hashable) and one in marks) or _bare(one) == _bare(other)
        for one, other in zip(params, others, strict=True)
    )
    if text != again or not same:
        raise TypeError(DEFECT.format(ask.__qualname__))


def _kinds(shape: Any) -> Any:
    """A shape without what its scopes and numbers are."""
    if type(shape) is tuple:
        return tuple(map(_kinds, shape))
    return type(shape) if isinstance(shape, Scope | int) else shape


def _bare(param: Any) -> Any:
    """A parameter without what psycopg wraps around JSON."""
    return getattr(param, "obj", param)


def _built(ask: Callable[..., QuerySet[Any, Any]], given: tuple[Any, ...]) -> tuple[Any, ...]:
    rows = ask(*given)
    compiler = rows.query.get_compiler(using=rows.db)
    return (rows, compiler, *compiler.as_sql(), _plain(given))


def _marked(shape: Any, places: Iterator[int]) -> Any:
    """A mark for each plain value of a shape."""
    if type(shape) is tuple:
        return tuple(_marked(one, places) for one in shape)
    return MARKS[shape](next(places)) if isinstance(shape, type) and shape in MARKS else shape
