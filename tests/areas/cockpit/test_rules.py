"""How the cockpit says numbers, and what it expects of a month that runs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.cockpit import rules
from songhe.areas.cockpit.drawings import scale_top
from songhe.core.measure import Period

NOVEMBER = Period.parse("2026-11")


@given(st.integers(0, 10**6), st.dates(date(2026, 11, 1), date(2026, 11, 30)))
def test_a_pace_never_falls_below_what_is_reached(value: int, day: date) -> None:
    assert (rules.at_this_pace(value, NOVEMBER, day) or 0) >= value


def test_pace_by_hand() -> None:
    assert rules.at_this_pace(900, NOVEMBER, date(2026, 11, 15)) == 1_800
    assert rules.at_this_pace(900, NOVEMBER, date(2026, 11, 30)) == 900
    assert rules.at_this_pace(900, NOVEMBER, date(2026, 12, 3)) == 900
    assert rules.at_this_pace(None, NOVEMBER, date(2026, 11, 3)) is None


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0.0"), (1_930, "32.2"), (1_933, "32.2"), (60_000, "1,000.0"), (None, "–")]
)
def test_hours_with_one_decimal(minutes: int | None, said: str) -> None:
    assert rules.tenths(minutes) == said


@pytest.mark.parametrize(("bp", "said"), [(8_765, "87.7%"), (0, "0.0%"), (10_000, "100.0%"), (None, "–")])
def test_shares_with_one_decimal(bp: int | None, said: str) -> None:
    assert rules.per_cent(bp) == said


def test_parts_that_do_not_add_up_are_told() -> None:
    assert rules.SumCheck(10, 10).fits
    assert (rules.SumCheck(12, 10).fits, rules.SumCheck(12, 10).gap) == (False, 2)
    assert (rules.SumCheck(12, None).fits, rules.SumCheck(12, None).gap) == (False, 0)


@given(st.lists(st.none() | st.integers(0, 10**9)))
def test_a_scale_reaches_over_every_value(values: list[int | None]) -> None:
    top = scale_top(values)
    assert top >= max((value for value in values if value is not None), default=0)
    assert str(top).rstrip("0") in ("1", "2", "4", "5", "6", "8")
