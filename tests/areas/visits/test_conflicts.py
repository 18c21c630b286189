"""A day without network: what the phone brings in one go, and what the office changed meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.areas.visits import made

from songhe.areas.contracts.models import Remark, RemarkKind, Stage, Use
from songhe.areas.visits import actions, api
from songhe.areas.visits.models import Conflict, Order, OrderState, Visit, VisitState, Vital
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.acts.models import Act

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NEAR = timedelta(minutes=1)
"""A sending that takes long moves what was put right by as much."""
HERE = {"lon": "122.4211", "lat": "37.1611", "accuracy": "15"}


class Phone:
    """A phone that keeps what is done and sends it later, in order, each with its key."""

    def __init__(self, client: Client, *, wrong: timedelta = timedelta(0)) -> None:
        self.client, self.wrong = client, wrong
        self.kept: list[tuple[str, dict[str, Any]]] = []

    def do(self, visit: Visit, verb: str, at: datetime, **form: Any) -> None:
        """Keep one thing done at a moment, as the phone's clock says it."""
        key = f"{visit.pk}{verb}{len(self.kept)}"
        self.kept.append(
            (f"/visits/{visit.pk}/{verb}/", {**form, "_key": key, "_at": (at + self.wrong).isoformat()})
        )

    def send(self, *, most: int | None = None, clock: bool = True) -> list[tuple[int, dict[str, Any]]]:
        """Send what is kept; a phone of yesterday's version sends no clock."""
        out = []
        for url, form in self.kept[:most]:
            now = {"_now": (timezone.now() + self.wrong).isoformat()} if clock else {}
            answer = self.client.post(url, form | now, headers={"Accept": "application/json"})
            out.append((answer.status_code, answer.json()))
        return out


def earlier(town: made.Town, minutes: int = 90) -> Visit:
    """A visit that was promised for some time ago."""
    visit = made.under_way(town)
    length = visit.ends_at - visit.starts_at
    start = visit.starts_at - timedelta(minutes=minutes)
    Visit.everywhere.filter(pk=visit.pk).update(starts_at=start, ends_at=start + length)
    visit.refresh_from_db()
    return visit


def whole(phone: Phone, visit: Visit) -> None:
    """Arrive, do everything, leave, at the promised times."""
    start = visit.starts_at
    phone.do(visit, "check_in", start, **HERE)
    phone.do(visit, "tick_tasks", start + timedelta(minutes=20), tasks=["warm", "bath"])
    phone.do(visit, "take_vitals", start + timedelta(minutes=30), systolic="126", diastolic="78")
    phone.do(visit, "add_note", start + timedelta(minutes=50), note="助浴完成")
    phone.do(visit, "check_out", start + timedelta(minutes=61), **HERE)


@pytest.mark.parametrize("wrong", [timedelta(0), timedelta(hours=8), timedelta(hours=-7, minutes=-30)])
def test_a_day_without_network_ends_as_a_correct_visit_however_wrong_the_clock(wrong: timedelta) -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker), wrong=wrong)
    whole(phone, visit)
    assert [status for status, _said in phone.send()] == [200] * 5
    visit.refresh_from_db()
    assert visit.arrived_at is not None and visit.left_at is not None
    assert abs(visit.arrived_at - visit.starts_at) < NEAR
    assert (visit.state, visit.note, visit.tasks) == (VisitState.DONE, "助浴完成", ["warm", "bath"])
    assert visit.minutes in (60, 61)
    assert ("clock_skew" in visit.flags) == bool(wrong)
    assert (visit.arrival_said_at is not None) == bool(wrong)
    if wrong:
        assert visit.arrival_said_at == visit.starts_at + wrong, "what the phone said is kept"
    assert abs(Vital.everywhere.get().taken_at - visit.starts_at - timedelta(minutes=30)) < NEAR


def test_a_tab_killed_while_sending_sends_all_again_with_one_effect() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    whole(phone, visit)
    phone.send(most=3)
    assert [status for status, _said in phone.send()] == [200] * 5
    assert [status for status, _said in phone.send()] == [200] * 5
    visit.refresh_from_db()
    assert (visit.state, visit.vitals, visit.note) == (VisitState.DONE, 1, "助浴完成")
    assert Act.objects.filter(subject_id=visit.pk, verb="visits.check_in").count() == 1


