"""How long a result holds."""

from __future__ import annotations

from datetime import date

from songhe.core.days import months_later
from songhe.core.scoring.form import Form


def holds_until(form: Form, level: int, assessed_on: date) -> date:
    """The first day on which a result of this level no longer counts.

    The last day of a shorter month stands for a missing day.
    """
    return months_later(assessed_on, form.months_of(level))
