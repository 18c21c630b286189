"""Hours of the week: what is promised and what was done count with their ways, and nobody is planned beyond what may be worked."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from tests.areas.roster import made

from songhe.areas.providers.api import Worker
from songhe.areas.roster import queries
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Roster
from songhe.areas.visits.models import Order, OrderState, Visit, VisitState
from songhe.core.codes import Point
from songhe.core.days import monday_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HOME, FIRST, SECOND = Point(122.42, 37.16), Point(122.40, 37.15), Point(122.40 + 1 / 150, 37.16)


def left_of(roster: Roster, at: datetime) -> tuple[int | None, int | None]:
    """Minutes that the one worker still has, and may still work."""
    (worker,) = queries.facts(roster, at).built.problem.workers
    return worker.contract, worker.most


def done(visit: Visit, since: datetime, minutes: int) -> None:
    """A visit as it was given."""
    until = since + timedelta(minutes=minutes)
    Visit.everywhere.filter(pk=visit.pk).update(
        state=VisitState.DONE,
        starts_at=since,
        ends_at=since + timedelta(hours=1),
        arrived_at=since,
        left_at=until,
        minutes=minutes,
    )
    Order.everywhere.filter(pk=visit.order_id).update(state=OrderState.COMPLETED)


def test_a_week_holds_what_was_done_and_is_promised_with_its_ways() -> None:
    here = made.office(workers=1, orders=3)
    Worker.everywhere.update(weekly_minutes=40 * 60)
    roster = made.published(here, made.plan(here))
    visits = {visit.order_id: visit for visit in made.visits_of(here)}
    first, second, _third = (visits[order.pk] for order in here.orders)
    noon = timezone.make_aware(datetime.combine(here.day, time(12)))
    more = ground().week_overtime
    assert left_of(roster, noon) == (40 * 60, 40 * 60 + more), "what is in the plan is not counted beforehand"
    other = 1 if here.day.isoweekday() == 1 else -1
    done(first, noon + timedelta(days=other), 90)
    used = 90 + ground().ways([HOME, FIRST, HOME], "ebike")
    assert left_of(roster, noon) == (40 * 60 - used, 40 * 60 + more - used)
    done(second, noon - timedelta(hours=2), 50)
    used += 50 + ground().ways([HOME, SECOND], "ebike")
    assert left_of(roster, noon) == (40 * 60 - used, 40 * 60 + more - used), "also of the day that is planned"
    Roster.everywhere.filter(pk=roster.pk).update(first=here.day + timedelta(days=14), days=7)
    roster.refresh_from_db()
    assert left_of(roster, noon) == (40 * 60, 40 * 60 + more), "another week"


def test_nobody_is_planned_beyond_what_may_be_worked_in_a_week_and_that_is_said() -> None:
    here = made.office(workers=1, orders=0)
    here.orders += [made.order(here, n, hour=6 + n, long=12) for n in range(11)]
    Worker.everywhere.update(weekly_minutes=60)
    roster = made.plan(here)
    lines = made.lines(roster)
    planned = [line for line in lines if line.worker_id]
    most = 60 + ground().week_overtime
    assert roster.terms["overtime"] > 0
    assert 60 * len(planned) + roster.terms["travel"] <= most
    left = next(line for line in lines if not line.worker_id)
    page = here.client.get(f"/planner/{roster.pk}/?line={left.pk}&why=1").content.decode()
    assert "会超过每周工时" in re.sub(r"<[^>]+>", " ", page)
    Worker.everywhere.update(weekly_minutes=None)
    assert made.plan(here).unassigned == 0


def test_a_plan_of_a_week_is_of_a_calendar_week_so_that_its_hours_are() -> None:
    here = made.office(workers=1, orders=0)
    Worker.everywhere.update(weekly_minutes=60)
    monday = monday_of(here.day) + timedelta(days=7)
    here.day = monday
    here.orders.append(made.order(here, 0))
    made.published(here, made.plan(here))
    wednesday = monday + timedelta(days=2)
    form = {
        "organisation": str(here.organisation.pk),
        "first": wednesday.isoformat(),
        "days": "7",
        "seconds": "1",
    }
    assert here.client.post("/rosters/do/plan_days/", form).status_code == 302
    made.run()
    roster = Roster.everywhere.get(days=7)
    assert (roster.first, roster.last) == (monday, monday + timedelta(days=6))
    assert [line.order_id for line in made.lines(roster)] == [here.orders[0].pk], (
        "Monday's visit takes of that week's hours"
    )
    assert "周一至周日" in here.client.get("/rosters/do/plan_days/").content.decode()