def test_yesterdays_version_of_the_page_still_sends() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    phone.do(visit, "check_in", visit.starts_at, **HERE, field_of_an_old_page="x")
    phone.do(visit, "check_out", visit.starts_at + timedelta(minutes=61), lon="", lat="", accuracy="")
    assert [status for status, _said in phone.send(clock=False)] == [200, 200]
    visit.refresh_from_db()
    assert visit.state == VisitState.DONE
    assert visit.arrived_at == visit.starts_at


def reassigned(town: made.Town, visit: Visit) -> Visit:
    """The same order given to the second worker meanwhile."""
    order = Order.everywhere.get(pk=visit.order_id)
    Order.everywhere.filter(pk=order.pk).update(wanted_from=visit.starts_at - timedelta(hours=1))
    order.refresh_from_db()
    start = timezone.now() + timedelta(minutes=20)
    return actions.reassign(
        order,
        actor=town.user("organisation_manager", town.organisation),
        at=timezone.now(),
        worker=town.second,
        starts_at=start.replace(second=0, microsecond=0),
        reason="原人员联系不上",
    )


def test_an_arrival_at_a_visit_given_to_somebody_else_is_kept_and_shown_to_both() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    whole(phone, visit)
    other = reassigned(town, visit)
    answers = phone.send()
    assert all(
        (status == 200 and "office" in said["conflict"]) or "机构" in said["conflict"]
        for status, said in answers
    )
    phone.send()
    assert Conflict.everywhere.count() == 5, "sent twice, kept once"
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED, "never silently overwritten"
    today = phone.client.get("/today/").content.decode()
    assert "刘长河 · 签到" in today
    assert "张桂兰" in today
    office = town.client("dispatcher", town.organisation)
    assert "刘长河 · 签到" in office.get("/").content.decode()
    first = Conflict.everywhere.get(verb="check_in")
    page = office.get(f"/conflicts/{first.pk}/").content.decode()
    assert "张桂兰" in page
    assert "37.1611, 122.4211" in page
    assert b"122.4211" not in bytes(first.values_sealed)
    assert town.client("dispatcher", town.rival).get(f"/conflicts/{first.pk}/").status_code == 404
    assert phone.client.post(f"/conflicts/{first.pk}/decide/").status_code == 403
    form = {"holds": "worker", "reason": "late_news"}
    assert office.post(f"/conflicts/{first.pk}/decide/", {"holds": "worker"}).status_code == 422
    assert office.post(f"/conflicts/{first.pk}/decide/", form).status_code == 302
    assert office.post(f"/conflicts/{first.pk}/decide/", form).status_code == 422
    visit.refresh_from_db()
    other.refresh_from_db()
    order = Order.everywhere.get(pk=visit.order_id)
    assert (visit.state, visit.note, visit.vitals) == (VisitState.DONE, "助浴完成", 1)
    assert (other.state, order.state, order.worker_id) == (
        VisitState.CANCELLED,
        OrderState.COMPLETED,
        town.worker.pk,
    )
    assert set(Conflict.everywhere.values_list("state", flat=True)) == {"accepted"}
    assert "采用人员记录" in phone.client.get("/today/").content.decode()


def test_the_office_may_keep_its_own_and_nothing_is_lost() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    whole(phone, visit)
    other = reassigned(town, visit)
    phone.send()
    office = town.client("dispatcher", town.organisation)
    row = Conflict.everywhere.get(verb="add_note")
    form = {"holds": "office", "reason": "other", "words": ""}
    assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 422, "another reason in words"
    form["words"] = "老人说没有人来"
    assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 302
    visit.refresh_from_db()
    other.refresh_from_db()
    row.refresh_from_db()
    assert (visit.state, other.state, row.state) == (VisitState.CANCELLED, VisitState.PLANNED, "kept")
    assert row.values["note"] == "助浴完成"


def test_an_order_that_somebody_else_served_is_not_paid_twice() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    phone.do(visit, "check_in", visit.starts_at, **HERE)
    other = reassigned(town, visit)
    actions.check_in(other, actor=town.user("worker", town.second), at=timezone.now())
    phone.send()
    office = town.client("dispatcher", town.organisation)
    row = Conflict.everywhere.get()
    form = {"holds": "worker", "reason": "late_news"}
    assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 422
    row.refresh_from_db()
    assert row.state == "open"


