"""The one place where pages read the time; everything below takes ``at``."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The day in the city's own time zone."""
    return timezone.localdate()
