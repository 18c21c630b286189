"""Plans become visits, once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from tests.areas.roster import made

from songhe.areas.providers.api import Worker
from songhe.areas.roster.models import Outcome, State
from songhe.areas.visits import actions as visits
from songhe.areas.visits.models import Order
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM

pytestmark = pytest.mark.django_db


def test_a_plan_gives_every_order_a_worker_and_publishing_sends_them() -> None:
    here = made.office()
    roster = made.plan(here)
    assert roster.state == State.DRAFT, roster.reason
    assert [bool(line.worker_id) for line in made.lines(roster)] == [True] * 6
    assert made.visits_of(here) == []
    made.published(here, roster)
    assert roster.state == State.PUBLISHED
    assert {line.outcome for line in made.lines(roster)} == {Outcome.SENT}
    assert len(made.visits_of(here)) == 6


def test_overtime_that_is_planned_is_sent_and_beyond_it_nobody_by_roster_or_by_hand() -> None:
    here = made.office(workers=1, orders=0)
    Worker.everywhere.update(works_from=time(8), works_until=time(18))
    late = made.order(here, 0)
    six = timezone.make_aware(datetime.combine(here.day, time(18)))
    Order.everywhere.filter(pk=late.pk).update(
        wanted_from=six - timedelta(minutes=50), wanted_until=six + timedelta(minutes=15)
    )
    roster = made.published(here, made.plan(here))
    (line,) = made.lines(roster)
    assert (line.outcome, line.said) == (Outcome.SENT, "")
    (visit,) = made.visits_of(here)
    assert visit.ends_at > six
    by_hand(here, 1, six - timedelta(minutes=30), day=-1)
    with pytest.raises(Refused, match="Does not work at this time"):
        by_hand(here, 2, six - timedelta(minutes=29), day=-2)


def by_hand(here: made.Office, n: int, starts_at: datetime, *, day: int) -> None:
    """Send the worker on another day for an hour."""
    starts_at += timedelta(days=day + 7)
    order = made.order(here, n)
    window = {"wanted_from": starts_at, "wanted_until": starts_at + timedelta(minutes=60)}
    Order.everywhere.filter(pk=order.pk).update(**window)
    order.refresh_from_db()
    visits.dispatch(order, actor=SYSTEM, at=timezone.now(), worker=here.workers[0], starts_at=starts_at)
