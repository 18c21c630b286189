"""Who hears of an order and a visit outside the page: the chosen contact, relatives with an account, the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.visits import made

from songhe.areas.registry.actions.network import consent, withdraw_consent
from songhe.areas.registry.api import add_contact, told_about
from songhe.areas.registry.models import Consent
from songhe.areas.visits import actions
from songhe.areas.visits.api import call_off_planned
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import Order, Source
from songhe.engines.access.api import SYSTEM, Tie, tie
from songhe.engines.notices.api import Notice, State
from songhe.engines.notices.sealing import opened

pytestmark = pytest.mark.django_db


def messages() -> list[tuple[str, str]]:
    """Template and masked number or reader of every message, in order."""
    rows = Notice.everywhere.order_by("told_at", "pk")
    return [(row.template, row.to_name or ("user" if row.reader_id else row.number_masked)) for row in rows]


def with_daughter(town: made.Town) -> None:
    add_contact(town.person, actor=SYSTEM, at=timezone.now(), name="刘芳", phone="13800138000")


def test_the_chosen_contact_hears_that_an_order_is_taken_and_cancelled() -> None:
    town = made.town()
    with_daughter(town)
    order = made.order(town)
    assert messages() == [("order_taken", "刘芳")]
    (row,) = Notice.everywhere.all()
    said = opened([row])[row.pk]
    assert said.number == "13800138000" and "刘长河" in said.text and order.number in said.text
    assert row.owner_id == town.person.pk, "sealed with the person's key"
    actions.cancel_order(order, actor=SYSTEM, at=timezone.now(), reason="住院")
    assert messages()[1:] == [("order_cancelled", "刘芳")]


def test_relatives_find_it_in_their_box_and_a_person_alone_is_told_by_the_own_number() -> None:
    town = made.town()
    alone = told_about([town.person.pk])[town.person.pk]
    assert [(one.number, one.name) for one in alone] == [("13963112345", "刘长河")]
    kin = make.user("family", make.COUNTY)
    tie(town.person.pk, kin.pk, Tie.Kind.KIN, region_id=town.person.region_id, since=timezone.localdate())
    with_daughter(town)
    made.order(town)
    assert sorted(messages()) == [("order_taken", "user"), ("order_taken", "刘芳")]


def test_a_dispatched_visit_is_told_to_family_and_worker_and_called_off_again() -> None:
    town = made.town()
    with_daughter(town)
    account = make.user("worker", make.COUNTY, holder_id=town.worker.pk)
    order = made.order(town)
    at, start = timezone.now(), order.wanted_from
    actions.dispatch(order, actor=SYSTEM, at=at, worker=town.worker, starts_at=start)
    fresh = Notice.everywhere.filter(template__in=["visit_new", "duty_new"]).order_by("template")
    assert [(row.template, row.reader_id) for row in fresh] == [("duty_new", account.pk), ("visit_new", None)]
    assert all(row.expires_at <= start for row in fresh), "not worth sending once the visit has begun"
    actions.reassign(
        order, actor=SYSTEM, at=at, worker=town.second, starts_at=start + timedelta(minutes=30), reason="换人"
    )
    actions.send_back(order, actor=SYSTEM, at=at, reason="无人")
    later = [code for code, _whom in messages()[3:]]
    assert sorted(later) == ["duty_new", "duty_off", "duty_off", "visit_moved", "visit_off"]


def _handed(order: Order, town: made.Town) -> None:
    actions.hand_over(order, actor=SYSTEM, at=timezone.now(), organisation=town.rival)


def _offered(order: Order, town: made.Town) -> None:
    assert town.rival
    actions.offer_order(order, actor=SYSTEM, at=timezone.now())


def _turned_down(order: Order, town: made.Town) -> None:
    actions.turn_down(order, actor=SYSTEM, at=timezone.now(), reason=next(iter(terms().refusals)))


@pytest.mark.parametrize("takes_away", [_handed, _offered, _turned_down])
def test_whoever_was_to_come_is_told_when_the_order_goes_elsewhere(
    takes_away: Callable[[Order, made.Town], None],
) -> None:
    town = made.town()
    with_daughter(town)
    account = make.user("worker", make.COUNTY, holder_id=town.worker.pk)
    visit = made.visit(town)
    takes_away(visit.order, town)
    off = Notice.everywhere.filter(template__in=["visit_off", "duty_off"]).order_by("template")
    assert [(row.template, row.reader_id) for row in off] == [("duty_off", account.pk), ("visit_off", None)]


def test_workers_are_told_of_what_a_care_plan_no_longer_asks_for() -> None:
    town = made.town()
    account = make.user("worker", make.COUNTY, holder_id=town.worker.pk)
    visit = made.visit(town)
    Order.everywhere.filter(pk=visit.order_id).update(source=Source.PLAN)
    gone = call_off_planned([visit.order_id], why="不再需要", actor=SYSTEM, at=timezone.now())
    assert gone == {visit.order_id}
    off = Notice.everywhere.filter(template__in=["visit_off", "duty_off"])
    assert [(row.template, row.reader_id) for row in off] == [("duty_off", account.pk)]


def test_who_does_not_want_to_be_told_is_not() -> None:
    town = made.town()
    with_daughter(town)
    at = timezone.now()
    withdraw_consent(town.person, actor=SYSTEM, at=at, kind=Consent.Kind.CONTACT)
    made.order(town)
    (row,) = Notice.everywhere.all()
    assert row.state == State.WITHHELD
    consent(town.person, actor=SYSTEM, at=at, kinds=[Consent.Kind.CONTACT], given_on=timezone.localdate(at))
    made.order(town, item="0101")
    assert Notice.everywhere.filter(state=State.WAITING).count() == 1
