"""Laws of a grant's months: one state for each, whatever was decided in which order."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.entitlement.rules import Months, Stretch, arrears, state_in, with_state
from songhe.core.days import month_after, month_of

FIRST = date(2026, 1, 1)
MONTHS = [date(2026 + n // 12, n % 12 + 1, 1) for n in range(30)]
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["in_force", "suspended", "stopped"]),
        st.sampled_from(MONTHS),
        st.sampled_from(["a", "b"]),
        st.booleans(),
    ),
    max_size=8,
)


def after(decisions: list[tuple[str, date, str, bool]]) -> tuple[Stretch, ...]:
    stretches: tuple[Stretch, ...] = (Stretch(Months(FIRST), "in_force", "granted"),)
    for state, month, reason, owed in decisions:
        stretches = with_state(stretches, state, month, reason=reason, owed=owed)
    return stretches


@given(DECISIONS)
def test_the_stretches_follow_one_another_without_gap_or_overlap(
    decisions: list[tuple[str, date, str, bool]],
) -> None:
    stretches = after(decisions)
    assert stretches[0].months.start == FIRST
    assert stretches[-1].months.until is None
    for one, other in pairwise(stretches):
        assert one.months.until == other.months.start
        assert (one.state, one.reason) != (other.state, other.reason)


@given(DECISIONS, st.sampled_from(MONTHS))
def test_the_last_decision_holds_from_its_month_on(
    decisions: list[tuple[str, date, str, bool]], month: date
) -> None:
    stretches = after(decisions)
    if decisions:
        state, start, _reason, _owed = decisions[-1]
        told = state_in(stretches, max(start, month))
        assert told is not None and told.state == state


@given(DECISIONS)
def test_only_suspended_months_are_owed(decisions: list[tuple[str, date, str, bool]]) -> None:
    assert all(one.state == "suspended" for one in after(decisions) if one.owed)


def test_resuming_with_arrears_owes_the_months_between() -> None:
    stretches = after(
        [("suspended", date(2026, 3, 1), "a", False), ("in_force", date(2026, 6, 1), "b", True)]
    )
    assert arrears(stretches) == (Months(date(2026, 3, 1), date(2026, 6, 1)),)
    without = after([("suspended", date(2026, 3, 1), "a", False), ("in_force", date(2026, 6, 1), "b", False)])
    assert arrears(without) == ()


def test_a_stop_before_the_first_month_leaves_no_month() -> None:
    (only,) = after([("stopped", date(2025, 7, 1), "a", False)])
    assert (only.state, only.months.start) == ("stopped", FIRST)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_the_month_after(day: date) -> None:
    following = month_after(day)
    assert following.day == 1
    assert (following.year * 12 + following.month) - (day.year * 12 + day.month) == 1
    assert month_of(day) < following


def test_months_are_first_days() -> None:
    with pytest.raises(ValueError, match="first day"):
        Months(date(2026, 1, 2))
    with pytest.raises(ValueError, match="ends after it starts"):
        Months(date(2026, 2, 1), date(2026, 2, 1))
