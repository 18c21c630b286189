"""From the order to the settled visit, as an agent, a dispatcher, a worker, a rival and a stranger see it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests import make
from tests.areas.visits import made

from songhe.areas.visits import actions, api
from songhe.areas.visits.models import Disposition, Order, OrderState, Visit, VisitState
from songhe.areas.visits.queries import shift_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, Tie, entered, tie
from songhe.engines.acts.models import Act
from songhe.engines.live.models import Event
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db


def test_from_the_order_to_the_settled_visit() -> None:
    town = made.town()
    made.at_any_hour(town)
    start = timezone.now().replace(second=0, microsecond=0)
    order = ordered(town, start)
    visit = dispatched(town, order, start)
    done(town, visit)
    order.refresh_from_db()
    assert (visit.state, visit.minutes, visit.flags) == (VisitState.DONE, 61, [])
    assert (order.state, order.disposition) == (OrderState.COMPLETED, Disposition.COMPLETED)
    agent = town.client("hotline_agent")
    assert agent.post(f"/orders/{order.pk}/follow_up/", {"rating": "5", "words": "很好"}).status_code == 302
    (line,) = api.to_settle(
        Scope.EVERYTHING, timezone.localdate(visit.arrived_at), organisation_id=town.organisation.pk
    )
    assert (line.visit_id, line.minutes, line.fen, line.paid_by) == (visit.pk, 61, 8000, "entitlement")
    assert api.mark_settled({visit.pk: visit.minutes}, batch="B1", actor=SYSTEM, at=timezone.now()) == 1
    assert api.mark_settled({visit.pk: visit.minutes}, batch="B1", actor=SYSTEM, at=timezone.now()) == 0
    with pytest.raises(Refused, match="prepare it again"):
        api.mark_settled({visit.pk: visit.minutes}, batch="B2", actor=SYSTEM, at=timezone.now())
    order.refresh_from_db()
    assert (order.state, order.rating, order.words) == (OrderState.SETTLED, 5, "很好")
    topics = list(Event.everywhere.filter(topic="visits").values_list("payload__what", flat=True))
    assert {"placed", "dispatched", "arrived", "left"} <= set(topics)
    assert "刘长河" not in str(list(Event.everywhere.values_list("payload", flat=True)))


def ordered(town: made.Town, start: datetime) -> Order:
    """An order for the town's person, handed to its organisation by the desk."""
    agent, office = town.client("hotline_agent"), town.client("dispatcher", town.organisation)
    form = {
        "person": str(town.person.pk),
        "item": "0103",
        "wanted_from": made.local(start),
        "wanted_until": made.local(start + timedelta(hours=3)),
        "paid_by": "entitlement",
        "note": "家里有狗",
    }
    assert agent.post("/orders/do/place_order/", form).status_code == 302
    order = Order.everywhere.get(person=town.person)
    assert (order.state, order.region_id, order.note) == (
        OrderState.RECEIVED,
        town.person.region_id,
        "家里有狗",
    )
    assert office.get(f"/orders/{order.pk}/").status_code == 404, "not yet handed to this organisation"
    assert (
        agent.post(f"/orders/{order.pk}/hand_over/", {"organisation": str(town.organisation.pk)}).status_code
        == 302
    )
    return order


def dispatched(town: made.Town, order: Order, start: datetime) -> Visit:
    """The order with the nearest qualified worker, who sees all that is needed to go there."""
    office, phone = town.client("dispatcher", town.organisation), town.client("worker", town.worker)
    page = office.get(f"/orders/{order.pk}/").content.decode()
    assert "王秀英" in page
    assert page.index("王秀英") < page.index("张桂兰"), "the nearest and qualified first"
    send = {"worker": str(town.worker.pk), "starts_at": made.local(start)}
    assert office.post(f"/orders/{order.pk}/dispatch/", send).status_code == 302
    visit = Visit.everywhere.get(order=order)
    today = phone.get("/today/").content.decode()
    for shown in ("海滨路18号3单元402", "13963112345", "家里有狗", "刘长河"):
        assert shown in today
    phone.get("/today/")
    assert Act.objects.filter(verb="visits.read_address", subject_id=visit.pk).count() == 1, "once a day"
    return visit


