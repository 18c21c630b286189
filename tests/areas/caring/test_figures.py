"""The rate of a month: what was done in it counts, told of in time, and nothing mends it afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import make
from tests.areas.caring import made

from songhe.areas.caring import actions
from songhe.areas.caring.figures import contacts, monthly_rate
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, Outcome, State
from songhe.areas.caring.queries import lists
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.indicators.api import Span

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
EVENING = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # eight o'clock in the city
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def rated(month: date) -> tuple[int, int]:
    """Seen and due, as the indicator and as the page have it."""
    rows = list(monthly_rate(Span(Period.holding(month), make.COUNTY, make.COUNTY + 10**6)))
    found = (sum(row[1] or 0 for row in rows), sum(row[2] or 0 for row in rows))
    assert found == lists.rate(Scope.EVERYTHING, month)
    gone = lists.missing(lists.of_month(Scope.EVERYTHING, month), month)
    assert gone.values("person_id").distinct().count() == found[1] - found[0]
    return found


def carried_out(month: date) -> int:
    return sum(row[1] or 0 for row in contacts(Span(Period.holding(month), make.COUNTY, make.COUNTY + 10**6)))


def reported(at: datetime, when: datetime | None) -> Caring:
    """A visit of November, reported at a moment, done when the telephone says."""
    row = made.caring(make.person(make.village()))
    actions.report_visit(
        row, actor=SYSTEM, at=at, outcome=Outcome.REFUSED, answers={}, needs=[], signs=[], words="不需要", device_at=when
    )  # fmt: skip
    return Caring.everywhere.get(pk=row.pk)


def test_a_month_that_is_over_is_not_mended_afterwards() -> None:
    made.caring(make.person(make.village()))
    assert rated(NOVEMBER) == (0, 1)
    late = reported(EVENING + timedelta(days=3), None)
    assert (late.state, rated(NOVEMBER), carried_out(NOVEMBER)) == (State.DONE, (0, 2), 0), "done in December"
    assert carried_out(DECEMBER) == 1


def test_a_telephone_without_network_may_tell_a_little_later() -> None:
    grace = timedelta(days=terms().late_days)
    kept = reported(MIDNIGHT + grace - timedelta(minutes=1), EVENING)
    assert (kept.done_at, kept.told_at) == (EVENING, MIDNIGHT + grace - timedelta(minutes=1))
    assert (rated(NOVEMBER), carried_out(NOVEMBER)) == ((1, 1), 1)
    shown = reported(MIDNIGHT + grace, EVENING)
    assert (shown.done_at, rated(NOVEMBER), carried_out(NOVEMBER)) == (EVENING, (1, 2), 1)


def test_a_call_counts_when_it_is_made() -> None:
    row = made.caring(make.person(make.village()), way="call")
    actions.enter_call(row, actor=SYSTEM, at=EVENING, outcome=Outcome.FINE)
    assert rated(NOVEMBER) == (1, 1)
    again = made.caring(make.person(make.village()), way="call")
    actions.enter_call(again, actor=SYSTEM, at=EVENING + timedelta(hours=5), outcome=Outcome.FINE)
    assert rated(NOVEMBER) == (1, 2)
