"""How long a result holds."""

from __future__ import annotations

import calendar
from datetime import date

from songhe.core.scoring.form import Form


def holds_until(form: Form, level: int, assessed_on: date) -> date:
    """The first day on which a result of this level no longer counts.

    The last day of a shorter month stands for a missing day.
    """
    years, month = divmod(assessed_on.month - 1 + form.months_of(level), 12)
    year = assessed_on.year + years
    return date(year, month + 1, min(assessed_on.day, calendar.monthrange(year, month + 1)[1]))
