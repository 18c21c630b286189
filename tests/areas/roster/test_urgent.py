"""During the day: urgent orders, visits that run over, cancellations, illness; what is promised stays."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.roster import made

from songhe.areas.roster.models import Roster, RosterEdit, State
from songhe.areas.roster.screens import desk
from songhe.areas.visits import actions as visits
from songhe.areas.visits.models import Order, OrderState, Visit
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def _cold() -> None:
    desk.forget()


def told(here: made.Office) -> dict[object, tuple[object, datetime]]:
    """Who is promised when, by order."""
    return {visit.order_id: (visit.worker_id, visit.starts_at) for visit in made.visits_of(here)}


def clock(here: made.Office, monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0) -> datetime:
    """Make it so late on the day that is planned."""
    at = timezone.make_aware(datetime.combine(here.day, time(hour, minute)))
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


def proposed(here: made.Office, roster: Roster, at: datetime) -> tuple[Roster, str]:
    """One press on the board, the search, and the board of the draft."""
    answer = here.client.post(f"/planner/{roster.pk}/again/", {"_key": "g1"})
    assert answer.status_code == 302
    assert run_due(at, lanes=["chore"])
    fresh = Roster.everywhere.exclude(pk=roster.pk).get(state=State.DRAFT)
    return fresh, here.client.get(answer.headers["Location"]).content.decode()


def changes(page: str) -> str:
    """The table of what changes for whom; empty where nothing does."""
    found = re.search(r'<section class="panel changes">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_an_urgent_order_is_fitted_in_with_one_press_and_the_rest_stays() -> None:
    here = made.office()
    roster = made.published(here, made.plan(here))
    before = told(here)
    urgent = made.order(here, 7, hour=10)
    board = f"/planner/{roster.pk}/"
    page = here.client.get(board).content.decode()
    assert f"?fit={urgent.pk}" in page
    page = here.client.get(f"{board}?fit={urgent.pk}").content.decode()
    workers = re.findall(r'name="worker" value="([0-9a-f-]{36})"><p>', page)
    assert 1 <= len(workers) <= 3
    assert len(set(workers)) == len(workers)
    press = {"order": str(urgent.pk), "worker": workers[-1], "_key": "f1"}
    answer = here.client.post(f"{board}fit/", press)
    assert here.client.post(f"{board}fit/", press).headers["Location"] == answer.headers["Location"]
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    assert answer.headers["Location"] == f"/planner/{fresh.pk}/"
    assert (fresh.state, fresh.unassigned) == (State.DRAFT, 0)
    assert RosterEdit.everywhere.get(roster=fresh).what == "fit"
    lines = {line.order_id: line for line in made.lines(fresh)}
    assert str(lines[urgent.pk].worker_id) == workers[-1]
    assert {key: lines[key].worker_id for key in before} == {
        key: worker for key, (worker, _at) in before.items()
    }
    assert all(lines[key].starts_at >= at for key, (_worker, at) in before.items()), (
        "nobody comes earlier than told"
    )
    assert len(lines) == 7
    other = made.order(here, 8, hour=10)
    late = here.client.post(f"{board}fit/", {"order": str(other.pk), "_key": "f2"}, follow=True)
    assert Roster.everywhere.count() == 2, "the draft that waits is not passed by"
    assert f"/planner/{fresh.pk}/" in late.content.decode()
    here.client.post(f"/planner/{fresh.pk}/fit/", {"order": str(other.pk), "_key": "f3"})
    assert {line.order_id for line in made.lines(fresh) if line.worker_id} == {*before, urgent.pk, other.pk}
    here.client.post(f"/rosters/{fresh.pk}/publish/")
    made.run()
    assert set(told(here)) == {*before, urgent.pk, other.pk}


def test_urgent_orders_are_fitted_in_by_planners_alone_and_worn_input_is_refused() -> None:
    here = made.office(orders=1, workers=1)
    roster = made.published(here, made.plan(here))
    urgent = made.order(here, 7, hour=10)
    officer = providers.client_of(make.user("county_officer", make.COUNTY))
    rival = providers.client_of(make.user("dispatcher", make.COUNTY, holder_id=providers.organisation().pk))
    for client in (officer, rival):
        for url in ("fit/", "again/"):
            sent = {"order": str(urgent.pk)}
            assert client.post(f"/planner/{roster.pk}/{url}", sent).status_code in (403, 404)
    for sent in ({}, {"order": "x"}, {"order": str(roster.pk)}, {"order": str(here.orders[0].pk)}):
        assert here.client.post(f"/planner/{roster.pk}/fit/", sent).status_code == 302
        assert here.client.get(f"/planner/{roster.pk}/", {"fit": sent.get("order", "")}).status_code == 200
    stranger = {"order": str(urgent.pk), "worker": str(roster.pk)}
    assert here.client.post(f"/planner/{roster.pk}/fit/", stranger).status_code == 302
    assert here.client.get(f"/planner/{roster.pk}/fit/").status_code == 404
    assert Roster.everywhere.count() == 1


def test_a_visit_that_runs_over_is_seen_and_only_what_it_delays_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = made.office(workers=2, orders=0)
    here.orders += [made.order(here, n, hour=hour, long=2) for n, hour in enumerate((9, 9, 11, 11, 14, 14))]
    roster = made.published(here, made.plan(here))
    before = told(here)
    first = made.visits_of(here)[0]
    at = clock(here, monkeypatch, 11, 30)
    Visit.everywhere.filter(pk=first.pk).update(state="arrived", arrived_at=at - timedelta(minutes=140))
    Order.everywhere.filter(pk=first.order_id).update(state=OrderState.IN_SERVICE)
    page = here.client.get(f"/planner/{roster.pk}/").content.decode()
    assert "超时" in page
    fresh, page = proposed(here, roster, at)
    after = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(fresh)}
    assert after[first.order_id][0] == first.worker_id, "who is there stays"
    moved = {key for key in before if key != first.order_id and after[key] != before[key]}
    delayed = {key for key, (worker, start) in before.items() if start < at + timedelta(minutes=40)}
    assert moved <= delayed
    assert moved
    assert changes(page).count("<tr><td") == len(moved)
    afternoon = {key for key, (_worker, start) in before.items() if timezone.localtime(start).hour >= 14}
    assert not moved & afternoon


def test_a_cancelled_visit_leaves_a_gap_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    here = made.office(workers=1, orders=0)
    here.orders += [made.order(here, n, hour=14, long=2) for n in range(2)]
    roster = made.published(here, made.plan(here))
    assert roster.unassigned == 1
    before = told(here)
    (served,) = before
    waits = next(order for order in here.orders if order.pk != served)
    at = clock(here, monkeypatch, 10)
    order = Order.everywhere.get(pk=served)
    visits.cancel_order(order, actor=SYSTEM, at=at, reason="住院")
    page = here.client.get(f"/planner/{roster.pk}/").content.decode()
    assert "已取消" in page
    fresh, page = proposed(here, roster, at)
    lines = {line.order_id: line for line in made.lines(fresh)}
    assert served not in lines
    assert lines[waits.pk].worker_id == here.workers[0].pk
    assert changes(page) == "", "nobody who was told anything hears otherwise"


def test_an_ill_workers_visits_go_to_others_who_keep_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    here = made.office(workers=3, orders=0)
    here.orders += [made.order(here, n, hour=13 + n % 3, long=3) for n in range(6)]
    roster = made.published(here, made.plan(here))
    before = told(here)
    at = clock(here, monkeypatch, 10)
    sick = next(worker for worker in here.workers if worker.pk in {worker for worker, _at in before.values()})
    answer = here.client.post(f"/planner/{roster.pk}/ill/", {"worker": str(sick.pk), "_key": "i1"})
    assert run_due(at, lanes=["chore"])
    page = here.client.get(answer.headers["Location"]).content.decode()
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    after = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(fresh)}
    for key, (worker, start) in before.items():
        if worker == sick.pk:
            assert after[key][0] not in (None, sick.pk)
        else:
            assert after[key][0] == worker
            assert timedelta(0) <= after[key][1] - start <= timedelta(minutes=15)
    changed = [key for key in before if after[key] != before[key]]
    assert changes(page).count("<tr><td") == len(changed)
    away = here.client.get(f"/planner/{roster.pk}/").content.decode()
    assert "人员不在岗" in away
