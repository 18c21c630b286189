"""A month of visits and calls through the pages: planned, called, visited, searched for, checked."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests import make
from tests.areas.caring import made
from tests.areas.grid import made as grid
from tests.kit.people import logged_in

from songhe.areas.caring import actions, tasks
from songhe.areas.caring.actions.calling import CALLED
from songhe.areas.caring.actions.searching import LOST
from songhe.areas.caring.models import Caring, CaringPlan, Pause, Probe, Review, Search, State
from songhe.areas.grid.api import Helper
from songhe.areas.registry.api import Death, Person, tag
from songhe.core.days import month_after
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.acts.models import Act
from songhe.engines.forms.models import Answers
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert tasks.plan, "the job is known once its module is loaded"
WELL = {f"q-{code}": "well" for code in ("V1.1", "V1.2")} | {
    f"q-{code}": "yes" for code in ("V1.3", "V2.1", "V2.2", "V3.1", "V3.2")
}


def alone(village: int, born: date = date(1950, 5, 2), *more: str) -> Person:
    """Somebody who lives alone."""
    person = make.person(village, born=born)
    for term in ("living_alone", *more):
        tag(person, actor=SYSTEM, at=now(), tag=term, since=date(2026, 1, 1))
    return person


def on_the_phone(helper: Helper) -> Client:
    """The helper's log-in."""
    return logged_in(make.user("helper", make.COUNTY, holder_id=helper.pk))


def test_a_plan_has_everybody_due_once_for_each_period_and_shares_fairly() -> None:
    village, empty = make.village(), make.village(nth=1)
    paired, high = alone(village), alone(village, date(1935, 1, 1))
    others = [alone(village) for _ in range(7)]
    far = alone(empty)
    left_out = alone(village)
    made.pause(left_out)
    helpers = [grid.helper(village, name=name) for name in ("甲", "乙", "丙")]
    grid.pair(helpers[0], paired)
    officer = make.user("county_officer", make.COUNTY)
    desk = logged_in(officer)
    assert "caring-plans" in desk.get("/").content.decode()
    month = month_after(today())
    form = {"region": make.COUNTY, "month": month.isoformat()}
    assert desk.post("/caring-plans/do/start_plan/", form | {"region": make.OTHER_COUNTY}).status_code in (
        403,
        422,
    )
    assert desk.post("/caring-plans/do/start_plan/", form).status_code == 302
    run_due(now())
    plan = CaringPlan.everywhere.get()
    assert (plan.state, plan.persons, plan.paused, plan.unassigned) == ("made", 10, 1, 0)
    rows = list(Caring.everywhere.all())
    assert {row.person_id for row in rows} == {one.pk for one in (paired, high, far, *others)}
    weekly = [row for row in rows if row.person_id == high.pk]
    assert len(weekly) in (4, 5)
    assert Counter(row.way for row in weekly)["visit"] == 1
    assert len({row.since for row in weekly}) == len(weekly)
    assert all(month <= row.planned_on < month_after(month) for row in rows)
    visits = [row for row in rows if row.way == "visit"]
    assert next(row.helper_id for row in visits if row.person_id == paired.pk) == helpers[0].pk
    loads = Counter(row.helper_id for row in visits)
    assert set(loads) == {one.pk for one in helpers}
    assert max(loads.values()) - min(loads.values()) <= 1
    before = Act.objects.count()
    late = alone(village)
    again = actions.plan_now(Region.objects.get(pk=make.COUNTY), month, actor=officer, at=now())
    assert Caring.everywhere.count() == len(rows) + 1
    assert Act.objects.count() == before + 3  # a person, a tag, and one act for the plan
    assert again.persons == 11
    assert Caring.everywhere.get(person=late).helper_id in loads
    assert (
        logged_in(make.user("county_officer", make.OTHER_COUNTY)).get(f"/carings/{rows[0].pk}/").status_code
        == 404
    )


