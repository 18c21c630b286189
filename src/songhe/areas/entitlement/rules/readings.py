"""What the registry knows of many persons over some months, in arrays: read once, asked for each of the days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.areas.entitlement.rules.months import is_rural
from songhe.core.codes.region import TOWN, UNITS
from songhe.core.rules import Document, received
from songhe.core.rules.many import NOBODY, Column, Columns, pack_days

Array = NDArray[Any]
FOREVER = (date.max - date(1970, 1, 1)).days
"""The day of what is not known or has no end."""
YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Times:
    """Values that hold of somebody on days from ``since`` up to but without ``until`` (days since 1970-01-01).

    ``row`` is the person's row. Where several hold on one day the last of them counts.
    """

    row: Array
    value: Array
    since: Array
    until: Array

    def on(self, day: int) -> tuple[Array, Array]:
        """Rows and values that hold on a day."""
        holds = (self.since <= day) & (day < self.until)
        return self.row[holds], self.value[holds]

    def __len__(self) -> int:
        return len(self.row)


def nothing() -> Times:
    """Values that hold of nobody."""
    none = np.zeros(0, np.int64)
    return Times(none, none, none, none)


LATER: Mapping[str, bool] = {"later": True}
"""Marks what earlier snapshots do not have: where it holds of nobody it is left out, so that they keep their hash."""


@dataclass(frozen=True, slots=True)
class Received:
    """Amounts granted in months before (counted from year 0), by person and rule."""

    row: Array
    rule: Array
    month: Array
    amount: Array


@dataclass(frozen=True, slots=True)
class Readings:
    """Persons in the order of their ids. ``region`` and ``home`` are region codes: where they live, and whose policies
    hold for them. ``born`` and ``died`` are days, FOREVER where not known.

    ``moved``, ``rehomed`` and ``reborn`` say where a person's past differs from today. ``tags`` are places in
    ``words`` (a term, or term:grade); ``canteens`` has region codes as values. ``urban`` says of each of ``villages``
    (region codes) whether it is urban: YES, NO or UNKNOWN. ``rules`` are the codes that ``received`` counts, by place.
    """

    ids: Array
    region: Array
    home: Array
    born: Array
    died: Array
    moved: Times
    rehomed: Times
    reborn: Times
    tags: Times
    enrolled: Times
    household: Times
    level: Times
    canteens: Times
    villages: Array
    urban: Array
    received: Received
    words: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    national_level: Times = field(default_factory=nothing, metadata=LATER)
    national_voucher: Times = field(default_factory=nothing, metadata=LATER)

    @property
    def size(self) -> int:
        """How many persons."""
        return len(self.region)

    def day(self, day: date) -> OnDay:
        """The same on one day."""
        return OnDay(self, _number(day), day)


class OnDay:
    """What is known of everybody on one day."""

    def __init__(self, readings: Readings, number: int, day: date) -> None:
        self.readings, self.number, self.date = readings, number, day
        self.region = _over(readings.region, readings.moved, number)
        self.home = _over(readings.home, readings.rehomed, number)
        self.born = _over(readings.born, readings.reborn, number)

    def lives_in(self, month: date) -> Array:
        """Who did not die before a month."""
        alive: Array = self.readings.died >= _number(month)
        return alive

    def columns(self, document: Document, rows: Array, holders: Mapping[str, Array] | None = None) -> Columns:
        """Columns of some persons for a document; what the registry does not know of anybody is left out."""
        places, place = np.unique(self.home[rows], return_inverse=True)
        makers = {
            "birth": lambda: _dates(self.born[rows]),
            "enrolled": lambda: Column(self._spread(self.readings.enrolled, 0)[rows] != 0),
            "enrolled_on": lambda: _dates(self._spread(self.readings.enrolled, FOREVER)[rows]),
            "rural": lambda: _three(self._rural()[rows]),
            "canteen": lambda: _three(self._canteen()[rows]),
            "level": lambda: _number_or_unknown(self._spread(self.readings.level, UNKNOWN)[rows]),
            "national_level": lambda: _number_or_unknown(
                self._spread(self.readings.national_level, UNKNOWN)[rows]
            ),
            "national_voucher": lambda: Column(self._spread(self.readings.national_voucher, NO)[rows] != NO),
        }
        facts = {code: makers[code]() for code in document.facts if code in makers}
        return Columns(
            len(rows),
            facts | self._received(document, rows),
            {tag: Column(self._tagged(tag)[rows]) for tag in document.tags},
            [int(code) for code in places],
            place.astype(np.int32),
            _dense(self._household()[rows]),
            {} if holders is None else holders,
        )

    def _spread(self, times: Times, otherwise: int) -> Array:
        made = np.full(self.readings.size, otherwise, np.int64)
        row, value = times.on(self.number)
        made[row] = value
        return made

    def _household(self) -> Array:
        """The number of everybody's household. Who died keeps the last one: of a month in which both lived it still
        receives once."""
        made, told = self._spread(self.readings.household, NOBODY), self.readings.household
        died = self.readings.died[told.row]
        last = (died <= self.number) & (told.since <= died) & (died <= told.until)
        made[told.row[last]] = told.value[last]
        return made

    def _tagged(self, tag: str) -> Array:
        made = np.zeros(self.readings.size, bool)
        words = self.readings.words
        wanted = [place for place, word in enumerate(words) if word == tag or word.startswith(f"{tag}:")]
        row, value = self.readings.tags.on(self.number)
        made[row[np.isin(value, wanted)]] = True
        return made

    def _rural(self) -> Array:
        codes, place = np.unique(self.region, return_inverse=True)
        known = dict(zip(self.readings.villages.tolist(), self.readings.urban.tolist(), strict=True))
        told = [
            is_rural(code, {YES: True, NO: False}.get(known.get(code, UNKNOWN))) for code in codes.tolist()
        ]
        rural = np.array([UNKNOWN if one is None else int(one) for one in told] or [UNKNOWN], np.int8)
        return rural.take(place)

    def _canteen(self) -> Array:
        _row, open_in = self.readings.canteens.on(self.number)
        served = np.isin(self.region, open_in).astype(np.int8)
        return np.where(self.region % UNITS[TOWN - 1] != 0, served, np.int8(UNKNOWN))

    def _received(self, document: Document, rows: Array) -> dict[str, Column]:
        sums = received_before(
            self.readings.received, self.readings.rules, document, self.date, self.readings.size
        )
        return {code: Column(sum_of[rows]) for code, sum_of in sums.items()}


def received_before(
    before: Received, codes: tuple[str, ...], document: Document, day: date, size: int
) -> dict[str, Array]:
    """What each row received before the month of a day, of rules that grant once in a year or a lifetime."""
    made: dict[str, Array] = {}
    month = day.year * 12 + day.month - 1
    for rule in document.rules:
        if rule.once_per not in ("year", "lifetime"):
            continue
        first = month // 12 * 12 if rule.once_per == "year" else 0
        place = codes.index(rule.code) if rule.code in codes else -1
        counts = (before.rule == place) & (before.month >= first) & (before.month < month)
        sums = np.zeros(size, np.int64)
        np.add.at(sums, before.row[counts], before.amount[counts])
        made[received(rule.code)] = sums
    return made


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _over(today: Array, past: Times, day: int) -> Array:
    """Today's values, and where the past says otherwise the past."""
    row, value = past.on(day)
    if not len(row):
        return today
    made = today.copy()
    made[row] = value
    return made


