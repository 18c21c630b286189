"""Days, weeks and months, against steps of one day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from songhe.core.days import monday_of, month_after, month_end, month_of, months_later

DAY = timedelta(days=1)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DAYS)
def test_a_week_and_a_month_hold_their_days(day: date) -> None:
    assert monday_of(day).isoweekday() == 1 and timedelta() <= day - monday_of(day) < 7 * DAY
    assert month_of(day).day == 1 and month_of(day) <= day <= month_end(day)
    assert month_end(day) + DAY == month_after(day) == month_of(month_after(day))


@given(DAYS, st.integers(-600, 600))
def test_months_later_is_the_same_day_or_the_last(day: date, count: int) -> None:
    later = months_later(day, count)
    assert (later.year - day.year) * 12 + later.month - day.month == count
    assert later.day == day.day or (later == month_end(later) and later.day < day.day)
