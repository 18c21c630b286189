"""When a plan's services recur, and whether they fit: plain values in, days and reasons out.

Recurrence is RFC 5545 (``RRULE``), of which a care plan may say: daily, weekly or monthly, an interval, days of the week or
of the month, an end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from dateutil.rrule import rrule, rrulestr

from songhe.core.days import monday_of
from songhe.core.refusal import Refused

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ALLOWED = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"})
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
MOST_WEEKS = 26
SOFT = timedelta(minutes=60)
EARLIEST, LATEST = time(6), time(22)
_PART = re.compile(r"[A-Z]+=[A-Z0-9,+-]{1,60}")
SPREAD: Mapping[int, tuple[int, ...]] = {
    1: (3,), 2: (2, 5), 3: (1, 3, 5), 4: (1, 3, 5, 7), 5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 4, 5, 6), 7: (1, 2, 3, 4, 5, 6, 7),
}  # fmt: skip
"""Weekdays for so many times a week, as far apart as they can be."""


def weekly(weekdays: Collection[int], every: int = 1) -> str:
    """A rule for some days (1 is Monday) of every so many weeks."""
    if not weekdays or not set(weekdays) <= set(range(1, 8)):
        raise Refused("weekdays", "Choose at least one day of the week.", field="weekdays")
    if not 1 <= every <= MOST_WEEKS:
        raise Refused(
            "every", "Choose every week, or every 2 to {most} weeks.", field="every", most=MOST_WEEKS
        )
    days = ",".join(CODES[day - 1] for day in sorted(set(weekdays)))
    return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={days};WKST=MO"


def checked(text: str) -> str:
    """A rule as text, with its parts in capitals; refused where it is none, or says more than a care plan may."""
    clean = text.strip().upper().removeprefix("RRULE:")
    parts = clean.split(";") if clean else []
    if not parts or not all(_PART.fullmatch(part) for part in parts):
        raise _garbage()
    said = dict(part.split("=", 1) for part in parts)
    if len(said) != len(parts) or not set(said) <= ALLOWED or said.get("FREQ") not in FREQUENCIES:
        raise _garbage()
    if not _number(said.get("INTERVAL", "1"), 52) or not _number(said.get("COUNT", "1"), 1000):
        raise _garbage()
    if not set(said.get("BYDAY", "MO").split(",")) <= set(CODES):
        raise _garbage()
    if said["FREQ"] == "MONTHLY" and not {"BYDAY", "BYMONTHDAY"} & set(said):
        raise Refused(
            "rule",
            "Say on which days of a month, such as FREQ=MONTHLY;BYMONTHDAY=1,15, or -1 for the last: not every month has the day "
            "on which a plan begins.",
            field="rule",
        )
    if "BYMONTHDAY" in said and not all(
        number in ("-1", *(str(day) for day in range(1, 29))) for number in said["BYMONTHDAY"].split(",")
    ):
        raise _garbage()
    try:
        days(clean, start=date(2026, 1, 1), since=date(2026, 1, 1), until=date(2026, 3, 1))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise _garbage() from error
    return clean


def _number(text: str, most: int) -> bool:
    return text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= most


def _garbage() -> Refused:
    return Refused(
        "rule",
        "This is not a recurrence rule that a plan can follow. Choose days of the week, or write a rule such as FREQ=WEEKLY;BYDAY=MO,TH.",
        field="rule",
    )


def _rule(text: str, start: date) -> rrule:
    found = rrulestr(text, dtstart=datetime.combine(start, time(0)))
    assert isinstance(found, rrule)
    return found


def days(text: str, *, start: date, since: date, until: date, but: Collection[date] = ()) -> tuple[date, ...]:
    """The days of a rule from ``since`` to ``until``, both included, without the exceptions (EXDATE).

    ``start`` is the plan's first day: every second week counts from the week it lies in.
    """
    if until < since:
        return ()
    first = monday_of(start) if "WEEKLY" in text and "COUNT" not in text else start
    found = _rule(text, first).between(
        datetime.combine(since, time(0)), datetime.combine(until, time(0)), inc=True
    )
    return tuple(day for moment in found if (day := moment.date()) >= start and day not in but)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule says, for words: by days of the week or of the month, every so many days, weeks or months."""

    frequency: str
    every: int
    weekdays: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()