def _dates(days: Array) -> Column:
    unknown = days == FOREVER
    return Column(pack_days(np.where(unknown, 0, days)), unknown if unknown.any() else None)


def _three(values: Array) -> Column:
    unknown = values == UNKNOWN
    return Column(values == YES, unknown if unknown.any() else None)


def _number_or_unknown(values: Array) -> Column:
    unknown = values == UNKNOWN
    return Column(np.where(unknown, 0, values), unknown if unknown.any() else None)


def _dense(households: Array) -> Array:
    """Households numbered from 0 in the order of their numbers; NOBODY stays."""
    found, dense = np.unique(households, return_inverse=True)
    return dense.astype(np.int64) - (1 if len(found) and found[0] == NOBODY else 0)


class Finder:
    """Finds the rows of ids (arrays of 16 bytes each) by one mixed number instead of by sixteen signs."""

    def __init__(self, ids: Array) -> None:
        self.ids = ids
        keys = _mixed(ids)
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def rows(self, wanted: Array) -> tuple[Array, Array]:
        """The row of each wanted id, and which of them are there at all."""
        if not len(self.keys):
            return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
        row = self.order[np.searchsorted(self.keys, _mixed(wanted)).clip(max=len(self.keys) - 1)]
        return row, (self.ids[row] == wanted).all(axis=1)


def _mixed(ids: Array) -> Array:
    """Both halves in one number. Two ids with the same number would be told apart, and not found: see ``rows``."""
    halves = np.ascontiguousarray(ids).view(np.uint64).reshape(-1, 2)
    mixed: Array = halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1]
    return mixed