def done(town: made.Town, visit: Visit) -> None:
    """Accepted, arrived at the door, an hour of work, a note, and left."""
    phone = town.client("worker", town.worker)
    assert phone.post(f"/visits/{visit.pk}/accept/").status_code == 302
    there = {"lon": "122.4211", "lat": "37.1611", "accuracy": "15"}
    assert phone.post(f"/visits/{visit.pk}/check_in/", there).status_code == 302
    visit.refresh_from_db()
    assert visit.state == VisitState.ARRIVED
    assert visit.arrival_metres is not None
    assert visit.arrival_metres < 30
    assert b"122.4211" not in bytes(visit.arrival_sealed)
    Visit.everywhere.filter(pk=visit.pk).update(arrived_at=timezone.now() - timedelta(minutes=61), flags=[])
    assert phone.post(f"/visits/{visit.pk}/add_note/", {"note": "助浴完成，皮肤完好"}).status_code == 302
    assert phone.post(f"/visits/{visit.pk}/check_out/", there).status_code == 302
    visit.refresh_from_db()


@pytest.mark.parametrize(("state", "shown"), [("planned", True), ("arrived", True), ("cancelled", False)])
def test_a_night_does_not_end_at_midnight(state: str, *, shown: bool) -> None:
    town = made.town()
    made.at_any_hour(town)
    visit = made.visit(town)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Visit.everywhere.filter(pk=visit.pk).update(
        starts_at=midnight - timedelta(minutes=30), ends_at=midnight + timedelta(minutes=30), state=state
    )
    scope = town.user("worker", town.worker).scope("visits.check_in")
    assert (visit in shift_of(scope, midnight + timedelta(minutes=5))) is shown
    assert visit not in shift_of(scope, midnight + timedelta(hours=13)), "too late to check in"


def test_an_order_is_found_by_its_number_as_typed_or_by_its_person() -> None:
    town = made.town()
    mine, other = made.order(town), made.order(town, start=made.morning() + timedelta(hours=5))
    office = town.client("dispatcher", town.organisation)
    for words, found in ((f" {mine.number.lower()} ", {mine}), ("刘长河", {mine, other}), ("刘短河", set())):
        text = office.get("/orders/", {"q": words}).content.decode()
        assert {order for order in (mine, other) if order.number in text} == found, words


def test_rivals_and_strangers_find_nothing() -> None:
    town = made.town()
    visit = made.visit(town)
    order = visit.order
    rival = town.client("dispatcher", town.rival)
    elsewhere = town.client("hotline_agent", region=make.OTHER_COUNTY)
    colleague = town.client("worker", town.second)
    for client in (rival, elsewhere, colleague):
        for path in (f"/orders/{order.pk}/", f"/visits/{visit.pk}/"):
            assert client.get(path).status_code == 404
        assert order.number not in client.get("/orders/").content.decode()
    send = {"worker": str(town.worker.pk), "starts_at": made.local(visit.starts_at), "reason": "x"}
    assert rival.post(f"/orders/{order.pk}/reassign/", send).status_code == 404
    assert colleague.post(f"/visits/{visit.pk}/check_in/").status_code == 404
    assert "海滨路18号" not in colleague.get("/today/").content.decode()
    assert Client().get("/today/").status_code == 302, "to the log-in page"
    with entered(town.user("dispatcher", town.rival).scope()):
        assert not Order.everywhere.exists()
        assert not Visit.everywhere.exists()


def test_a_second_organisation_of_the_same_person_sees_only_its_own_order() -> None:
    town = made.town()
    first = made.order(town)
    second = made.order(town, item="0106", organisation=town.rival)
    with entered(town.user("dispatcher", town.rival).scope()):
        assert set(Order.everywhere.all()) == {second}
        assert set(Order.objects.here()) == {second}
    with entered(town.user("dispatcher", town.organisation).scope()):
        assert set(Order.everywhere.all()) == {first}


def test_kin_see_the_orders_of_their_relative() -> None:
    town = made.town()
    order = made.order(town)
    daughter = town.user("family")
    with entered(daughter.scope()):
        assert not Order.everywhere.exists()
    tie(town.person.pk, daughter.pk, Tie.Kind.KIN, region_id=town.person.region_id, since=date(2026, 1, 1))
    with entered(daughter.scope()):
        assert set(Order.everywhere.all()) == {order} == set(Order.objects.here())


def test_a_worker_is_never_promised_twice_at_one_time() -> None:
    town = made.town()
    start = made.morning()
    made.visit(town, start=start)
    neighbour = made.person("陈海燕")
    order = made.order(town, person=neighbour, start=start)
    office = town.client("dispatcher", town.organisation)
    send = {"worker": str(town.worker.pk), "starts_at": made.local(start + timedelta(minutes=30))}
    reply = office.post(f"/orders/{order.pk}/dispatch/", send)
    assert reply.status_code == 422
    assert Visit.everywhere.filter(worker=town.worker).count() == 1
    assert (
        office.post(
            f"/orders/{order.pk}/dispatch/", send | {"starts_at": made.local(start + timedelta(minutes=60))}
        ).status_code
        == 302
    )
    assert Visit.everywhere.filter(worker=town.worker).count() == 2