def pattern(text: str) -> Pattern:
    """A checked rule taken apart."""
    said = dict(part.split("=", 1) for part in text.split(";"))
    codes = re.findall(r"[A-Z]{2}", said.get("BYDAY", ""))
    numbers = tuple(int(number) for number in said.get("BYMONTHDAY", "").split(",") if number)
    return Pattern(
        said["FREQ"], int(said.get("INTERVAL", "1")), tuple(CODES.index(code) + 1 for code in codes), numbers
    )


def least_apart(weekdays: Collection[int], every: int) -> int:
    """Days between the two that lie nearest; behind the last comes the first of the next such week. No days are one a week."""
    found = sorted(set(weekdays)) or [1]
    return min(b - a for a, b in pairwise((*found, found[0] + 7 * every)))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included; an open end is until further notice."""

    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether a day lies inside."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A line of a plan as far as its days matter. ``skips_holidays``: it does not take place on public holidays."""

    rule: str
    start: date
    until: date | None
    but: frozenset[date] = frozenset()
    skips_holidays: bool = False

    def days(
        self, since: date, until: date, *, away: Sequence[Span], holidays: Collection[date]
    ) -> tuple[date, ...]:
        """The days on which it takes place: not before the plan, not after it, not while the person is away."""
        last = until if self.until is None else min(until, self.until)
        found = days(self.rule, start=self.start, since=max(since, self.start), until=last, but=self.but)
        return tuple(
            day
            for day in found
            if not any(span.holds(day) for span in away) and not (self.skips_holidays and day in holidays)
        )


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a visit may begin. A soft one is widened by an hour on either side, within the day's hours."""

    earliest: time
    latest: time
    hard: bool

    def wished(self, day: date) -> tuple[datetime, datetime]:
        """From when until when a visit of a day is wished to begin, in local time without a zone."""
        return datetime.combine(day, self.earliest), datetime.combine(day, self.latest)

    def on(self, day: date, minutes: int) -> tuple[datetime, datetime]:
        """The wanted window of a visit of so many minutes, in local time without a zone."""
        begins, ends = self.wished(day)
        if not self.hard:
            begins = max(begins - SOFT, min(begins, datetime.combine(day, EARLIEST)))
            ends = min(ends + SOFT, max(ends, datetime.combine(day, LATEST)))
        return begins, ends + timedelta(minutes=minutes)


def check_window(earliest: time, latest: time, minutes: int) -> None:
    """Refuse a window that ends before it begins, and a visit that goes on after midnight."""
    if latest < earliest:
        raise Refused("window", "The latest start must not lie before the earliest.", field="latest")
    if not 5 <= minutes <= 720:
        raise Refused("minutes", "A visit lasts 5 to 720 minutes.", field="minutes")
    if datetime.combine(date.min, latest) + timedelta(minutes=minutes) > datetime.combine(
        date.min, time(23, 59)
    ):
        raise Refused("window", "The visit must end on the day on which it begins.", field="latest")


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a month fits: minutes that the plan takes, those that are there, and what is over."""

    month: date
    wanted: int
    free: int

    @property
    def over(self) -> int:
        """Minutes beyond the grant; 0 where it fits."""
        return max(self.wanted - self.free, 0)


def fits(wanted: Iterable[tuple[date, int]], free: Mapping[date, int]) -> tuple[Fit, ...]:
    """Each month's minutes against those that are there; a month without a grant has none."""
    sums: Counter[date] = Counter()
    for day, minutes in wanted:
        if minutes < 0:
            raise ValueError("a visit takes no less than nothing")
        sums[day.replace(day=1)] += minutes
    return tuple(Fit(month, minutes, max(free.get(month, 0), 0)) for month, minutes in sorted(sums.items()))


def by_week(wanted: Iterable[tuple[date, int]]) -> dict[date, int]:
    """Minutes by the Monday of each week."""
    sums: Counter[date] = Counter()
    for day, minutes in wanted:
        sums[monday_of(day)] += minutes
    return dict(sums)