def test_a_visit_marked_as_missed_and_one_cancelled_come_back_when_the_worker_was_there() -> None:
    for change in ("missed", "cancelled"):
        town = made.town()
        visit = earlier(town)
        phone = Phone(town.client("worker", town.worker))
        phone.do(visit, "check_in", visit.starts_at, **HERE)
        manager = town.user("organisation_manager", town.organisation)
        if change == "missed":
            actions.mark_missed(visit, actor=manager, at=timezone.now(), reason="无人签到")
        else:
            agent = town.user("hotline_agent")
            order = Order.everywhere.get(pk=visit.order_id)
            actions.cancel_order(order, actor=agent, at=timezone.now(), reason="家属取消")
        assert phone.send()[0][0] == 200
        row = Conflict.everywhere.get(visit=visit)
        office = town.client("dispatcher", town.organisation)
        form = {"holds": "worker", "reason": "confirmed"}
        assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 302
        visit.refresh_from_db()
        assert visit.state == VisitState.ARRIVED
        leaving = phone.client.post(f"/visits/{visit.pk}/check_out/", HERE)
        assert leaving.status_code == 302, "the worker goes on"
        visit.refresh_from_db()
        assert visit.state == VisitState.DONE
        assert Use.everywhere.get(order_id=visit.order_id).stage == Stage.GIVEN, (
            "it takes of the contract again"
        )


def test_times_entered_by_hand_meanwhile_are_not_overwritten() -> None:
    town = made.town()
    visit = earlier(town)
    phone = Phone(town.client("worker", town.worker))
    whole(phone, visit)
    office = town.client("dispatcher", town.organisation)
    by_hand = {
        "arrived_at": made.local(visit.starts_at + timedelta(minutes=10)),
        "left_at": made.local(visit.starts_at + timedelta(minutes=50)),
        "cause": "other",
        "reason": "电话核实",
    }
    assert office.post(f"/visits/{visit.pk}/correct_visit/", by_hand).status_code == 302
    phone.send()
    visit.refresh_from_db()
    assert visit.minutes == 40
    row = Conflict.everywhere.get(verb="check_out")
    Visit.everywhere.filter(pk=visit.pk).update(looked_at=timezone.now())
    form = {"holds": "worker", "reason": "confirmed"}
    assert office.post(f"/conflicts/{row.pk}/decide/", form).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.minutes) == (VisitState.DONE, 61)
    assert visit.looked_at is None, "other times are compared anew"
    month = timezone.localdate(visit.arrived_at)
    assert api.to_settle(Scope.EVERYTHING, month) == [], "somebody else verifies what was decided"


