"""Orders that are refused, planned, paid for; and what pages cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.visits import made

from songhe.areas.contracts.models import Service
from songhe.areas.visits import api
from songhe.areas.visits.models import Order
from songhe.core.refusal import Refused

pytestmark = pytest.mark.django_db


def test_orders_that_cannot_be_are_refused() -> None:
    town = made.town()
    agent, start = town.client("hotline_agent"), made.morning()
    good = {
        "person": str(town.person.pk),
        "item": "0103",
        "wanted_from": made.local(start),
        "wanted_until": made.local(start + timedelta(hours=2)),
        "paid_by": "self",
    }
    stranger = made.person("外县人", make.village(make.OTHER_COUNTY))
    for bad in (
        {"item": "9999"},
        {"wanted_until": made.local(start)},
        {"wanted_from": "2020-01-01T08:00"},
        {"person": str(stranger.pk)},
        {"paid_by": "nobody"},
        {"note": "坏\0"},
        {"wanted_until": made.local(start + timedelta(minutes=10))},
    ):
        assert agent.post("/orders/do/place_order/", good | bad).status_code == 422, bad
    assert agent.post("/orders/do/place_order/", good).status_code == 302
    assert agent.post("/orders/do/place_order/", good).status_code == 422, "ordered twice"
    (order,) = Order.everywhere.filter(person=town.person)
    assert agent.post(f"/orders/{order.pk}/cancel_order/", {"reason": "老人住院"}).status_code == 302
    assert agent.post("/orders/do/place_order/", good).status_code == 302
    worker = town.client("worker", town.worker)
    assert worker.post("/orders/do/place_order/", good).status_code == 403


def test_an_entitlement_is_not_promised_beyond_its_minutes() -> None:
    town, start = made.town(), made.morning()
    left = api.free_minutes(town.person.pk, timezone.localdate(start))
    assert left == 3600
    made.order(town, start=start)
    assert api.free_minutes(town.person.pk, timezone.localdate(start)) == left - 60
    poor = made.person("赵家栋")
    later = start + timedelta(days=62)
    made.grant(poor, timezone.localdate(later).replace(day=1), 45)
    with pytest.raises(Refused, match="45 minutes left"):
        made.order(town, person=poor, start=later)
    assert made.order(town, person=poor, start=later, paid_by="self").paid_by == "self"


def test_an_order_is_held_against_what_its_contract_charges() -> None:
    town = made.town()
    Service.everywhere.filter(item="0103", organisation_id=town.organisation.pk).update(charged=90)
    start = made.morning() + timedelta(days=62)
    poor, month = made.person("赵家栋"), timezone.localdate(start)
    made.grant(poor, month.replace(day=1), 80)
    placed = made.order(town, person=poor, start=start, organisation=town.rival)
    assert api.free_minutes(poor.pk, month) == 20
    desk = town.client("hotline_agent")
    answer = desk.post(f"/orders/{placed.pk}/hand_over/", {"organisation": str(town.organisation.pk)})
    assert answer.status_code == 422
    placed.refresh_from_db()
    assert (placed.organisation_id, api.free_minutes(poor.pk, month)) == (town.rival.pk, 20)
    rich = made.person("孙德福")
    made.grant(rich, month.replace(day=1), 90)
    made.order(town, person=rich, start=start)
    assert api.free_minutes(rich.pk, month) == 0


def test_an_order_moves_into_another_month_only_where_that_months_grant_holds_it() -> None:
    town = made.town()
    order = made.order(town)
    later = made.morning() + timedelta(days=62)
    form = {
        "wanted_from": made.local(later),
        "wanted_until": made.local(later + timedelta(hours=2)),
    }
    desk = town.client("hotline_agent")
    assert desk.post(f"/orders/{order.pk}/change_window/", form).status_code == 422
    month = timezone.localdate(later).replace(day=1)
    made.grant(town.person, month, 60)
    assert desk.post(f"/orders/{order.pk}/change_window/", form).status_code == 302
    assert api.free_minutes(town.person.pk, month) == 0
    assert api.free_minutes(town.person.pk, timezone.localdate(made.morning())) == 3600


def test_an_organisation_plans_only_for_those_it_serves() -> None:
    town = made.town()
    office, start = town.client("dispatcher", town.organisation), made.morning()
    form = {
        "organisation": str(town.organisation.pk),
        "person": str(town.person.pk),
        "item": "0103",
        "wanted_from": made.local(start),
        "wanted_until": made.local(start + timedelta(hours=2)),
        "paid_by": "entitlement",
    }
    assert office.post("/orders/do/plan_order/", form).status_code == 422
    made.order(town, item="0106", start=start)
    assert office.post("/orders/do/plan_order/", form).status_code == 302
    assert (
        office.post("/orders/do/plan_order/", form | {"organisation": str(town.rival.pk)}).status_code == 422
    )


@pytest.mark.parametrize("path", ["/board/", "/orders/", "/visits/", "/"])
def test_pages_ask_a_fixed_number_of_questions(path: str, django_assert_max_num_queries: Any) -> None:
    town = made.town()
    office = town.client("dispatcher", town.organisation)
    made.visit(town, start=made.morning())
    office.get(path)
    for day in range(2, 5):
        made.visit(town, start=made.morning(day))
    with django_assert_max_num_queries(70):
        assert office.get(path).status_code == 200
