"""Months, days of decision and villages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.entitlement.rules import decision_day, is_rural
from songhe.core.days import month_end, month_of


@pytest.mark.parametrize(
    ("code", "urban", "rural"),
    [
        (371082001001, None, False),
        (371082001200, None, True),
        (371082001399, None, True),
        (371082001450, None, False),
        (371082001500, None, True),
        (371082001900, None, None),
        (371082001000, None, None),
        (371082001001, False, True),
        (371082001200, True, False),
    ],
)
def test_villages_by_class_else_by_number(code: int, urban: bool | None, rural: bool | None) -> None:
    assert is_rural(code, urban) is rural


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_the_day_of_decision_lies_in_the_month(day: date, today: date) -> None:
    month = month_of(day)
    decided = decision_day(month, today)
    assert month <= decided <= month_end(month)
    assert month_of(today) != month or decided == today
