"""Deadlines over a business calendar: weekends, public holidays and the working weekends that make up for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, get_args

from songhe.core.sources import Data, DataError, day, part, rows, text, whole

SpanUnit = Literal["minutes", "days", "working_minutes", "working_days"]
LONGEST = 3660  # days that a deadline may look ahead, so that an empty calendar cannot run for ever


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. Days are 24 hours; working days end with the last working hour of the n-th day after."""

    unit: SpanUnit
    count: int

    def __post_init__(self) -> None:
        if self.unit not in get_args(SpanUnit) or self.count < 0:
            raise ValueError(f"A span counts 0 or more {', '.join(get_args(SpanUnit))}.")


@dataclass(frozen=True, slots=True)
class YearPlan:
    """One year's published days off and working weekends; ``verified`` against the issuing notice or not."""

    off: frozenset[date]
    work: frozenset[date]
    verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours of one zone. A year without a plan counts Monday to Friday: see ``verified``."""

    zone: timezone
    hours: tuple[tuple[time, time], ...]
    years: Mapping[int, YearPlan]

    def __post_init__(self) -> None:
        flat = [moment for pair in self.hours for moment in pair]
        if not flat or flat != sorted(set(flat)):
            raise ValueError("Working hours must follow one another without overlap.")

    def works(self, on: date) -> bool:
        """Whether a day is a working day."""
        plan = self.years.get(on.year)
        if plan is not None and on in plan.work:
            return True
        return on.weekday() < 5 and not (plan is not None and on in plan.off)

    def verified(self, year: int) -> bool:
        """Whether the days off of a year are known and checked."""
        plan = self.years.get(year)
        return plan is not None and plan.verified

    def deadline(self, at: datetime, span: Span) -> datetime:
        """The moment a span from ``at`` is over; never before ``at``, later for a later start or longer span."""
        if at.tzinfo is None:
            raise ValueError("Deadlines are counted from aware moments.")
        if span.unit == "minutes":
            return at + timedelta(minutes=span.count)
        if span.unit == "days":
            return at + timedelta(days=span.count)
        if span.unit == "working_minutes":
            return self._after_minutes(at, span.count)
        return self._after_days(at, span.count)

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Whole working minutes between two moments."""
        worked = timedelta()
        on = start.astimezone(self.zone).date()
        while on <= end.astimezone(self.zone).date():
            for opens, closes in self._open(on):
                worked += max(min(closes, end) - max(opens, start), timedelta())
            on += timedelta(days=1)
        return int(worked.total_seconds()) // 60

    def _open(self, on: date) -> list[tuple[datetime, datetime]]:
        if not self.works(on):
            return []
        return [
            (
                datetime.combine(on, opens, self.zone),
                datetime.combine(on, closes, self.zone),
            )
            for opens, closes in self.hours
        ]

    def _after_minutes(self, at: datetime, count: int) -> datetime:
        left = timedelta(minutes=count)
        if not left:
            return at
        first = at.astimezone(self.zone).date()
        for ahead in range(LONGEST):
            for opens, closes in self._open(first + timedelta(days=ahead)):
                begins = max(opens, at)
                if begins < closes:
                    if closes - begins >= left:
                        return begins + left
                    left -= closes - begins
        raise ValueError(f"{count} working minutes reach too far ahead.")

    def _after_days(self, at: datetime, count: int) -> datetime:
        if not count:
            return at
        first, left = at.astimezone(self.zone).date(), count
        for ahead in range(1, LONGEST):
            open_hours = self._open(first + timedelta(days=ahead))
            left -= bool(open_hours)
            if not left:
                return open_hours[-1][1]
        raise ValueError(f"{count} working days reach too far ahead.")


def build_span(data: Data, where: str) -> Span:
    """A span from a mapping with one entry, such as ``working_days: 3``."""
    if len(data) != 1 or next(iter(data)) not in get_args(SpanUnit):
        raise DataError(f"{where}: give one of {', '.join(get_args(SpanUnit))} with a number.")
    unit: SpanUnit = next(name for name in get_args(SpanUnit) if name in data)
    return Span(unit, whole(data, unit, where))


def build_calendar(data: Data) -> Calendar:
    """A calendar from a mapping as the data file holds it."""
    hours = data.get("hours")
    if not isinstance(hours, list):
        raise DataError('calendar: hours must be a list of pairs like ["08:30", "12:00"].')
    years = {int(year): _year(plan, int(year)) for year, plan in part(data, "years", "calendar").items()}
    return Calendar(
        zone=timezone(timedelta(hours=whole(data, "utc_offset_hours", "calendar"))),
        hours=tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in hours),
        years=years,
    )


def _year(plan: Data, year: int) -> YearPlan:
    where = f"calendar {year}"
    off: set[date] = set()
    for row in rows(plan, "holidays", where):
        first, last = day(row, "from", where), day(row, "to", where)
        if not first <= last or first.year != year or last.year != year:
            raise DataError(f"{where}: {first} to {last} is not a range within the year.")
        off |= {first + timedelta(days=ahead) for ahead in range((last - first).days + 1)}
    work = frozenset(plan.get("work") or ())
    wrong = sorted(str(on) for on in work if type(on) is not date or on.weekday() < 5 or on in off)
    if wrong:
        raise DataError(f"{where}: {', '.join(wrong)} is no weekend day to be worked.")
    return YearPlan(
        frozenset(off),
        work,
        bool(plan.get("verified", False)),
        text(plan, "source", where),
    )
