"""Calls from the ringing telephone to the answer, as an agent, a neighbour county's agent and others see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.visits import made

from songhe.areas.hotline.api import calls_received
from songhe.areas.hotline.models import Call, Complaint, Outcome, Purpose
from songhe.areas.registry.api import Person
from songhe.areas.visits import actions as visits
from songhe.areas.visits.api import Order, OrderState
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.cases.api import Case
from songhe.engines.indicators.api import Span

pytestmark = pytest.mark.django_db


def taken(desk: Client, number: str = "13963112345") -> Call:
    reply = desk.post("/desk/", {"number": number})
    assert reply.status_code == 302
    return Call.everywhere.get(pk=reply["Location"].strip("/").split("/")[-1])


def wanted(**values: str) -> dict[str, str]:
    return {
        "relation": "self",
        "purpose": "order",
        "item": "0103",
        "window": "tomorrow_am",
        "paid_by": "entitlement",
        "organisation": "nearest",
        "outcome": "answered",
    } | values


def served(town: made.Town) -> Order:
    """An order whose visit is done."""
    visit = made.under_way(town)
    now = timezone.now()
    visits.check_in(visit, actor=SYSTEM, at=now - timedelta(minutes=60))
    visits.check_out(visit, actor=SYSTEM, at=now)
    found: Order = Order.everywhere.get(pk=visit.order_id)
    return found


def test_a_known_caller_is_served_in_two_steps() -> None:
    town = made.town()
    made.at_any_hour(town)
    desk = town.client("hotline_agent")
    call = taken(desk)
    page = desk.get(f"/desk/{call.pk}/").content.decode()
    assert "刘长河" in page, "found by the telephone number"
    assert "60" in page, "hours left are shown"
    assert "海滨路18号" not in page, "the address is masked"
    assert (
        desk.post(f"/desk/{call.pk}/", wanted(person=str(town.person.pk), note="要女护理员")).status_code
        == 302
    )
    order = Order.everywhere.get(person=town.person)
    assert (order.state, order.organisation, order.note) == (
        OrderState.RECEIVED,
        town.organisation,
        "要女护理员",
    )
    call.refresh_from_db()
    assert (call.person, call.outcome, call.order, call.is_open) == (
        town.person,
        Outcome.ORDERED,
        order,
        False,
    )
    assert (call.number, call.note) == ("13963112345", "要女护理员")
    assert b"13963112345" not in bytes(call.number_sealed)
    assert call.owner_id == town.person.pk, "sealed with the person's key from now on"
    assert desk.post(f"/desk/{call.pk}/", wanted(person=str(town.person.pk))).status_code == 302
    assert Order.everywhere.count() == 1, "a closed call orders nothing"


def test_an_unknown_caller_becomes_a_provisional_person_in_the_same_step() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk, "13563199887")
    form = wanted(
        new_name="孙大娘",
        new_region=str(make.village()),
        new_address="礁石路7号",
        paid_by="self",
        organisation="later",
    )
    assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    newcomer = Person.everywhere.get(name="孙大娘")
    assert newcomer.is_provisional
    assert Order.everywhere.get(person=newcomer).organisation_id is None
    again = taken(desk, "13563199887")
    assert "孙大娘" in desk.get(f"/desk/{again.pk}/").content.decode(), "known from now on"


def test_what_is_refused_leaves_nothing_behind_and_keeps_the_form() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    stranger = made.person("外县人", make.village(make.OTHER_COUNTY))
    who = {"person": str(town.person.pk)}
    for bad in (
        who | {"window": "yesterday"},
        who | {"window": "other"},
        who | {"item": "9999"},
        who | {"window": "other", "wanted_from": "2020-01-01T08:00", "wanted_until": "2020-01-01T12:00"},
        who | {"note": "坏\0"},
        who | {"paid_by": "nobody"},
        {"new_name": "无村人"},
        {"new_name": "外村人", "new_region": str(make.village(make.OTHER_COUNTY))},
        {"new_name": "数字123", "new_region": str(make.village())},
        {},
    ):
        assert desk.post(f"/desk/{call.pk}/", wanted(**bad)).status_code == 422, bad
    assert desk.post(f"/desk/{call.pk}/", wanted(person=str(stranger.pk))).status_code == 404
    assert not Order.everywhere.exists()
    assert not Person.everywhere.filter(name__in=["无村人", "外村人"]).exists()
    call.refresh_from_db()
    assert call.is_open
    for bad_number in ("12", "abc", "1\0"):
        assert desk.post("/desk/", {"number": bad_number}).status_code == 422


def test_the_same_sending_twice_has_one_effect() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    form = wanted(person=str(town.person.pk), _key="desk-1")
    for _ in range(2):
        assert desk.post(f"/desk/{call.pk}/", form).status_code == 302
    assert Order.everywhere.count() == 1


def test_enquiries_and_silence_are_logged_without_an_order() -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    assert (
        desk.post(
            f"/desk/{call.pk}/",
            wanted(
                person=str(town.person.pk), purpose="emergency", item="", outcome="passed_on", note="已转120"
            ),
        ).status_code
        == 302
    )
    call.refresh_from_db()
    assert (call.purpose, call.outcome) == (Purpose.EMERGENCY, Outcome.PASSED_ON)
    silent = taken(desk, "")
    assert desk.get("/").status_code == 302, "the desk is the agent's home"
    assert str(silent.pk) in desk.get("/desk/").content.decode()
    assert desk.post(f"/calls/{silent.pk}/hang_up/", {"outcome": "wrong_number"}).status_code == 302
    silent.refresh_from_db()
    assert silent.outcome == Outcome.WRONG_NUMBER


def test_neighbours_and_strangers_see_no_call() -> None:
    town = made.town()
    call = taken(town.client("hotline_agent"))
    neighbour = town.client("hotline_agent", region=make.OTHER_COUNTY)
    assert neighbour.get(f"/desk/{call.pk}/").status_code == 404
    assert neighbour.get(f"/calls/{call.pk}/").status_code == 404
    assert neighbour.post(f"/calls/{call.pk}/hang_up/", {"outcome": "wrong_number"}).status_code == 404
    for role, holder in (
        ("dispatcher", town.organisation),
        ("worker", town.worker),
        ("village_officer", None),
    ):
        client = town.client(role, holder)
        assert client.get("/desk/").status_code == 403
        assert client.post("/desk/", {"number": "13963112345"}).status_code == 403
    assert Client().get("/desk/").status_code == 302
    other = taken(neighbour)
    assert "刘长河" not in neighbour.get(f"/desk/{other.pk}/").content.decode(), "not in this county"


def test_a_served_person_is_called_back_and_a_complaint_becomes_a_case() -> None:
    town = made.town()
    order = served(town)
    desk = town.client("hotline_agent")
    assert "刘长河" in desk.get("/follow-ups/").content.decode()
    page = desk.get(f"/follow-ups/{order.pk}/").content.decode()
    assert "13963112345" in page
    assert Act.objects.filter(verb="hotline.read_phone", subject_id=order.pk).count() == 1
    assert desk.post(f"/follow-ups/{order.pk}/not_reached/", {"outcome": "busy"}).status_code == 302
    assert Call.everywhere.get(order=order, outcome=Outcome.NO_CONTACT).direction == "out"
    assert desk.post(f"/follow-ups/{order.pk}/call_back/", {"rating": "6"}).status_code == 422
    assert (
        desk.post(f"/follow-ups/{order.pk}/call_back/", {"rating": "1", "complaint": "on"}).status_code == 422
    ), "what about?"
    answer = {"rating": "1", "words": "没擦干就走了", "complaint": "on"}
    assert desk.post(f"/follow-ups/{order.pk}/call_back/", answer).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.rating, order.words) == (OrderState.FOLLOWED_UP, 1, "没擦干就走了")
    complaint = Complaint.everywhere.get(order=order)
    assert complaint.words == "没擦干就走了"
    assert Case.everywhere.get(pk=complaint.case_id).flow_code == "complaint"
    assert order.number not in desk.get("/follow-ups/").content.decode()
    officer = town.client("county_officer")
    for client, step, form in (
        (desk, "take_up", {"klass": "simple"}),
        (desk, "investigate", {"finding": "founded", "words": "护理员承认提前离开"}),
        (desk, "answer_complaint", {"words": "已道歉并补做"}),
        (officer, "sanction", {"consequence": "warning"}),
        (desk, "close_complaint", {}),
    ):
        assert client.post(f"/complaints/{complaint.pk}/{step}/", form).status_code == 302, step
    complaint.refresh_from_db()
    assert complaint.organisation == town.organisation
    assert (complaint.state, complaint.answer) == ("closed", "已道歉并补做")
    assert desk.post(f"/complaints/{complaint.pk}/take_up/").status_code == 422
    rival = town.client("organisation_manager", town.organisation)
    assert rival.get(f"/complaints/{complaint.pk}/").status_code == 404, "not shown to those complained about"


@pytest.mark.parametrize("path", ["/calls/", "/follow-ups/", "/complaints/", "/desk/"])
def test_pages_ask_a_fixed_number_of_questions(path: str, django_assert_max_num_queries: Any) -> None:
    town = made.town()
    desk = town.client("hotline_agent")
    for _ in range(4):
        taken(desk, "")
    served(town)
    desk.get(path)
    with django_assert_max_num_queries(45):
        assert desk.get(path).status_code == 200


def test_calls_count_by_region() -> None:

    town = made.town()
    desk = town.client("hotline_agent")
    call = taken(desk)
    desk.post(f"/desk/{call.pk}/", wanted(person=str(town.person.pk)))
    taken(desk, "")
    span = Span(Period.holding(timezone.localdate()), make.COUNTY, make.COUNTY + 10**6)
    assert sorted(calls_received(span)) == [(make.COUNTY, 1, None), (town.person.region_id, 1, None)]
