"""How long the orders of a month take for twenty thousand visits of plans."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

import pytest
from django.utils import timezone
from tests import make
from tests.areas.care import made
from tests.areas.contracts import made as contracts
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.care import actions, tasks
from songhe.areas.care.models import Line, Month, Plan, PlanState
from songhe.areas.contracts.rules import Fen
from songhe.areas.visits.models import Order
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
PEOPLE = 800
assert tasks


def test_twenty_thousand_orders_of_plans() -> None:
    owner = providers.organisation()
    contracts.whole(owner, ceiling=Fen(10**11))
    month = made.next_month()
    for number in range(PEOPLE):
        person = make.person(name="王建国", born=None)
        visits.grant(person, month, 6000)
        plan = Plan.everywhere.create(
            person=person, region_id=person.region_id, organisation=owner, since=month, state=PlanState.ACTIVE,
            review_on=month + timedelta(days=100), signed_on=month, signed_region=person.region_id, prepared_by="x",
            prepared_at=timezone.now(),
        )  # fmt: skip
        Line.everywhere.create(
            plan=plan, person=person, region_id=person.region_id, organisation=owner, item="0201", minutes=60,
            rule="FREQ=DAILY", earliest=f"{8 + number % 8:02}:00", latest=f"{9 + number % 8:02}:00",
        )  # fmt: skip
    actions.plan_region_month(
        actor=SYSTEM, at=timezone.now(), region=Region.objects.get(pk=make.COUNTY), month=month
    )
    began = perf_counter()
    run_due(timezone.now() + timedelta(seconds=2))
    spent = perf_counter() - began
    count = Order.everywhere.count()
    run = Month.everywhere.get()
    print(
        f"{count} orders in {spent:.1f} s, {count / spent:.0f} a second; {run.left_out} left out {run.reasons}"
    )
    assert run.made == count
    assert count > 20_000
    assert spent < 60
