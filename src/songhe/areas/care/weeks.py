"""Lines that say how often a week, and leave the days to the planner. Plain values in, days out.

Such a line's rule holds the days that are possible. Of each week it takes so many, some days apart, and each has a number in
its week by which it stays the same visit on whichever day. Until a roster chooses, they lie as far apart as they can.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise
from typing import TypeVar

from songhe.areas.care.rules import SPREAD, days, least_apart, pattern, weekly
from songhe.core.days import monday_of
from songhe.core.refusal import Refused

WEEK = timedelta(days=7)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Often:
    """So many ``times`` a week, at least ``gap`` days apart (1: on any days), on the days of a weekly rule."""

    rule: str
    times: int
    gap: int

    def usual(self) -> tuple[int, ...]:
        """The weekdays on which it takes place unless others are chosen; none where so many do not fit."""
        found = pattern(self.rule)
        return _usual(found.weekdays, self.times, self.gap, found.every)


@cache
def _usual(weekdays: tuple[int, ...], times: int, gap: int, every: int) -> tuple[int, ...]:
    fit = [some for some in combinations(sorted(weekdays), times) if least_apart(some, every) >= gap]
    return max(fit, key=lambda some: (some == SPREAD[times], least_apart(some, every)), default=())


def often(weekdays: Collection[int], times: int | None, gap: int, every: int) -> Often:
    """So many times a week on some of these days, on all if none is named; refused where they do not fit."""
    if times is None or not 1 <= times <= 7:
        raise Refused("times", "Say how many times a week, from 1 to 7.", field="times")
    if not 1 <= gap <= 7:
        raise Refused("days_apart", "Visits lie 1 to 7 days apart.", field="days_apart")
    made = Often(weekly(weekdays or range(1, 8), every), times, gap)
    if not made.usual():
        most = max(n for n in range(1, times) if Often(made.rule, n, gap).usual())
        raise Refused(
            "too_often",
            "So many visits do not fit into a week that far apart on these days: at most {most} do. Choose fewer, more days, or "
            "fewer days apart.",
            field="times",
            most=most,
        )
    return made


@dataclass(frozen=True, slots=True)
class Place:
    """One visit of a line: its day, and where it is left to the planner the week's Monday and its number in the week."""

    day: date
    week: date | None = None
    ordinal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A plan's days, of which those from ``after`` on can still be chosen."""

    start: date
    until: date | None
    after: date

    def owes(self, day: date) -> bool:
        """Whether a visit of a day that is not there is to be made on another: within the month, of whose grant it takes."""
        return day >= self.after.replace(day=1)


def places(
    line: Often,
    term: Term,
    possible: Collection[date],
    kept: Mapping[tuple[date, int], date],
    since: date,
    until: date,
) -> Iterator[Place]:
    """The visits of all weeks that some days touch: those that are there on their days, and the others as usual, or on
    ``possible`` days as near to that as the others of the line let them.

    A week that the plan holds in part has as many as usual in that part. What is not there any more, or never was, is made on
    the days that are left of its week. ``kept``: days of what is there, by week and number.
    """
    taken = set(kept.values())
    usual = {day: n for n, day in enumerate(line.usual())}
    first, last = monday_of(since), monday_of(until) + WEEK - timedelta(days=1)
    end = last if term.until is None else min(last, term.until)
    wanted = days(line.rule, start=term.start, since=max(first, term.start), until=end)
    for ahead in range(0, (last - first).days, 7):
        week = first + timedelta(days=ahead)
        numbers = {
            usual[day.isoweekday()]: day
            for day in wanted
            if monday_of(day) == week and day.isoweekday() in usual
        }
        missing = {n: day for n, day in numbers.items() if (week, n) not in kept and term.owes(day)}
        free = [day for day in possible if monday_of(day) == week and day >= term.after]
        made = nearest(missing, free, taken, line.gap)
        taken |= set(made.values())
        there = {n: day for (monday, n), day in kept.items() if monday == week}
        yield from (Place(day, week, n) for n, day in sorted((there | made).items()))


def nearest(
    missing: Mapping[int, date], possible: Collection[date], taken: Collection[date], gap: int
) -> dict[int, date]:
    """Days for as many as fit, ``gap`` days from each other and from those ``taken``, and as near as can be to their own."""
    free = sorted(day for day in possible if clear(day, taken, gap))
    if set(missing.values()) <= set(free) and _spaced(sorted(missing.values()), gap):
        return dict(missing)
    for count in range(min(len(missing), len(free)), 0, -1):
        found = [
            (sum(abs((day - missing[n]).days) for n, day in zip(numbers, some, strict=True)), some, numbers)
            for some in combinations(free, count)
            if _spaced(some, gap)
            for numbers in combinations(sorted(missing), count)
        ]
        if found:
            _far, some, numbers = min(found)
            return dict(zip(numbers, some, strict=True))
    return {}


def _spaced(some: Sequence[date], gap: int) -> bool:
    return all((b - a).days >= gap for a, b in pairwise(some))


def clear(day: date, taken: Collection[date], gap: int) -> bool:
    """Whether a day lies far enough from others."""
    return all(abs((day - other).days) >= gap for other in taken)


def settled(
    own: Mapping[Key, date],
    wanted: Mapping[Key, date],
    possible: Mapping[Key, Collection[date]],
    gap: int,
) -> dict[Key, date]:
    """Where visits of one line come to lie: first those of which a possible day was chosen, then each of the others as near to its own
    day as it can; what finds no possible day stays where it was."""
    out: dict[Key, date] = {}
    for key in sorted(own, key=lambda key: (wanted.get(key) not in possible[key], own[key])):
        near = sorted(possible[key], key=lambda day: (abs((day - own[key]).days), day))
        tried = [wanted[key], *near] if wanted.get(key) in possible[key] else near
        out[key] = next((day for day in tried if clear(day, out.values(), gap)), own[key])
    return out
