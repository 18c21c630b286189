"""The pool: offered in waves, taken once, put back at a price that is said before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from tests import make
from tests.areas.contracts import made as contracts
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.contracts.models import Remark
from songhe.areas.visits import actions, tasks
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import Offer, Order, OrderState, PaidBy, Result, Visit
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due
from songhe.engines.live.models import Event

pytestmark = pytest.mark.django_db
assert callable(tasks.widen), "importing it registers the jobs"


def pooled(town: made.Town, hour: int = 9, *, item: str = "0106") -> Order:
    """An order in the pool of both organisations of the town."""
    begin = made.morning(hour=hour)
    placed = actions.place_order(
        actor=SYSTEM, at=timezone.now(), person=town.person, item=item, wanted_from=begin,
        wanted_until=begin + timedelta(hours=4), paid_by=PaidBy.ENTITLEMENT,
    )  # fmt: skip
    return actions.offer_order(placed, actor=SYSTEM, at=timezone.now())


def town() -> made.Town:
    """A town in which the rival has a worker too, so that both may take orders."""
    here = made.town()
    made.at_any_hour(here)
    providers.worker(here.rival, "senior_care", "care", "home", lon=122.43, lat=37.17, name="赵敏")
    return here


def test_an_order_is_offered_taken_and_gone_for_everybody_else() -> None:
    here = town()
    agent = here.client("hotline_agent")
    ours, theirs = here.client("dispatcher", here.organisation), here.client("dispatcher", here.rival)
    outside = here.client("dispatcher", providers.organisation())
    begin = made.morning()
    form = {
        "person": str(here.person.pk), "item": "0106", "wanted_from": made.local(begin),
        "wanted_until": made.local(begin + timedelta(hours=4)), "paid_by": "entitlement",
    }  # fmt: skip
    assert agent.post("/orders/do/place_order/", form).status_code == 302
    order = Order.everywhere.get(person=here.person)
    page = agent.get(f"/orders/{order.pk}/").content.decode()
    assert here.organisation.name in page
    assert "Quality not known yet." in page or "暂无质量分" in page
    assert agent.post(f"/orders/{order.pk}/offer_order/").status_code == 302
    offers = {row.organisation_id: row for row in Offer.everywhere.filter(order=order)}
    assert set(offers) == {here.organisation.pk, here.rival.pk}
    for client in (ours, theirs):
        shown = client.get("/pool/").content.decode()
        assert order.number in shown
        assert "刘长河" not in shown, "whose it is is told to whoever takes it"
    assert order.number not in outside.get("/pool/").content.decode()
    stolen = {"offer": str(offers[here.organisation.pk].pk)}
    assert outside.post("/pool/", stolen).status_code == 422, "it was not offered to this organisation"
    assert theirs.get(f"/orders/{order.pk}/").status_code == 404
    assert (
        ours.post("/pool/", {"offer": str(offers[here.organisation.pk].pk), "_key": "a"}).status_code == 302
    )
    late = theirs.post("/pool/", {"offer": str(offers[here.rival.pk].pk), "_key": "b"})
    assert late.status_code == 422
    assert "手慢了" in late.content.decode() or "quicker" in late.content.decode()
    order.refresh_from_db()
    assert (order.state, order.organisation_id) == (OrderState.TAKEN, here.organisation.pk)
    assert order.offered_at is not None
    assert order.taken_at is not None
    assert order.number not in theirs.get("/pool/").content.decode()
    assert ours.get(f"/orders/{order.pk}/").status_code == 200
    told = Event.everywhere.filter(topic="visits", holder_id=here.rival.pk, payload__what="taken")
    assert told.exists(), "the rival's open page hears that it is gone"
    send = {"worker": str(here.second.pk), "starts_at": made.local(begin)}
    assert ours.post(f"/orders/{order.pk}/dispatch/", send).status_code == 302


def test_a_worker_takes_an_order_on_the_phone_and_sets_out() -> None:
    here = town()
    order = pooled(here)
    phone, stranger = here.client("worker", here.second), here.client("family")
    assert order.number in phone.get("/pool/").content.decode()
    assert stranger.get("/pool/").status_code == 403
    offer = Offer.everywhere.get(order=order, organisation=here.organisation)
    assert phone.post("/pool/", {"offer": str(offer.pk), "_key": "x"}).status_code == 302
    assert phone.post("/pool/", {"offer": str(offer.pk), "_key": "x"}).status_code == 302, "a second press"
    visit = Visit.everywhere.get(order=order)
    order.refresh_from_db()
    offer.refresh_from_db()
    assert (order.state, order.worker_id, offer.worker_id) == (
        OrderState.ACCEPTED,
        here.second.pk,
        here.second.pk,
    )
    assert order.taken_at == order.assigned_at == order.accepted_at
    assert visit.starts_at == order.wanted_from
    assert phone.post(f"/visits/{visit.pk}/depart/").status_code == 302
    order.refresh_from_db()
    assert order.state == OrderState.ON_THE_WAY
    assert order.departed_at is not None
    assert order.arrived_at is None, "on the way is not there"
    for number in range(terms().pool.most_taken_worker):
        fresh = pooled(here, 14, item=("0201", "0101")[number % 2])
        offer = Offer.everywhere.get(order=fresh, organisation=here.organisation)
        answer = phone.post("/pool/", {"offer": str(offer.pk)})
    assert answer.status_code == 422, "who has taken enough begins first"


def test_putting_back_and_turning_down_say_their_price_and_stand_in_the_record() -> None:
    here = town()
    order = pooled(here)
    ours = here.client("dispatcher", here.organisation)
    offer = Offer.everywhere.get(order=order, organisation=here.organisation)
    actions.take(offer, actor=SYSTEM, at=timezone.now())
    form = ours.get(f"/orders/{order.pk}/put_back/").content.decode()
    assert "100 → 50" in form, "one taken of one, then one of two"
    assert "不计入考核" in form or "does not count" in form
    assert ours.post(f"/orders/{order.pk}/put_back/", {"reason": "nonsense"}).status_code == 422
    assert (
        ours.post(f"/orders/{order.pk}/put_back/", {"reason": "no_worker", "words": "请假"}).status_code
        == 302
    )
    order.refresh_from_db()
    offer.refresh_from_db()
    assert (order.state, order.organisation_id, order.contract_id) == (OrderState.OFFERED, None, None)
    assert (offer.result, offer.counts, offer.words) == (Result.PUT_BACK, True, "请假")
    theirs = Offer.everywhere.get(order=order, organisation=here.rival)
    assert theirs.result == Result.OPEN
    assert ours.get(f"/orders/{order.pk}/").status_code == 404, "it is no longer theirs to see"
    rival = here.client("dispatcher", here.rival)
    assert rival.post("/pool/", {"offer": str(theirs.pk)}).status_code == 302
    assert rival.post(f"/orders/{order.pk}/turn_down/", {"reason": "person_wish"}).status_code == 302
    order.refresh_from_db()
    theirs.refresh_from_db()
    assert (order.state, order.organisation_id) == (OrderState.RECEIVED, None)
    assert (theirs.result, theirs.counts) == (Result.REFUSED, False)
    assert not Remark.everywhere.filter(order_id=order.pk).exists(), "this reason does not speak against it"
    page = here.client("county_officer").get("/order-quality/").content.decode()
    assert here.organisation.name in page
    assert "result=put_back" in page


def test_an_organisation_does_not_hoard_and_more_are_asked_later() -> None:
    here = town()
    most = terms().pool.most_taken
    people = [made.person("刘" + name) for name in "甲乙丙丁戊己庚辛"[: most + 1]]
    begin = made.morning()
    offers = []
    for one in people:
        placed = actions.place_order(
            actor=SYSTEM, at=timezone.now(), person=one, item="0106", wanted_from=begin,
            wanted_until=begin + timedelta(hours=4), paid_by=PaidBy.SELF,
        )  # fmt: skip
        order = actions.offer_order(placed, actor=SYSTEM, at=timezone.now())
        offers.append(Offer.everywhere.get(order=order, organisation=here.organisation))
    for offer in offers[:most]:
        actions.take(offer, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Refused, match="sent nobody yet"):
        actions.take(offers[most], actor=SYSTEM, at=timezone.now())
    left = offers[most].order
    for _number in range(len(terms().waves)):
        third = providers.organisation()
        contracts.needed(third, make.village())
        made.at_any_hour(made.Town(third, providers.worker(third, "care", "home"), here.second, here.person))
    run_due(timezone.now() + timedelta(hours=1), lanes=("timer",))
    left.refresh_from_db()
    assert left.wave == 2
    assert Offer.everywhere.filter(order=left, wave=2).count() >= 2, (
        "the second wave asks those who came later"
    )


def test_what_waits_for_the_desk_too_long_is_offered_by_itself() -> None:
    here = town()
    begin = made.morning()
    placed = actions.place_order(
        actor=SYSTEM, at=timezone.now(), person=here.person, item="0106", wanted_from=begin,
        wanted_until=begin + timedelta(hours=4), paid_by=PaidBy.SELF,
    )  # fmt: skip
    assert actions.offer_waiting(actor=SYSTEM, at=timezone.now()) == 0
    later = timezone.now() + timedelta(minutes=terms().pool.auto_minutes(1) or 0)
    assert actions.offer_waiting(actor=SYSTEM, at=later) == 1
    assert actions.offer_waiting(actor=SYSTEM, at=later) == 0
    placed.refresh_from_db()
    assert placed.state == OrderState.OFFERED


def test_the_database_keeps_one_taker() -> None:
    here = town()
    order = pooled(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.everywhere.filter(order=order).update(result=Result.TAKEN)
