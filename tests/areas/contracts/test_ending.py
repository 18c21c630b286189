"""A contract that ends early, or whose term is shortened: what it had promised for later comes back to be assigned anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.contracts import made
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.contracts.models import Contract, Stage, State, Use
from songhe.areas.contracts.queries import standings
from songhe.areas.registry.api import add_contact
from songhe.areas.visits import actions as visiting
from songhe.areas.visits.models import Order, OrderState, Visit, VisitState
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.cases.api import Case, CaseStep
from songhe.engines.notices.api import Notice

pytestmark = pytest.mark.django_db


def office() -> Client:
    return providers.client_of(make.user("county_officer", make.COUNTY))


def contract_of(order: Order) -> Contract:
    order.refresh_from_db()
    assert order.contract is not None
    return order.contract


def told() -> list[str]:
    return sorted(Notice.everywhere.exclude(template="order_taken").values_list("template", flat=True))


def came_back(order: Order) -> None:
    """Nobody has it, it is under no contract, and it is due when it was wanted."""
    order.refresh_from_db()
    assert (order.state, order.organisation_id, order.worker_id, order.contract_id) == (
        OrderState.RECEIVED,
        None,
        None,
        None,
    )
    case = Case.everywhere.get(pk=order.case_id)
    assert (case.holder_id, case.due_at) == (None, order.wanted_from)
    assert CaseStep.everywhere.filter(case=case).latest("at", "id").move == "contract_ended"
    assert Use.everywhere.get(order_id=order.pk).stage == Stage.RELEASED


def test_what_an_ended_contract_had_promised_comes_back_and_what_has_begun_stays() -> None:
    town = visits.town()
    begun = visits.under_way(town)
    visiting.check_in(begun, actor=SYSTEM, at=timezone.now())
    sent = visits.visit(town, start=visits.morning(2))
    waiting = visits.order(town, start=visits.morning(3))
    add_contact(town.person, actor=SYSTEM, at=timezone.now(), name="刘芳", phone="13800138000")
    make.user("worker", make.COUNTY, holder_id=town.worker.pk)
    contract = contract_of(waiting)
    Notice.everywhere.all().delete()
    by = office()
    page = f"/contracts/{contract.pk}/end/"
    asked = by.get(page).content.decode()
    assert "有 2 次服务已承诺" in asked, "how many it concerns is said beforehand"
    assert by.post(page, {"reason": "机构停业"}).status_code == 302
    came_back(sent.order)
    came_back(waiting)
    sent.refresh_from_db()
    assert sent.state == VisitState.CANCELLED
    assert told() == ["duty_off", "visit_off"]
    begun.refresh_from_db()
    begun.order.refresh_from_db()
    assert (begun.state, begun.order.state, begun.order.contract_id) == (
        VisitState.ARRIVED,
        OrderState.IN_SERVICE,
        contract.pk,
    )
    assert standings([contract])[contract.pk].promised.orders == 1, "only what has begun"
    assert Act.objects.filter(verb="contracts.end", after__let_go=2).count() == 1
    desk = town.client("hotline_agent")
    assert (
        desk.post(f"/orders/{sent.order_id}/hand_over/", {"organisation": str(town.rival.pk)}).status_code
        == 302
    )
    assert Use.everywhere.get(order_id=sent.order_id).stage == Stage.PROMISED


def test_many_visits_that_are_called_off_together_are_one_message_to_each() -> None:
    town = visits.town()
    sent = [visits.visit(town, start=visits.morning(day)) for day in (1, 2, 3)]
    add_contact(town.person, actor=SYSTEM, at=timezone.now(), name="刘芳", phone="13800138000")
    make.user("worker", make.COUNTY, holder_id=town.worker.pk)
    contract = contract_of(sent[0].order)
    Notice.everywhere.all().delete()
    assert office().post(f"/contracts/{contract.pk}/end/", {"reason": "机构停业"}).status_code == 302
    assert told() == ["duty_off_many", "visit_off_many"]


def shortened(contract: Contract, until: date, by: Client, other: Client) -> int:
    """The answer to whoever approves an amendment that shortens the term."""
    page = f"/contracts/{contract.pk}/"
    begin = {"since": made.today().isoformat(), "document": "补充协议1号"}
    assert by.post(f"{page}amend/", begin).status_code == 302
    terms = {"since": made.today().isoformat(), "until": until.isoformat(), "ceiling": "100000"}
    assert by.post(f"{page}set_terms/", terms).status_code == 302
    asked = other.get(f"{page}approve_amendment/").content.decode()
    assert ("有 1 次服务已承诺" in asked) == (until < contract.until)
    return other.post(f"{page}approve_amendment/").status_code


def test_a_shortened_term_lets_go_of_what_lies_beyond_it() -> None:
    town = visits.town()
    within = visits.visit(town, start=visits.morning(1))
    beyond = visits.visit(town, start=visits.morning(3))
    contract = contract_of(beyond.order)
    last = made.today() + timedelta(days=2)
    assert shortened(contract, last, office(), office()) == 302
    contract.refresh_from_db()
    assert (contract.state, contract.until) == (State.IN_FORCE, last)
    came_back(beyond.order)
    within.refresh_from_db()
    assert within.state == VisitState.PLANNED
    assert contract_of(within.order) == contract


def test_a_window_that_goes_on_after_the_end_is_let_go_unless_somebody_comes_before() -> None:
    town = visits.town()
    whole = {"start": visits.morning(1)}
    kept, late, open_ = (visits.order(town, item=item, **whole) for item in ("0103", "0106", "0201"))
    Order.everywhere.filter(pk__in=[kept.pk, late.pk, open_.pk]).update(wanted_until=visits.morning(4, 18))
    for order, day in ((kept, 1), (late, 4)):
        order.refresh_from_db()
        visiting.dispatch(
            order, actor=SYSTEM, at=order.placed_at, worker=town.worker, starts_at=visits.morning(day)
        )
    contract = contract_of(kept)
    assert office().get(f"/contracts/{contract.pk}/end/").status_code == 200
    page = f"/contracts/{contract.pk}/"
    first, second = office(), office()
    begin = {"since": made.today().isoformat(), "document": "补充协议1号"}
    assert first.post(f"{page}amend/", begin).status_code == 302
    terms = {
        "since": made.today().isoformat(),
        "until": visits.morning(2).date().isoformat(),
        "ceiling": "100000",
    }
    assert first.post(f"{page}set_terms/", terms).status_code == 302
    assert second.post(f"{page}approve_amendment/").status_code == 302
    came_back(late)
    came_back(open_)
    assert contract_of(kept) == contract


def test_a_term_is_not_shortened_before_what_was_given() -> None:
    town = visits.town()
    given = visits.visit(town, start=visits.morning(3))
    contract = contract_of(given.order)
    Use.everywhere.filter(order_id=given.order_id).update(stage=Stage.GIVEN)
    Order.everywhere.filter(pk=given.order_id).update(state=OrderState.COMPLETED)
    times = {"arrived_at": given.starts_at, "left_at": given.ends_at, "minutes": 60}
    Visit.everywhere.filter(pk=given.pk).update(state=VisitState.DONE, **times)
    page, last = f"/contracts/{contract.pk}/", made.today() + timedelta(days=2)
    first, second = office(), office()
    begin = {"since": made.today().isoformat(), "document": "补充协议1号"}
    assert first.post(f"{page}amend/", begin).status_code == 302
    terms = {"since": made.today().isoformat(), "until": last.isoformat(), "ceiling": "100000"}
    assert first.post(f"{page}set_terms/", terms).status_code == 302
    answer = second.post(f"{page}approve_amendment/")
    assert answer.status_code == 422
    assert visits.morning(3).date().isoformat() in answer.content.decode()
    contract.refresh_from_db()
    assert contract.until > last
