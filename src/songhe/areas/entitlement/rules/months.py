"""Months, days of decision, and what is known of a place."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from songhe.core.codes.region import committee_is_rural


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_end(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def decision_day(month: date, today: date) -> date:
    """The day whose facts count for a month: today within it, its first day before, its last day after."""
    return min(max(today, month), month_end(month))


def is_rural(code: int, is_urban: bool | None) -> bool | None:
    """Whether a place is a village: by its urban-rural class, else by the numbers of committees; None above them."""
    return committee_is_rural(code) if is_urban is None else not is_urban


def month_after(month: date) -> date:
    """The first day of the month after a day's month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_later(day: date, count: int) -> date:
    """The same day some months later, or the last one of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