def test_an_unanswered_call_becomes_a_visit_and_then_a_search() -> None:
    village = make.village()
    person, neighbour = make.person(village, name="宋桂英"), grid.helper(village)
    grid.pair(neighbour, person)
    call = made.caring(person, way="call", group="high", planned_on=today(), due_at=now() + timedelta(days=1))
    agent = logged_in(make.user("hotline_agent"))
    page = agent.get("/caring-calls/").content.decode()
    assert "宋桂英" in page
    shown = agent.get("/caring-calls/", {"call": str(call.pk)}).content.decode()
    assert "tel:138" in shown
    assert Act.objects.filter(verb="caring.read_phone", subject_id=call.pk).count() == 1
    assert agent.post(f"/carings/{call.pk}/enter_call/", {"outcome": "nobody"}).status_code == 302
    call.refresh_from_db()
    assert call.state == State.AGAIN
    assert "宋桂英" not in agent.get("/caring-calls/").content.decode()
    assert agent.post(f"/carings/{call.pk}/enter_call/", {"outcome": "nobody"}).status_code == 302
    visit = Caring.everywhere.get(from_call=call)
    assert (visit.helper_id, visit.way) == (neighbour.pk, "visit")
    assert visit.due_at <= now() + timedelta(hours=24)

    phone = on_the_phone(neighbour)
    assert "宋桂英" in phone.get("/my-elders/").content.decode()
    address = f"/my-elders/visit/{visit.pk}/"
    assert phone.get(address).status_code == 200
    assert on_the_phone(grid.helper(village)).get(address).status_code == 404
    for _again in range(2):
        assert (
            phone.post(address, {"outcome": "nobody", "words": "敲门没人应", "_key": "k-1"}).status_code
            == 302
        )
    found = Search.everywhere.get()
    desk = logged_in(make.user("village_officer", village))
    assert "宋桂英" in desk.get("/").content.decode()
    assert (
        desk.post(f"/caring-searches/{found.pk}/enter_search/", {"words": "邻居也没见到"}).status_code == 302
    )
    found.refresh_from_db()
    assert found.state == "town"
    town = logged_in(make.user("town_officer", village // 1000 * 1000))
    assert town.post(f"/caring-searches/{found.pk}/enter_search/", {"words": "仍未找到"}).status_code == 422

    def raised(search: Search, actor: object, at: datetime) -> str:
        return "BJ-000001"

    before, LOST[:] = LOST[:], [raised]
    try:
        assert town.post(f"/caring-searches/{found.pk}/call_for_help/", {"words": "报警"}).status_code == 302
    finally:
        LOST[:] = before
    found.refresh_from_db()
    assert (found.state, found.alarm) == ("alarmed", "BJ-000001")
    assert (
        town.post(
            f"/caring-searches/{found.pk}/enter_search/", {"found": "on", "words": "在女儿家"}
        ).status_code
        == 302
    )


def test_a_visit_is_reported_with_its_form_and_what_it_leads_to() -> None:
    village = make.village()
    helper = grid.helper(village)
    phone = on_the_phone(helper)
    person = make.person(village)
    row = made.caring(person, helper=helper, planned_on=today(), due_at=now() + timedelta(days=1))
    address = f"/my-elders/visit/{row.pk}/"
    assert phone.post(address, {"outcome": "fine"}).status_code == 422
    assert (
        phone.post(
            address, {"outcome": "fine", "q-V1.1": "strange"} | WELL | {"q-V1.1": "strange"}
        ).status_code
        == 422
    )
    assert not Answers.everywhere.exists()
    heard: list[list[str]] = []
    hook = lambda caring, actor, at: heard.append(caring.needs)  # noqa: E731
    CALLED.append(hook)
    try:
        told = WELL | {
            "outcome": "fine",
            "needs": ["meals"],
            "signs": ["falls"],
            "words": "腿脚不如上月",
            "_key": "k-2",
        }
        assert phone.post(address, told).status_code == 302
        assert phone.post(address, told).status_code == 302
    finally:
        CALLED.remove(hook)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.signs, row.level) == ("done", "needs", ["falls"], 1)
    assert heard == [["meals"]]
    assert "腿脚".encode() not in bytes(row.words_sealed)
    desk = logged_in(make.user("village_officer", village))
    assert "腿脚不如上月" in desk.get(f"/carings/{row.pk}/").content.decode()
    assert phone.get(f"/carings/{row.pk}/").status_code == 403
    for outcome, kind, words in (
        ("in_hospital", "in_hospital", ""),
        ("refused", "refused", "不用来，我很好"),
        ("died", "", ""),
    ):
        other = make.person(village)
        next_one = made.caring(
            person=other, helper=helper, planned_on=today(), due_at=now() + timedelta(days=1)
        )
        later = made.caring(other, helper=helper, planned_on=today(), due_at=now() + timedelta(days=9))
        if outcome == "refused":
            assert phone.post(f"/my-elders/visit/{next_one.pk}/", {"outcome": outcome}).status_code == 422
        assert (
            phone.post(f"/my-elders/visit/{next_one.pk}/", {"outcome": outcome, "words": words}).status_code
            == 302
        )
        later.refresh_from_db()
        if kind:
            assert Pause.everywhere.get(person=other).kind == kind
            assert later.state == State.DROPPED
        else:
            assert Death.everywhere.get(person=other).state == Death.State.REPORTED


def test_the_town_draws_a_check_that_anybody_can_repeat_and_nobody_checks_their_own() -> None:
    village = make.village()
    town = make.user("town_officer", village // 1000 * 1000)
    rows = [made.done(make.person(village), planned_on=today(), done_by_id=town.pk) for _ in range(12)]
    desk = logged_in(town)
    form = {"region": village // 1000 * 1000, "month": today().isoformat(), "seed": "20261126"}
    assert desk.post("/visit-reviews/do/draw_review/", form | {"region": village}).status_code == 422
    assert desk.post("/visit-reviews/do/draw_review/", form).status_code == 302
    assert desk.post("/visit-reviews/do/draw_review/", form).status_code == 422
    review = Review.everywhere.get()
    assert (review.listed, review.drawn) == (12, 2)
    assert b"ok" in desk.get(f"/visit-reviews/{review.pk}/").content
    probe = Probe.everywhere.first()
    assert probe is not None
    address = f"/visit-probes/{probe.pk}/"
    assert desk.post(f"{address}enter_probe/", {"found": "as_reported"}).status_code == 422
    second = logged_in(make.user("town_officer", village // 1000 * 1000))
    assert second.post(f"{address}enter_probe/", {"found": "not_carried_out"}).status_code == 422
    assert (
        second.post(
            f"{address}enter_probe/", {"found": "not_carried_out", "words": "老人说没人来过"}
        ).status_code
        == 302
    )
    assert desk.post(f"{address}mend/").status_code == 302
    assert Caring.everywhere.filter(state=State.PLANNED).count() == 1
    assert rows


def test_after_a_storm_everybody_at_high_risk_is_visited_once() -> None:
    village = make.village()
    high = alone(village, date(1935, 1, 1))
    alone(village)
    officer: User = make.user("town_officer", village // 1000 * 1000)
    region = Region.objects.get(pk=village // 1000 * 1000)
    for _again in range(2):
        actions.after_event(actor=officer, at=now(), region=region, event="寒潮")
    assert Caring.everywhere.get().person_id == high.pk


def test_a_plan_whose_job_died_is_told_as_not_made_and_can_be_made_again() -> None:
    alone(make.village())
    desk = logged_in(make.user("county_officer", make.COUNTY))
    form = {"region": make.COUNTY, "month": today().isoformat()}
    assert desk.post("/caring-plans/do/start_plan/", form).status_code == 302
    plan = CaringPlan.everywhere.get()
    make.died(plan.job_id, now())
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert desk.post("/caring-plans/do/start_plan/", form).status_code == 302
    run_due(now())
    plan.refresh_from_db()
    assert plan.state == "made"
