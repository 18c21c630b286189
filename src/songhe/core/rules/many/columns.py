"""Facts of many persons in columns: an array for each fact, and who of them it is not known of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.rules.document import Document
from songhe.core.rules.outcome import FactValue, Tags

Array = NDArray[Any]
Mask = NDArray[np.bool_]
EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(1850, 1, 1) - EPOCH).days
NOBODY = -1
"""The household of who has none."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact: whole numbers and money as int64, yes_no as bool, dates as ``pack_days`` makes them, texts as places
    in ``words``. ``unknown`` marks of whom it is not known; None: it is known of all. ``days``: dates are days since
    1970-01-01 still, as a database gives them, and packed where they are worked on.
    """

    values: Array
    unknown: Mask | None = None
    words: tuple[str, ...] = ()
    days: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Facts of ``size`` persons in the order of their keys.

    ``places`` are the different region codes and ``place`` says which of them is a person's. ``household`` numbers
    households from 0. ``holders`` marks who holds what a household receives once, by rule.
    """

    size: int
    facts: Mapping[str, Column]
    tags: Mapping[str, Column]
    places: Sequence[int]
    place: Array
    household: Array | None = None
    holders: Mapping[str, Mask] = field(default_factory=dict)

    def part(self, start: int, stop: int) -> Columns:
        """Some persons in a row. Arrays are views."""
        cut = slice(start, stop)
        return Columns(
            min(stop, self.size) - start,
            {code: _cut(column, cut) for code, column in self.facts.items()},
            {code: _cut(column, cut) for code, column in self.tags.items()},
            self.places,
            self.place[cut],
        )

    def facts_of(self, row: int, document: Document) -> dict[str, FactValue]:
        """One person's facts as the evaluator for one person takes them."""
        found: dict[str, FactValue] = {
            code: _value(self.facts[code], row, fact.kind)
            for code, fact in document.facts.items()
            if code in self.facts
        }
        held = {code for code, column in self.tags.items() if column.values[row]}
        unsure = {code for code, column in self.tags.items() if _is_unknown(column, row)}
        return found | {"tags": Tags(frozenset(held - unsure), frozenset(unsure))}


def pack(day: date) -> int:
    """A date as one number that keeps the order and gives whole months by a shift: 32 days to a month."""
    return (day.year * 12 + day.month - 1) * 32 + day.day


def unpack(packed: int) -> date:
    """The date of a packed number."""
    months, day = divmod(packed, 32)
    return date(months // 12, months % 12 + 1, day)


def pack_days(days: Array) -> Array:
    """Days since 1970-01-01 (whole numbers or datetime64[D]) packed, as int32."""
    numbers = days.view(np.int64) if days.dtype.kind == "M" else days
    table = _packed_days()
    if not numbers.size or (numbers.min() >= FIRST_DAY and numbers.max() < FIRST_DAY + len(table)):
        return table.take(numbers - FIRST_DAY)
    return _packed(days.astype("datetime64[D]"))


@lru_cache(maxsize=1)
def _packed_days() -> Array:
    """Every day of 1850 to 2150: looking a day up is ten times as quick as working it out."""
    return _packed(np.arange(np.datetime64("1850-01-01"), np.datetime64("2150-01-01")))


def _packed(days: Array) -> Array:
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int32) + 1
    packed: Array = (months.astype(np.int32) + 1970 * 12) * 32 + day
    return packed


def gathered(
    document: Document,
    persons: Sequence[Mapping[str, FactValue]],
    *,
    regions: Sequence[int],
    households: Sequence[int] | None = None,
) -> Columns:
    """Columns of what is known of each person, for a document; the slow way in, for few persons and for tests."""
    places = sorted(set(regions))
    where = {code: place for place, code in enumerate(places)}
    given = [person.get("tags") for person in persons]
    return Columns(
        len(persons),
        {
            code: _column([person.get(code) for person in persons], fact.kind)
            for code, fact in document.facts.items()
        },
        {tag: _tagged(tag, given) for tag in document.tags},
        places,
        np.array([where[region] for region in regions], np.int32),
        np.array(households, np.int64) if households is not None else None,
    )


def _column(values: Sequence[FactValue], kind: str) -> Column:
    unknown = np.array([value is None for value in values], bool)
    mask = unknown if unknown.any() else None
    if kind == "text":
        words = tuple(sorted({str(value) for value in values if value is not None}))
        place = {word: number for number, word in enumerate(words)}
        codes = [place[str(value)] if value is not None else 0 for value in values]
        return Column(np.array(codes, np.int32), mask, words)
    if kind == "date":
        dates = [pack(value) if isinstance(value, date) else 0 for value in values]
        return Column(np.array(dates, np.int32), mask)
    plain = [value if isinstance(value, int) else 0 for value in values]
    return Column(np.array(plain, bool if kind == "yes_no" else np.int64), mask)


def _tagged(tag: str, given: Iterable[FactValue]) -> Column:
    tags = [value if isinstance(value, Tags) else None for value in given]
    unknown = np.array([one is None or (tag in one.unsure and tag not in one.held) for one in tags], bool)
    return Column(
        np.array([one is not None and tag in one.held for one in tags], bool),
        unknown if unknown.any() else None,
    )


def _cut(column: Column, cut: slice) -> Column:
    unknown = column.unknown[cut] if column.unknown is not None else None
    if unknown is not None and not unknown.any():
        unknown = None
    values = column.values[cut]
    if column.days:
        values = pack_days(values if unknown is None else np.where(unknown, 0, values))
    return Column(values, unknown, column.words)


def _is_unknown(column: Column, row: int) -> bool:
    return column.unknown is not None and bool(column.unknown[row])


def _value(column: Column, row: int, kind: str) -> FactValue:
    if _is_unknown(column, row):
        return None
    value = column.values[row]
    if kind == "text":
        return column.words[int(value)]
    if kind == "date":
        return EPOCH + timedelta(days=int(value)) if column.days else unpack(int(value))
    return bool(value) if kind == "yes_no" else int(value)
