"""Who is on duty at a moment, and where a roster has gaps. Local days and whole minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a roster: every week on some weekdays (1 is Monday), or on one day.

    ``starts`` and ``ends`` are minutes of the day on which it begins; an end beyond 24 hours lies in the next day. A line of
    one day may stand for another line (``instead_of``), whose own helper is then off; with ``helper`` None nobody is there.
    """

    key: Any
    helper: Any
    starts: int
    ends: int
    days: tuple[int, ...] = ()
    on: date | None = None
    since: date = date.min
    until: date | None = None
    instead_of: Any = None

    def begins_on(self, day: date) -> bool:
        """Whether it begins on a day, before anybody stands in."""
        if self.on is not None:
            return self.on == day
        return (
            day.isoweekday() in self.days and self.since <= day and (self.until is None or day < self.until)
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes of a day in which nobody is on duty."""

    on: date
    starts: int
    ends: int


def held_on(shifts: Sequence[Shift], day: date) -> list[Shift]:
    """The lines that begin on a day and have somebody, substitutes in the place of those they stand for."""
    begun = [one for one in shifts if one.begins_on(day)]
    replaced = {one.instead_of for one in begun if one.instead_of is not None}
    return [one for one in begun if one.helper is not None and one.key not in replaced]


def standing(shifts: Sequence[Shift], moment: datetime) -> list[Shift]:
    """The lines that are under way at a local moment, the earliest first."""
    minute, today = moment.hour * 60 + moment.minute, moment.date()
    found = [one for one in held_on(shifts, today) if one.starts <= minute < one.ends]
    late = held_on(shifts, today - timedelta(days=1))
    found += [one for one in late if one.starts <= minute + DAY < one.ends]
    return sorted(found, key=lambda one: (one.starts, str(one.key)))


def gaps(shifts: Sequence[Shift], first: date, days: int, *, since: int, until: int) -> Iterator[Gap]:
    """Where nobody is on duty between two minutes of each of some days."""
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        taken = [(one.starts, one.ends) for one in held_on(shifts, day)]
        before = held_on(shifts, day - timedelta(days=1))
        taken += [(one.starts - DAY, one.ends - DAY) for one in before]
        for start, end in _uncovered(taken, since, until):
            yield Gap(day, start, end)


def _uncovered(taken: Iterable[tuple[int, int]], since: int, until: int) -> Iterator[tuple[int, int]]:
    reached = since
    for start, end in sorted(taken):
        if start > reached:
            yield reached, min(start, until)
        reached = max(reached, end)
        if reached >= until:
            return
    if reached < until:
        yield reached, until