def test_a_stale_page_is_refused_while_somebody_stands_at_it() -> None:
    town = made.town()
    visit = earlier(town)
    phone = town.client("worker", town.worker)
    reassigned(town, visit)
    form = {"_key": "x", "_at": timezone.now().isoformat(), **HERE}
    answer = phone.post(f"/visits/{visit.pk}/check_in/", form, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert not Conflict.everywhere.exists()


def morning_of_four(town: made.Town) -> tuple[Phone, list[Visit], datetime]:
    """Four visits of the first worker, an hour each from ten hours ago on, done on a phone without network."""
    made.at_any_hour(town)
    start = (timezone.now() - timedelta(hours=10)).replace(second=0, microsecond=0)
    town.person = made.person("丛大娘", at=start)
    early = start - timedelta(hours=3)
    phone, found = Phone(town.client("worker", town.worker)), []
    for hour in range(4):
        begin = start + timedelta(hours=hour)
        placed = actions.place_order(
            actor=SYSTEM,
            at=early,
            person=town.person,
            item="0103",
            wanted_from=begin,
            wanted_until=begin + timedelta(hours=1),
            paid_by="entitlement",
        )
        order = actions.hand_over(placed, actor=SYSTEM, at=early, organisation=town.organisation)
        found.append(
            actions.dispatch(order, actor=SYSTEM, at=early, worker=town.worker, starts_at=order.wanted_from)
        )
        phone.do(found[-1], "accept", begin - timedelta(minutes=30))
        phone.do(found[-1], "depart", begin - timedelta(minutes=10))
        whole(phone, found[-1])
    return phone, found, start


def test_a_day_without_network_that_the_clock_gave_up_is_done_as_the_phone_says() -> None:
    town = made.town()
    phone, found, start = morning_of_four(town)
    assert actions.miss_overdue(actor=SYSTEM, at=start + timedelta(hours=7)) == 4
    assert Remark.everywhere.filter(kind=RemarkKind.MISSED).count() == 4
    assert [(status, said.get("conflict")) for status, said in phone.send()] == [(200, None)] * 28
    assert not Conflict.everywhere.exists()
    assert not Remark.everywhere.filter(kind=RemarkKind.MISSED).exists(), "somebody came"
    for visit in found:
        visit.refresh_from_db()
        order = Order.everywhere.get(pk=visit.order_id)
        assert (visit.state, visit.arrived_at, visit.minutes) == (VisitState.DONE, visit.starts_at, 61)
        assert visit.corrected_by_id is None
        assert (order.state, order.worker_id) == (OrderState.COMPLETED, town.worker.pk)
        assert order.assigned_at == start - timedelta(hours=3)
        assert order.accepted_at == visit.accepted_at == visit.starts_at - timedelta(minutes=30)
        assert order.departed_at == visit.starts_at - timedelta(minutes=10)
    assert actions.miss_overdue(actor=SYSTEM, at=timezone.now()) == 0


def test_what_was_said_before_the_network_went_still_stands() -> None:
    town = made.town()
    phone, found, start = morning_of_four(town)
    first = found[0]
    phone.kept = [one for one in phone.kept if str(first.pk) in one[0]][2:]
    worker = town.user("worker", town.worker)
    early = start - timedelta(minutes=20)
    actions.accept(first, actor=worker, at=early)
    actions.depart(first, actor=worker, at=early + timedelta(minutes=5))
    actions.miss_overdue(actor=SYSTEM, at=start + timedelta(hours=7))
    assert [status for status, _said in phone.send()] == [200] * 5
    order = Order.everywhere.get(pk=first.order_id)
    assert (order.state, order.accepted_at) == (OrderState.COMPLETED, early)
    assert order.departed_at == early + timedelta(minutes=5)


@pytest.mark.parametrize("change", ["by_hand", "another_time", "somebody_sent"])
def test_what_people_decided_meanwhile_is_no_matter_of_the_clock(change: str) -> None:
    town = made.town()
    phone, (first, *_rest), start = morning_of_four(town)
    phone.kept = phone.kept[:7]
    later = start + timedelta(hours=7)
    manager = town.user("organisation_manager", town.organisation)
    if change == "by_hand":
        actions.mark_missed(first, actor=manager, at=later, reason="老人来电说没有人来")
    else:
        actions.miss_overdue(actor=SYSTEM, at=later)
        order = actions.change_window(
            Order.everywhere.get(pk=first.order_id),
            actor=town.user("hotline_agent"),
            at=later,
            wanted_from=later,
            wanted_until=later + timedelta(hours=2),
        )
    if change == "somebody_sent":
        other = actions.dispatch(order, actor=manager, at=later, worker=town.second, starts_at=later)
        actions.check_in(other, actor=town.user("worker", town.second), at=later)
    assert all("conflict" in said for _status, said in phone.send())
    assert Conflict.everywhere.count() == 7
    assert Remark.everywhere.filter(kind=RemarkKind.MISSED, order_id=first.order_id).exists()
    first.refresh_from_db()
    assert first.state == VisitState.MISSED
    assert "丛大娘 · 接单" in phone.client.get("/today/").content.decode()
    office = town.client("dispatcher", town.organisation)
    row = Conflict.everywhere.get(verb="depart")
    assert office.get(f"/conflicts/{row.pk}/").status_code == 200
    answer = office.post(f"/conflicts/{row.pk}/decide/", {"holds": "worker", "reason": "late_news"})
    assert answer.status_code == (422 if change == "somebody_sent" else 302)
    first.refresh_from_db()
    assert first.state == (VisitState.MISSED if change == "somebody_sent" else VisitState.DONE)
    if change != "somebody_sent":
        order = Order.everywhere.get(pk=first.order_id)
        assert first.accepted_at == first.starts_at - timedelta(minutes=30)
        assert order.departed_at == first.starts_at - timedelta(minutes=10)
        assert not Remark.everywhere.filter(kind=RemarkKind.MISSED, order_id=first.order_id).exists()