def test_nobody_unfit_is_sent() -> None:
    town = made.town()
    start = made.morning()
    office = town.client("dispatcher", town.organisation)
    order = made.order(town, item="0104", start=start)
    bad = [
        {"worker": str(town.second.pk), "starts_at": made.local(start)},
        {"worker": str(town.worker.pk), "starts_at": made.local(start - timedelta(hours=1))},
        {"worker": str(town.worker.pk), "starts_at": made.local(start + timedelta(hours=3))},
        {"worker": str(town.worker.pk), "starts_at": "yesterday"},
        {"worker": "\0", "starts_at": made.local(start)},
    ]
    for form in bad:
        assert office.post(f"/orders/{order.pk}/dispatch/", form).status_code == 422, form
    night = made.order(town, item="0103", start=made.morning(days=2, hour=19))
    assert (
        office.post(
            f"/orders/{night.pk}/dispatch/",
            {"worker": str(town.worker.pk), "starts_at": made.local(night.wanted_from)},
        ).status_code
        == 422
    )
    assert not Visit.everywhere.exists()


def test_what_a_phone_sends_twice_has_one_effect() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    happened = timezone.now() - timedelta(minutes=5)
    form = {
        "_key": "offline-1",
        "_at": happened.isoformat(),
        "lon": "122.4211",
        "lat": "37.1611",
        "accuracy": "15",
    }
    replayed = [
        phone.post(f"/visits/{visit.pk}/check_in/", form, headers={"Accept": "application/json"})
        for _ in range(3)
    ]
    assert [reply.status_code for reply in replayed] == [200, 200, 200]
    visit.refresh_from_db()
    assert visit.arrived_at is not None
    assert visit.arrived_at.isoformat() == timezone.localtime(happened).isoformat(), "not when it was sent"
    assert Act.objects.filter(verb="visits.check_in", subject_id=visit.pk).count() == 1
    other = phone.post(
        f"/visits/{visit.pk}/check_in/", form | {"lon": "122.5"}, headers={"Accept": "application/json"}
    )
    assert other.status_code == 409
    note = {"_key": "offline-2", "note": "量血压 130/80"}
    for _ in range(2):
        phone.post(f"/visits/{visit.pk}/add_note/", note, headers={"Accept": "application/json"})
    visit.refresh_from_db()
    assert visit.note == "量血压 130/80"


def test_times_that_cannot_be_are_refused() -> None:
    town = made.town()
    visit = made.under_way(town)
    worker = town.user("worker", town.worker)
    now = timezone.now()
    for wrong in (now + timedelta(hours=1), visit.starts_at - timedelta(hours=5)):
        with pytest.raises(Refused):
            actions.check_in(visit, actor=worker, at=now, device_at=wrong)
    with pytest.raises(Refused, match="no arrival"):
        actions.check_out(visit, actor=worker, at=now)
    phone = town.client("worker", town.worker)
    for bad in (
        {"lon": "37.1", "lat": "122.4"},
        {"lon": "x", "lat": "y"},
        {"lon": "122.4"},
        {"accuracy": "-1"},
        {"lon": "1\0", "lat": "2"},
    ):
        assert phone.post(f"/visits/{visit.pk}/check_in/", bad).status_code == 422, bad
    actions.check_in(visit, actor=worker, at=now, device_at=now - timedelta(minutes=1))
    for wrong in (now - timedelta(minutes=2), now + timedelta(hours=1)):
        with pytest.raises(Refused):
            actions.check_out(visit, actor=worker, at=now, device_at=wrong)
    with pytest.raises(Refused, match="no longer planned"):
        actions.check_in(visit, actor=worker, at=now)


def test_a_refusal_names_the_citys_hours_and_not_those_of_utc() -> None:
    town = made.town()
    visit = made.visit(town, start=made.morning(hour=9))
    with pytest.raises(Refused, match=" 09:00"):
        actions.check_in(visit, actor=town.user("worker", town.worker), at=timezone.now())


