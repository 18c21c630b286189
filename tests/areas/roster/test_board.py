"""The board as planner, colleague, rival and stranger use it: plan, try, move, fix, publish, somebody ill, publish again."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta
from time import perf_counter

import pytest
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.roster import made

from songhe.areas.providers.api import Leave
from songhe.areas.roster import actions
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import News, Outcome, Pinned, Roster, RosterEdit, RosterLine, State
from songhe.areas.roster.screens import lanes
from songhe.areas.visits.models import Order, OrderState, VisitState
from songhe.engines.access.api import entered
from songhe.engines.acts.models import Act
from songhe.engines.cases.models import Case, Priority
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.ids import uuid7
from songhe.kit.refusals import MARK

pytestmark = pytest.mark.django_db


def test_a_day_from_the_plan_to_the_worker_who_is_ill() -> None:
    here = made.office()
    client = here.client
    roster = planned(here)
    board = f"/planner/{roster.pk}/"
    page = client.get(board).content.decode()
    assert page.count('class="stay') == 6
    assert '<svg class="sheet"' in page
    for hidden in ("37.15", "37.16", "122.4"):
        assert hidden not in page
    line = made.lines(roster)[0]
    tried(here, roster, line)
    moved(here, roster, line)
    client.post(f"/rosters/{roster.pk}/publish/")
    made.run()
    roster.refresh_from_db()
    assert roster.state == State.PUBLISHED
    ill(here, roster)


def test_however_a_visit_ends_the_board_has_a_word_for_it() -> None:
    line = RosterLine(order_id=uuid7())
    for state in set(VisitState) - {VisitState.CANCELLED}:
        assert lanes.state_of(line, {line.order_id: state}) in lanes.WORDS


def planned(here: made.Office) -> Roster:
    """The plan by form, its progress, and its draft."""
    form = {
        "organisation": str(here.organisation.pk),
        "first": here.day.isoformat(),
        "days": "1",
        "seconds": "1",
    }
    answer = here.client.post("/rosters/do/plan_days/", form)
    roster = Roster.everywhere.get()
    assert answer.headers["Location"] == f"/planner/{roster.pk}/"
    assert roster.state == State.PLANNING
    assert "hx-trigger" in here.client.get(f"/planner/{roster.pk}/").content.decode()
    made.run()
    roster.refresh_from_db()
    assert (roster.state, roster.unassigned) == (State.DRAFT, 0), roster.reason
    return roster


def tried(here: made.Office, roster: Roster, line: RosterLine) -> None:
    """Trying writes nothing and answers at once."""
    other = next(worker for worker in here.workers if worker.pk != line.worker_id)
    ask = {"line": str(line.pk), "worker": str(other.pk), "at": f"{here.day}T09:30"}
    here.client.get(f"/planner/{roster.pk}/try/", ask)
    began = perf_counter()
    found = json.loads(here.client.get(f"/planner/{roster.pk}/try/", ask).content)
    assert perf_counter() - began < 1
    assert found["fits"], found
    early = json.loads(
        here.client.get(f"/planner/{roster.pk}/try/", ask | {"at": f"{here.day}T03:00"}).content
    )
    assert early["fits"]
    assert not early["exact"]
    assert RosterEdit.everywhere.count() == 0


def moved(here: made.Office, roster: Roster, line: RosterLine) -> None:
    """A visit is moved, fixed, let free, taken out and given to whom it suits best; each is logged."""
    client, url = here.client, f"/planner/{roster.pk}/change"
    other = next(worker for worker in here.workers if worker.pk != line.worker_id)
    move = {
        "line": str(line.pk),
        "worker": str(other.pk),
        "at": f"{here.day}T09:30",
        "revision": "0",
        "_key": "k1",
    }
    assert client.post(f"{url}/move/", move).status_code == 302
    assert client.post(f"{url}/move/", move).status_code == 302, "sent twice, done once"
    line.refresh_from_db()
    assert (line.worker_id, timezone.localtime(line.starts_at).strftime("%H:%M"), line.pinned) == (
        other.pk,
        "09:30",
        Pinned.BOTH,
    )
    late = client.post(f"{url}/move/", move | {"_key": "k2"}, HTTP_ACCEPT="application/json")
    assert (late.status_code, late.json()["code"]) == (422, "changed")
    client.post(f"{url}/pin/", {"line": str(line.pk), "pinned": ""})
    client.post(f"{url}/out/", {"line": str(line.pk)})
    line.refresh_from_db()
    assert (line.worker_id, line.starts_at) == (None, None)
    why = client.get(f"/planner/{roster.pk}/?line={line.pk}&why=1").content.decode()
    assert "护理甲" in why
    client.post(f"{url}/move/", {"line": str(line.pk), "worker": "", "at": ""})
    line.refresh_from_db()
    assert line.worker_id is not None
    assert list(RosterEdit.everywhere.order_by("at").values_list("what", flat=True)) == [
        "move",
        "pin",
        "out",
        "move",
    ]
    roster.refresh_from_db()
    assert roster.unassigned == 0
    assert "move_line" in " ".join(Act.objects.values_list("verb", flat=True))


def ill(here: made.Office, roster: Roster) -> None:
    """One press, a proposal that changes only what must change, and one press to publish it."""
    before = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(roster)}
    sick = next(worker for worker in here.workers if any(key == worker.pk for key, _at in before.values()))
    answer = here.client.post(f"/planner/{roster.pk}/ill/", {"worker": str(sick.pk), "_key": "i1"})
    again = here.client.post(f"/planner/{roster.pk}/ill/", {"worker": str(sick.pk), "_key": "i1"})
    assert answer.headers["Location"] == again.headers["Location"]
    made.run()
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    assert (fresh.state, fresh.again) == (State.DRAFT, True), fresh.reason
    assert Leave.everywhere.get().worker_id == sick.pk
    after = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(fresh)}
    for key, (worker, _at) in before.items():
        assert (after[key][0] == worker) == (worker != sick.pk), (
            "only what was the ill worker's is given to others"
        )
    page = here.client.get(f"/planner/{fresh.pk}/").content.decode()
    assert 'class="panel changes"' in page
    assert here.client.get(f"/planner/{roster.pk}/compare/{fresh.pk}/").status_code == 200
    here.client.post(f"/rosters/{fresh.pk}/publish/")
    made.run()
    fresh.refresh_from_db()
    roster.refresh_from_db()
    assert (fresh.state, roster.state) == (State.PUBLISHED, State.SUPERSEDED)
    assert all(visit.worker_id != sick.pk for visit in made.visits_of(here))
    assert set(News.everywhere.filter(to_id=sick.pk).values_list("what", flat=True)) == {"new", "off"}


def test_rivals_and_strangers_find_nothing() -> None:
    here = made.office(orders=2)
    roster = made.plan(here)
    line = made.lines(roster)[0]
    rival = providers.organisation()
    others = [
        make.user("dispatcher", make.COUNTY, holder_id=rival.pk),
        make.user("dispatcher", make.OTHER_COUNTY, holder_id=here.organisation.pk),
        make.user("worker", make.COUNTY, holder_id=here.workers[0].pk),
        make.user("family", make.COUNTY),
    ]
    for user in others:
        client = providers.client_of(user)
        for url in (
            f"/planner/{roster.pk}/",
            f"/rosters/{roster.pk}/",
            f"/planner/{roster.pk}/try/?line={line.pk}",
        ):
            assert client.get(url).status_code in (403, 404), (user.name, url)
        for url in ("change/move/", "change/out/", "ill/"):
            sent = {"line": str(line.pk), "worker": str(here.workers[0].pk)}
            assert client.post(f"/planner/{roster.pk}/{url}", sent).status_code in (403, 404)
        assert client.post(f"/rosters/{roster.pk}/publish/").status_code in (403, 404)
    officer = providers.client_of(make.user("county_officer", make.COUNTY))
    page = officer.get(f"/planner/{roster.pk}/")
    assert page.status_code == 200
    assert officer.post(f"/planner/{roster.pk}/change/out/", {"line": str(line.pk)}).status_code == 403


def test_what_changed_meanwhile_is_left_and_said() -> None:
    here = made.office(orders=3)
    roster = made.plan(here)
    first, second, third = made.lines(roster)
    Order.everywhere.filter(pk=first.order_id).update(state=OrderState.CANCELLED)
    Order.everywhere.filter(pk=second.order_id).update(
        wanted_from=second.starts_at + timedelta(hours=12),
        wanted_until=second.starts_at + timedelta(hours=15),
    )
    made.published(here, roster)
    outcomes = {line.pk: (line.outcome, bool(line.said)) for line in made.lines(roster)}
    assert outcomes[first.pk] == (Outcome.SKIPPED, True)
    assert outcomes[second.pk] == (Outcome.SKIPPED, True)
    assert outcomes[third.pk] == (Outcome.SENT, False)
    assert len(made.visits_of(here)) == 1


def test_worn_input_is_refused_and_never_a_fault() -> None:
    here = made.office(orders=1)
    roster, client = made.plan(here), here.client
    for sent in ({}, {"line": "x"}, {"line": "0", "worker": "\0", "at": "25:99"}, {"line": str(roster.pk)}):
        for what in ("move", "out", "pin"):
            assert client.post(f"/planner/{roster.pk}/change/{what}/", sent).status_code in (302, 404)
        assert client.get(f"/planner/{roster.pk}/try/", sent).status_code == 404
        assert client.get(f"/planner/{roster.pk}/", sent | {"day": "0000-99-99"}).status_code == 200
    assert client.post(f"/planner/{roster.pk}/change/burn/").status_code == 404
    assert client.get(f"/planner/{roster.pk}/change/move/").status_code == 404


@pytest.mark.long
def test_what_has_begun_stays_and_an_urgent_order_is_taken_up() -> None:
    """At noon of the next day, whatever the clock says while this runs."""
    here = made.office(workers=2, orders=1)
    here.orders.append(made.order(here, 1, hour=14))
    roster = made.published(here, made.plan(here))
    noon = timezone.make_aware(datetime.combine(here.day, time(12)))
    first, other = made.visits_of(here)
    type(first).everywhere.filter(pk=first.pk).update(
        state="arrived", arrived_at=noon - timedelta(minutes=10)
    )
    Order.everywhere.filter(pk=first.order_id).update(state=OrderState.IN_SERVICE)
    urgent = made.order(here, 5, hour=12)
    assert "排班之后新来了 1 张工单" in here.client.get(f"/planner/{roster.pk}/").content.decode()
    with entered(here.planner.scope()):
        fresh = actions.plan_again(roster, actor=here.planner, at=noon, reason="急单")
    assert run_due(noon, lanes=["chore"])
    lines = {line.order_id: line for line in made.lines(fresh)}
    assert lines[first.order_id].begun
    assert lines[first.order_id].worker_id == first.worker_id
    assert lines[other.order_id].worker_id == other.worker_id
    assert lines[other.order_id].starts_at >= noon
    assert lines[urgent.pk].worker_id is not None
    with entered(here.planner.scope()):
        actions.publish(fresh, actor=here.planner, at=noon)
        assert actions.publish_chunk(fresh, actor=here.planner, at=noon) == 0
    assert lines[urgent.pk].pk in {line.pk for line in made.lines(fresh) if line.outcome == "sent"}
    assert {line.outcome for line in made.lines(fresh)} <= {"same", "moved", "sent"}
    first.refresh_from_db()
    assert first.state == "arrived"


@pytest.mark.long
def test_the_panel_says_how_much_farther_it_is_and_who_becomes_late_by_how_much() -> None:
    here = made.office(workers=1, orders=0)
    here.orders.append(made.order(here, 0, hour=14))
    roster = made.published(here, made.plan(here))
    (told,) = made.visits_of(here)
    urgent = made.order(here, 5, hour=14, long=1)
    fresh = Roster.everywhere.get(pk=here.client.post(f"/planner/{roster.pk}/again/").url.split("/")[2])
    made.run()
    lines = {line.order_id: line for line in made.lines(fresh)}
    late = (lines[told.order_id].starts_at - told.starts_at) // timedelta(minutes=1) - ground().slack
    assert late > 0, "the worker is with somebody else at that hour"
    panel = inner(here, fresh, lines[urgent.pk])
    assert f"推迟 {here.persons[0].name}: {late} 分钟" in panel
    (farther,) = re.findall(r"路上多 (\d+) 分钟", panel)
    assert 0 < int(farther) < 60


def inner(here: made.Office, roster: Roster, line: RosterLine) -> str:
    """What the panel says about why somebody does a visit."""
    page = here.client.get(f"/planner/{roster.pk}/?line={line.pk}&why=1").content.decode()
    panel = page[page.index('id="visit"') :]
    return " ".join(re.sub(r"<[^>]+>", " ", panel[: panel.index("</section>")]).split())


@pytest.mark.long
def test_what_is_left_undone_is_told_by_priority_and_how_evenly_work_is_spread() -> None:
    here = made.office(workers=1, orders=0)
    here.orders += [made.order(here, n, hour=9, long=1) for n in range(3)]
    Case.everywhere.filter(pk__in=[order.case_id for order in here.orders[:2]]).update(
        priority=Priority.URGENT
    )
    one = made.plan(here)
    assert (one.unassigned, one.terms["unserved"]) == (2, [1, 0, 1])
    page = here.client.get(f"/planner/{one.pk}/").content.decode()
    strip = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page[page.index('class="strip"') :]))
    assert (strip["无人上门：紧急"], strip["无人上门：较急"], strip["无人上门：其他"]) == (
        "1 次",
        "0 次",
        "1 次",
    )
    assert strip["人均工作量偏差"] == "0 分钟", "there is one worker"
    line = next(line for line in made.lines(one) if line.worker_id)
    here.client.post(f"/rosters/{one.pk}/plan_beside/", {"seconds": "1"})
    made.run()
    two = Roster.everywhere.exclude(pk=one.pk).get()
    here.client.post(f"/planner/{one.pk}/change/out/", {"line": str(line.pk)})
    compared = here.client.get(f"/planner/{one.pk}/compare/{two.pk}/").content.decode()
    rows = re.findall(
        r"<tr><td>([^<]*)</td><td class=\"num\">([^<]*)</td><td class=\"num\">([^<]*)</td>", compared
    )
    found = {label: (a, b) for label, a, b in rows}
    assert found["无人上门：紧急"] == ("2 次", "1 次")
    assert found["无人上门：其他"] == ("1 次", "1 次")
    assert "人均工作量偏差" in found


def test_a_search_that_broke_off_is_told_with_its_job_and_another_can_be_made() -> None:
    here = made.office()
    with entered(here.planner.scope()):
        roster = actions.plan_days(
            here.organisation, actor=here.planner, at=timezone.now(), first=here.day, seconds=1
        )
    make.died(roster.job_id, timezone.now())
    roster.refresh_from_db()
    assert roster.state == State.FAILED
    page = here.client.get(f"/planner/{roster.pk}/").content.decode()
    assert str(roster.job_id) in page and "every 1s" not in page
    assert "Planning was interrupted" not in page and MARK not in page, "in the reader's language"
    assert f"/rosters/{roster.pk}/discard/" in page
    form = {"organisation": here.organisation.pk, "first": here.day, "days": 1}
    assert here.client.post("/rosters/do/plan_days/", form).status_code == 302


@pytest.mark.long
def test_publishing_that_broke_off_is_told_and_goes_on() -> None:
    here = made.office()
    roster = made.plan(here)
    with entered(here.planner.scope()):
        actions.publish(roster, actor=here.planner, at=timezone.now())
    board = f"/planner/{roster.pk}/"
    assert "every 1s" in here.client.get(board).content.decode()
    make.died(roster.job_id, timezone.now())
    page = here.client.get(board).content.decode()
    assert "发布中途中断" in page and "every 1s" not in page
    assert here.client.post(f"/rosters/{roster.pk}/publish/").status_code == 302
    run_due(timezone.now())
    roster.refresh_from_db()
    assert roster.state == State.PUBLISHED
