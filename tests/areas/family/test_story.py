"""A daughter sees who comes, rates and complains; a neighbour's son and the organisation's manager do not see hers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers.made import client_of
from tests.areas.visits import made

from songhe.areas.hotline.models import Complaint
from songhe.areas.registry.api import Person
from songhe.areas.visits import actions
from songhe.areas.visits.api import Order, OrderState
from songhe.engines.access.api import SYSTEM, Tie, User, tie
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db


def relative(person: Person) -> User:
    """A user tied to a person as kin."""
    holder = uuid7()
    user = make.user("family", make.COUNTY, holder_id=holder, name="刘小妹")
    tie(
        person.pk,
        holder,
        Tie.Kind.KIN,
        region_id=person.region_id,
        since=timezone.localdate() - timedelta(days=9),
    )
    return user


def served(town: made.Town) -> Order:
    """An order whose visit is done, with a note."""
    visit = made.under_way(town)
    at = timezone.now()
    actions.check_in(visit, actor=SYSTEM, at=at - timedelta(minutes=60))
    actions.add_note(visit, actor=SYSTEM, at=at, note="洗了澡,换了床单")
    actions.check_out(visit, actor=SYSTEM, at=at)
    found: Order = Order.everywhere.get(pk=visit.order_id)
    return found


def page(client: Client) -> str:
    """The family's page."""
    reply = client.get("/family/")
    assert reply.status_code == 200
    return reply.content.decode()


def test_a_daughter_sees_who_comes_and_what_was_done_and_says_a_word() -> None:
    town = made.town()
    order = served(town)
    made.visit(town, start=made.morning(2), worker=town.second)
    daughter = client_of(relative(town.person))
    shown = page(daughter)
    assert "刘长河" in shown
    assert "张桂兰" in shown
    assert "洗了澡,换了床单" in shown
    assert daughter.get("/").status_code in (200, 302)
    assert daughter.post(f"/orders/{order.pk}/rate/", {"rating": "4", "words": "来得准时"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.rating, order.words) == (OrderState.FOLLOWED_UP, 4, "来得准时")
    assert daughter.post(f"/orders/{order.pk}/rate/", {"rating": "1"}).status_code == 422
    form = {"order": str(order.pk), "words": "地没有拖干净"}
    assert daughter.post("/complaints/do/complain/", form).status_code == 302
    (complaint,) = Complaint.everywhere.all()
    assert (complaint.words, complaint.by_name, complaint.call) == ("地没有拖干净", "刘小妹", None)
    assert complaint.number in page(daughter)
    desk = town.client("hotline_agent")
    assert "刘小妹" in desk.get(f"/complaints/{complaint.pk}/").content.decode()


def test_others_see_nothing_of_it() -> None:
    town = made.town()
    order = served(town)
    neighbour = client_of(relative(made.person("周大姐")))
    assert "刘长河" not in page(neighbour)
    assert neighbour.post(f"/orders/{order.pk}/rate/", {"rating": "1"}).status_code == 404
    assert (
        neighbour.post("/complaints/do/complain/", {"order": str(order.pk), "words": "x"}).status_code == 422
    )
    assert Complaint.everywhere.count() == 0
    manager = town.client("organisation_manager", town.organisation)
    assert manager.get("/family/").status_code == 403
    assert manager.post(f"/orders/{order.pk}/rate/", {"rating": "5"}).status_code == 403


def test_a_relative_of_nobody_is_told_what_to_do() -> None:
    assert "12349" in page(client_of(make.user("family", make.COUNTY, holder_id=uuid7())))
