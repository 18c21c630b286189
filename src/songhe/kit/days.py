"""Days of the city's own clock, and the moments at which they begin."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def day_of(at: datetime) -> date:
    """The day in the city."""
    return timezone.localdate(at)


def begin_of(day: date) -> datetime:
    """The first moment of a day."""
    return timezone.make_aware(datetime.combine(day, time()))


def span_of(first: date, days: int = 1) -> tuple[datetime, datetime]:
    """The moments of some days, half-open; a day is not 24 hours long where the clocks are changed."""
    return begin_of(first), begin_of(first + timedelta(days=days))
