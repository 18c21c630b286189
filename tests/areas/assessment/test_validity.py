"""Days between delivery and force, as pure rules."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.assessment.rules.objection import counts_from, delivery, objection, objections_until
from songhe.areas.assessment.rules.validity import holds_until

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
counts = st.integers(0, 400)


@given(days, counts)
def test_a_result_counts_from_the_day_on_which_nobody_may_object(delivered: date, n: int) -> None:
    until = objections_until(delivered, n)
    first = counts_from(delivered, until)
    assert first == (delivered if n == 0 else delivered + timedelta(days=n + 1))
    assert objection(first, until=until, final=False).refused
    if until is not None:
        assert not objection(first - timedelta(days=1), until=until, final=False).refused


@given(days, counts)
def test_nobody_objects_to_a_re_assessment(delivered: date, n: int) -> None:
    assert objection(delivered, until=objections_until(delivered, n), final=True).code == "assessment.final"


@given(days, days, days)
def test_delivered_after_it_was_confirmed_and_not_in_the_future(
    on: date, confirmed: date, today: date
) -> None:
    assert delivery(on, confirmed_on=confirmed, today=today).refused == (not confirmed <= on <= today)


@given(days, st.integers(1, 60))
def test_a_result_holds_whole_months(assessed: date, months: int) -> None:
    end = holds_until(assessed, months)
    assert (end.year * 12 + end.month) - (assessed.year * 12 + assessed.month) == months
    assert end.day <= assessed.day