def test_a_place_far_away_is_flagged_and_somebody_else_verifies() -> None:
    town = made.town()
    visit = made.under_way(town)
    worker = town.user("worker", town.worker)
    now = timezone.now()
    actions.check_in(
        visit, actor=worker, at=now - timedelta(minutes=58), lon="122.50", lat="37.20", accuracy=30
    )
    actions.check_out(visit, actor=worker, at=now)
    assert {"far", "no_note"} <= set(visit.flags)
    month = timezone.localdate(visit.arrived_at)
    assert api.to_settle(Scope.EVERYTHING, month, organisation_id=town.organisation.pk) == []
    manager, office = (
        town.user("organisation_manager", town.organisation),
        town.client("dispatcher", town.organisation),
    )
    actions.correct_visit(
        visit,
        actor=manager,
        at=now,
        arrived_at=now - timedelta(hours=1),
        left_at=now,
        cause="phone_failed",
        reason="定位漂移",
    )
    assert "corrected" in visit.flags
    with pytest.raises(Refused, match="somebody else"):
        actions.verify(visit, actor=manager, at=now, reason="已电话核实")
    assert office.post(f"/visits/{visit.pk}/verify/", {"reason": "已电话核实"}).status_code == 302
    assert len(api.to_settle(Scope.EVERYTHING, month, organisation_id=town.organisation.pk)) == 1


def test_a_picture_is_kept_sealed_for_the_organisation() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    phone.post(f"/visits/{visit.pk}/check_in/")
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    out.seek(0)
    out.name = "done.jpg"
    assert phone.post(f"/visits/{visit.pk}/add_photo/", {"photo": out}).status_code == 302
    kept = Attachment.everywhere.get(about_id=visit.pk)
    visit.refresh_from_db()
    assert visit.photos == 1
    office, rival = town.client("dispatcher", town.organisation), town.client("dispatcher", town.rival)
    assert office.get(f"/files/{kept.pk}/small/").status_code == 200
    assert rival.get(f"/files/{kept.pk}/small/").status_code == 404
    assert "small" in office.get(f"/visits/{visit.pk}/").content.decode()
    fake = io.BytesIO(b"<script>")
    fake.name = "x.jpg"
    assert phone.post(f"/visits/{visit.pk}/add_photo/", {"photo": fake}).status_code == 422


def test_a_declined_visit_goes_back_and_another_worker_takes_it() -> None:
    town = made.town()
    visit = made.visit(town)
    phone, office = town.client("worker", town.worker), town.client("dispatcher", town.organisation)
    assert phone.post(f"/visits/{visit.pk}/decline/", {"reason": ""}).status_code == 422
    assert phone.get(f"/people/{visit.person_id}/").status_code == 200
    assert phone.post(f"/visits/{visit.pk}/decline/", {"reason": "发烧"}).status_code == 302
    assert phone.get(f"/people/{visit.person_id}/").status_code == 404, "at once, and not at midnight"
    order = Order.everywhere.get(pk=visit.order_id)
    assert (order.state, order.worker_id) == (OrderState.RECEIVED, None)
    send = {"worker": str(town.second.pk), "starts_at": made.local(visit.starts_at)}
    assert office.post(f"/orders/{order.pk}/dispatch/", send).status_code == 302
    assert phone.get(f"/orders/{order.pk}/").status_code == 404, "it is another worker's now"


def test_a_visit_nobody_came_to_is_missed_and_dispatched_again() -> None:
    town = made.town()
    visit = made.under_way(town)
    assert actions.miss_overdue(actor=SYSTEM, at=visit.ends_at + timedelta(minutes=119)) == 0
    assert actions.miss_overdue(actor=SYSTEM, at=visit.ends_at + timedelta(minutes=121)) == 1
    visit.refresh_from_db()
    order = Order.everywhere.get(pk=visit.order_id)
    assert (visit.state, order.state) == (VisitState.MISSED, OrderState.RECEIVED)
    assert "刘长河" in town.client("dispatcher", town.organisation).get("/").content.decode()


def test_whom_a_roster_sends_no_more_reaches_the_person_no_more() -> None:
    town = made.town()
    visit = made.visit(town)
    move = api.Move(
        order_id=visit.order_id, before=visit.pk, worker_id=town.second.pk, starts_at=visit.starts_at
    )
    (sent,) = api.send_many(actor=SYSTEM, at=timezone.now(), moves=[move], note="调班")
    assert sent.outcome == "moved"
    ties = Tie.everywhere.filter(person_id=town.person.pk, kind=Tie.Kind.WORKER)
    assert dict(ties.values_list("holder_id", "until")) == {
        town.worker.pk: timezone.localdate(),
        town.second.pk: None,
    }
