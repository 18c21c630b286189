"""Nobody to serve at the door: what is charged, what becomes of the order, who looks after the person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import make
from tests.areas.visits import made

from songhe.areas.visits import actions, api
from songhe.areas.visits.models import Disposition, Order, OrderState, SeenAs, Visit, VisitState
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HERE = {"lon": "122.4211", "lat": "37.1611", "accuracy": "15"}


def in_vain(town: made.Town, visit: Visit, **form: str) -> Any:
    values = {"outcome": "absent", "waited": "20", "note": "敲门无人应答，电话未接", **HERE, **form}
    return town.client("worker", town.worker).post(f"/visits/{visit.pk}/come_in_vain/", values)


def settleable(visit: Visit) -> list[api.Settleable]:
    assert visit.arrived_at is not None
    return api.to_settle(Scope.EVERYTHING, timezone.localdate(visit.arrived_at))


def test_an_absence_is_charged_in_part_goes_back_to_dispatch_and_somebody_looks_after_the_person() -> None:
    town = made.town()
    visit = made.under_way(town)
    free = api.free_minutes(town.person.pk, timezone.localdate(visit.starts_at))
    assert in_vain(town, visit).status_code == 302
    visit.refresh_from_db()
    order = Order.everywhere.get(pk=visit.order_id)
    assert (visit.state, visit.outcome, visit.waited, visit.flags) == (VisitState.IN_VAIN, "absent", 20, [])
    assert (visit.charge_percent, visit.charge_minutes, visit.note) == (50, 30, "敲门无人应答，电话未接")
    assert (order.state, order.worker_id) == (OrderState.RECEIVED, None)
    (line,) = settleable(visit)
    assert (line.percent, line.minutes, line.draws, line.fen) == (50, 30, True, 8000)
    month = timezone.localdate(visit.starts_at)
    assert api.free_minutes(town.person.pk, month) == free - 30, (
        "the order waits, and half of a visit is owed"
    )
    village = town.client("village_officer", region=make.village())
    assert "刘长河" in village.get("/").content.decode()
    page = village.get(f"/visits/{visit.pk}/").content.decode()
    assert "按价格的 50% 收费" in page
    form = {"seen_as": "not_found", "note": "邻居也没见到"}
    assert village.post(f"/visits/{visit.pk}/look_after/", form).status_code == 302
    assert "刘长河" in village.get("/").content.decode(), "still to be found"
    form = {"seen_as": "well", "note": "在女儿家"}
    assert village.post(f"/visits/{visit.pk}/look_after/", form).status_code == 302
    visit.refresh_from_db()
    assert (visit.seen_as, visit.seen_words) == (SeenAs.WELL, "在女儿家")
    assert village.post(f"/visits/{visit.pk}/look_after/", form).status_code == 422
    assert town.client("worker", town.worker).post(f"/visits/{visit.pk}/look_after/", form).status_code == 403
    assert (
        api.mark_settled({visit.pk: visit.charge_minutes}, batch="B1", actor=make.SYSTEM, at=timezone.now())
        == 1
    )
    order.refresh_from_db()
    assert order.state == OrderState.RECEIVED, "the service itself is still owed"


@pytest.mark.parametrize(
    ("form", "percent", "state", "disposition"),
    [
        ({"outcome": "absent", "waited": "3"}, 0, OrderState.RECEIVED, ""),
        ({"outcome": "absent", "lon": "", "lat": "", "accuracy": ""}, 0, OrderState.RECEIVED, ""),
        ({"outcome": "refused", "waited": "0"}, 50, OrderState.REFUSED, Disposition.REFUSED),
        ({"outcome": "hospitalised"}, 0, OrderState.REFUSED, Disposition.HOSPITALISED),
        ({"outcome": "no_entry"}, 0, OrderState.RECEIVED, ""),
    ],
)
def test_each_outcome_has_its_own_rule(
    form: dict[str, str], percent: int, state: OrderState, disposition: str
) -> None:
    town = made.town()
    visit = made.under_way(town)
    assert in_vain(town, visit, **form).status_code == 302
    visit.refresh_from_db()
    order = Order.everywhere.get(pk=visit.order_id)
    assert (visit.charge_percent, order.state, order.disposition) == (percent, state, disposition)
    assert bool(settleable(visit)) == (percent > 0)
    shown = town.client("worker", town.worker).get("/today/").content.decode()
    assert "上门未果" in shown
    assert town.client("worker", town.worker).get(f"/visits/{visit.pk}/").status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"outcome": "on_the_moon"},
        {"outcome": ""},
        {"waited": "-1"},
        {"waited": "9999"},
        {"waited": "x"},
        {"note": ""},
        {"note": "\0"},
        {"lon": "37", "lat": "122"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(form: dict[str, str]) -> None:
    town = made.town()
    visit = made.under_way(town)
    assert in_vain(town, visit, **form).status_code == 422
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_a_place_far_away_has_to_be_verified_before_it_is_paid() -> None:
    town = made.town()
    visit = made.under_way(town)
    in_vain(town, visit, outcome="refused", lon="122.5")
    visit.refresh_from_db()
    assert "far" in visit.flags
    assert visit.charge_percent == 0, "nobody proved to have been there"
    late = made.under_way(made.town())
    Visit.everywhere.filter(pk=late.pk).update(starts_at=timezone.now() - timedelta(minutes=40))
    late.refresh_from_db()
    worker = make.user("worker", make.COUNTY, holder_id=late.worker_id)
    actions.come_in_vain(
        late,
        actor=worker,
        at=timezone.now(),
        outcome="absent",
        waited=20,
        note="无人",
        lon="122.4211",
        lat="37.1611",
        accuracy=10,
    )
    assert late.flags == ["late"]
    assert settleable(late) == []
    office = make.user("dispatcher", make.COUNTY, holder_id=late.organisation_id)
    actions.verify(late, actor=office, at=timezone.now(), reason="已核实")
    assert [line.visit_id for line in settleable(late)] == [late.pk]


def test_somebody_served_already_was_not_absent() -> None:
    town = made.town()
    visit = made.under_way(town)
    worker = town.user("worker", town.worker)
    actions.check_in(visit, actor=worker, at=timezone.now())
    with pytest.raises(Refused, match="no longer planned"):
        actions.come_in_vain(visit, actor=worker, at=timezone.now(), outcome="absent", waited=20, note="无人")
    assert town.client("worker", town.second).post(f"/visits/{visit.pk}/come_in_vain/").status_code == 404


@pytest.mark.parametrize("next_one", ["nobody", "the_rival"])
def test_a_charge_stays_with_whom_it_was_booked_when_the_order_goes_to_another(next_one: str) -> None:
    town = made.town()
    visit = made.under_way(town)
    in_vain(town, visit)
    visit.refresh_from_db()
    (line,) = settleable(visit)
    month = timezone.localdate(visit.starts_at)
    free = api.free_minutes(town.person.pk, month)
    order = Order.everywhere.get(pk=visit.order_id)
    manager = town.user("organisation_manager", town.organisation)
    at = timezone.now()
    if next_one == "nobody":
        actions.turn_down(order, actor=manager, at=at, reason="no_worker")
    else:
        actions.hand_over(order, actor=town.user("hotline_agent"), at=at, organisation=town.rival)
    order.refresh_from_db()
    assert order.contract_id != line.contract_id
    assert settleable(visit) == [line]
    assert api.free_minutes(town.person.pk, month) == free, "half a visit is owed once"
    Visit.everywhere.filter(pk=visit.pk).update(rejected_at=at)
    assert settleable(visit) == []
