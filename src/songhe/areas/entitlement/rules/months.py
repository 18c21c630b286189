"""Months, days of decision, and what is known of a place."""

from __future__ import annotations

from datetime import date

from songhe.core.codes.region import committee_is_rural
from songhe.core.days import month_end


def decision_day(month: date, today: date) -> date:
    """The day whose facts count for a month: today within it, its first day before, its last day after."""
    return min(max(today, month), month_end(month))


def is_rural(code: int, is_urban: bool | None) -> bool | None:
    """Whether a place is a village: by its urban-rural class, else by the numbers of committees; None above them."""
    return committee_is_rural(code) if is_urban is None else not is_urban
