"""Days, and the weeks and months they lie in."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_after(day: date) -> date:
    """The first day of the month after a day's month."""
    return months_later(month_of(day), 1)


def months_later(day: date, count: int) -> date:
    """The same day some months later (or, below zero, earlier), or the last one of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
