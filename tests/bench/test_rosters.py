"""How long it takes to publish a city's day: 3,500 visits of 500 workers, in less than a minute."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from time import perf_counter

import pytest
from django.utils import timezone
from tests.areas.roster import made

from songhe.areas.providers.api import Worker
from songhe.areas.roster import actions
from songhe.areas.roster.models import Roster, RosterLine, State
from songhe.areas.visits.models import Order, Visit
from songhe.engines.access.api import entered
from songhe.engines.cases.api import Case
from songhe.engines.regions.ids import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.bench]
WORKERS, EACH = 500, 7


def test_a_citys_day_is_published_within_a_minute() -> None:
    here = made.office(workers=1, orders=1)
    roster = prepared(here)
    began, left = perf_counter(), 1
    while left:
        with entered(here.planner.scope()):
            row = Roster.objects.take(roster.pk, here.planner.scope())
            left = actions.publish_chunk(row, actor=here.planner, at=timezone.now())
    spent = perf_counter() - began
    print(f"\n{WORKERS * EACH} visits published in {spent:.1f} s")
    said = set(RosterLine.everywhere.filter(roster=roster).values_list("outcome", "said"))
    assert said == {("sent", "")}
    assert Visit.everywhere.filter(state="planned").count() == WORKERS * EACH
    assert spent < 60


def prepared(here: made.Office) -> Roster:
    """Rows for a large day, all of one person, as its many orders were placed."""
    order, worker, at = here.orders[0], here.workers[0], timezone.now()
    worker.refresh_from_db()
    case = Case.everywhere.get(pk=order.case_id)
    workers = [copy(worker, name=f"甲{n}") for n in range(WORKERS)]
    Worker.everywhere.bulk_create(workers)
    first = timezone.make_aware(datetime.combine(here.day, time(6)))
    cases, orders, lines = [], [], []
    roster = Roster.everywhere.create(
        organisation=here.organisation,
        region_id=here.organisation.region_id,
        first=here.day,
        state=State.PUBLISHING,
        seconds=1,
        made_by_id=here.planner.pk,
        made_by_name="x",
        made_at=at,
    )
    for n in range(WORKERS * EACH):
        start = first + timedelta(minutes=150 * (n % EACH))
        cases.append(copy(case, number=f"B-{n:06}"))
        orders.append(
            copy(
                order,
                case_id=cases[-1].pk,
                number=f"B-{n:06}",
                wanted_from=start,
                wanted_until=start + timedelta(hours=2, minutes=20),
            )
        )
        lines.append(
            RosterLine(
                roster=roster,
                order_id=orders[-1].pk,
                organisation=here.organisation,
                region_id=order.region_id,
                person_id=order.person_id,
                item=order.item,
                minutes=order.minutes,
                code=str(orders[-1].pk),
                worker_id=workers[n // EACH].pk,
                starts_at=start,
            )
        )
    Case.everywhere.bulk_create(cases, batch_size=500)
    Order.everywhere.bulk_create(orders, batch_size=500)
    RosterLine.everywhere.bulk_create(lines, batch_size=500)
    return roster


def copy(row, **values):  # type: ignore[no-untyped-def]
    """Another row like it."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(fields | {"id": uuid7()} | values))
