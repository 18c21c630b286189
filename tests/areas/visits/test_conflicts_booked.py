"""What a decided conflict takes of a contract: of the organisation whose worker was there, or nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.areas.visits import made
from tests.areas.visits.test_conflicts import HERE, Phone, earlier

from songhe.areas.contracts.models import Stage, Use
from songhe.areas.visits import actions
from songhe.areas.visits.models import Conflict, Order
from songhe.engines.access.api import SYSTEM

pytestmark = pytest.mark.django_db


def test_an_arrival_at_an_order_in_the_pool_is_under_a_contract_again() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    phone.do(visit, "check_in", visit.starts_at, **HERE)
    order = Order.everywhere.get(pk=visit.order_id)
    contract = order.contract_id
    actions.turn_down(
        order,
        actor=town.user("organisation_manager", town.organisation),
        at=timezone.now(),
        reason="no_worker",
    )
    assert Order.everywhere.get(pk=order.pk).contract_id is None
    phone.send()
    row = Conflict.everywhere.get(visit=visit)
    form = {"holds": "worker", "reason": "confirmed"}
    office = town.client("dispatcher", town.organisation)
    assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 302
    order.refresh_from_db()
    assert (order.contract_id, order.organisation_id) == (contract, town.organisation.pk)
    assert Use.everywhere.get(order_id=order.pk).stage == Stage.PROMISED


def test_a_visit_in_vain_is_never_booked_on_the_contract_of_another_organisation() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    phone.do(visit, "come_in_vain", visit.starts_at, outcome="absent", waited="20", note="无人应门", **HERE)
    order = Order.everywhere.get(pk=visit.order_id)
    actions.hand_over(order, actor=SYSTEM, at=timezone.now(), organisation=town.rival)
    assert phone.send()[0][0] == 200
    row = Conflict.everywhere.get(visit=visit)
    office = town.client("dispatcher", town.organisation)
    form = {"holds": "worker", "reason": "confirmed"}
    answer = office.post(f"/conflicts/{row.pk}/decide/", form)
    assert answer.status_code == 422
    assert not Use.everywhere.filter(order_id=visit.pk).exists()
