"""For which periods somebody is due in a month: every week, month or quarter exactly once, however the months are planned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from songhe.core.days import monday_of, month_after, month_of

WEEK = timedelta(days=7)


class Every(StrEnum):
    """How often."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Way(StrEnum):
    """How somebody is in touch."""

    VISIT = "visit"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Due:
    """One contact: for which period (``until`` is the first day after it), and how."""

    since: date
    until: date
    way: Way


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def period_of(every: Every, day: date) -> tuple[date, date]:
    """The period of a day, as its first day and the first after it."""
    if every is Every.WEEK:
        monday = monday_of(day)
        return monday, monday + WEEK
    if every is Every.MONTH:
        return month_of(day), month_after(day)
    first = quarter_of(day)
    return first, month_after(month_after(month_after(first)))


def due_in(every: Every, month: date, key: str, *, weekly_visits: int = 1) -> Iterator[Due]:
    """The contacts of somebody in a month.

    A week belongs to the month of its Monday. A quarter's visit falls into one of its months, by a hash of the person's key,
    so that the months of a quarter have about as much to do.
    """
    first, after = month_of(month), month_after(month)
    if every is Every.WEEK:
        monday = first + timedelta(days=-first.weekday() % 7)
        count = 0
        while monday < after:
            yield Due(monday, monday + WEEK, Way.VISIT if count < weekly_visits else Way.CALL)
            monday, count = monday + WEEK, count + 1
    elif every is Every.MONTH:
        yield Due(first, after, Way.VISIT)
    else:
        since, until = period_of(every, first)
        turn = hashlib.sha256(f"{since}:{key}".encode()).digest()[0] % 3
        if (first.month - since.month) == turn:
            yield Due(since, until, Way.VISIT)


def spread(since: date, days: int, place: int, count: int) -> date:
    """The day of one of several things that are spread evenly over some days."""
    return since + timedelta(days=place * days // max(count, 1))
