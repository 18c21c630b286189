"""How long a result holds."""

from __future__ import annotations

import calendar
from datetime import date


def holds_until(assessed_on: date, months: int) -> date:
    """The first day on which a result no longer counts; the last day of a shorter month stands for a missing day."""
    years, month = divmod(assessed_on.month - 1 + months, 12)
    year = assessed_on.year + years
    return date(year, month + 1, min(assessed_on.day, calendar.monthrange(year, month + 1)[1]))
