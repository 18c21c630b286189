"""From granted hours to next month's orders, as an office, an organisation, a neighbour and a stranger see it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.care import made
from tests.areas.contracts import made as contracts
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.care import actions, tasks  # noqa: F401  makes the jobs known
from songhe.areas.care.models import Absence, Line, Month, MonthState, Plan, PlanState, Visited
from songhe.areas.contracts.models import Contract, Use
from songhe.areas.visits.models import Order, OrderState, Source
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Tie
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db
LINE = {"item": "0201", "minutes": "60", "weekdays": ["1", "4"], "every": "1", "earliest": "09:00", "latest": "10:00",
        "paid_by": "entitlement"}  # fmt: skip


@pytest.fixture
def town() -> visits.Town:
    return visits.town()


def ran() -> None:
    """Everything that waits to be done is done, and nothing failed."""
    run_due(timezone.now() + timedelta(seconds=2))
    assert list(Job.objects.exclude(error="").values_list("kind", "error")) == []


def planned(client: Client, month: date) -> Month:
    """A month planned through the form of the county."""
    answer = client.post(
        "/care-months/do/plan_region_month/", {"region": make.COUNTY, "month": month.isoformat()}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    ran()
    found = Month.everywhere.latest("started_at")
    assert found.state == MonthState.DONE
    return found


def days_of(month: date, *weekdays: int) -> list[date]:
    days = [month + timedelta(days=n) for n in range(31)]
    return [day for day in days if day.month == month.month and day.isoweekday() in weekdays]


def test_from_the_draft_to_the_orders_of_next_month(town: visits.Town) -> None:
    office = town.client("county_officer")
    month = made.next_month()
    form = {"person": str(town.person.pk), "organisation": str(town.organisation.pk), "since": month.isoformat(),
            "review_on": (month + timedelta(days=180)).isoformat(), "wishes": "耳背，请大声说话"}  # fmt: skip
    assert office.post("/care-plans/do/draft_plan/", form).status_code == 302
    plan = Plan.everywhere.get(person=town.person)
    page = f"/care-plans/{plan.pk}/"
    assert b"\xe8\x80\xb3" not in bytes(plan.wishes_sealed), "wishes are sealed"
    assert office.post(f"{page}add_line/", LINE).status_code == 302
    who = {"line": str(Line.everywhere.get(plan=plan).pk), "gender": "f", "language": "胶东话",
           "preferred": [str(town.worker.pk)], "unwanted": [str(town.second.pk)], "gap_least": "0", "gap_most": "0"}  # fmt: skip
    assert office.post(f"{page}who_comes/", who).status_code == 302
    signature = {"signer": "family", "signed_by": "刘小河", "signed_on": timezone.localdate().isoformat()}
    assert office.post(f"{page}sign/", signature).status_code == 302
    shown = office.get(f"{page}?month={month:%Y-%m}").content.decode()
    for words in ("星期一、星期四,每 1 周", "胶东话", "王秀英", "耳背，请大声说话", "刘小河"):
        assert words in shown, words
    run = planned(office, month)
    wanted = days_of(month, 1, 4)
    orders = list(Order.everywhere.filter(person=town.person).order_by("wanted_from"))
    assert [timezone.localdate(row.wanted_from) for row in orders] == wanted
    assert (run.made, run.there, run.left_out) == (len(wanted), 0, 0)
    first = orders[0]
    assert (first.source, first.gender, first.language, first.preferred, first.unwanted, first.minutes) == (
        Source.PLAN, "f", "胶东话", [str(town.worker.pk)], [str(town.second.pk)], 60,
    )  # fmt: skip
    assert first.contract_id is not None
    assert Use.everywhere.filter(contract=first.contract_id, stage="promised").count() == len(wanted)
    assert Tie.persons_of([town.organisation.pk]).filter(person_id=town.person.pk).exists()
    again = planned(office, month)
    assert (again.made, again.there, Order.everywhere.count()) == (0, len(wanted), len(wanted))
    assert town.client("dispatcher", town.organisation).get(f"/orders/{first.pk}/").status_code == 200
    hours = office.get(f"/people/{town.person.pk}/").content.decode()
    assert "居家服务时长" in hours


def test_who_sees_a_plan(town: visits.Town) -> None:
    plan = made.signed(town)
    page = f"/care-plans/{plan.pk}/"
    assert town.client("organisation_manager", town.organisation).get(page).status_code == 200
    assert town.client("organisation_manager", town.rival).get(page).status_code == 404
    assert town.client("county_officer", region=make.OTHER_COUNTY).get(page).status_code == 404
    assert town.client("worker", town.worker).get(page).status_code == 403
    assert Client().get(page).status_code == 302
    rival = town.client("organisation_manager", town.rival)
    assert town.person.name not in rival.get("/care-plans/").content.decode()
    for verb in ("pause", "end_plan", "revise"):
        assert rival.post(f"{page}{verb}/", {}).status_code == 404


def test_an_organisation_plans_its_own_and_no_more(town: visits.Town) -> None:
    made.signed(town)
    other = visits.Town(
        town.rival, providers.worker(town.rival, "care"), town.second, visits.person("李秀兰")
    )
    made.signed(other)
    month = made.next_month()
    manager = town.client("organisation_manager", town.organisation)
    form = {"organisation": str(town.organisation.pk), "month": month.isoformat()}
    assert manager.post("/care-months/do/plan_own_month/", form).status_code == 302
    ran()
    assert set(Order.everywhere.values_list("organisation_id", flat=True)) == {town.organisation.pk}
    other_form = form | {"organisation": str(town.rival.pk)}
    assert manager.post("/care-months/do/plan_own_month/", other_form).status_code == 422
    run = Month.everywhere.get(organisation=town.organisation)
    assert manager.get(f"/care-months/{run.pk}/").status_code == 200
    assert town.client("organisation_manager", town.rival).get(f"/care-months/{run.pk}/").status_code == 404


def test_what_cannot_be_planned_is_told_with_its_reason(town: visits.Town) -> None:
    month = made.next_month()
    made.signed(town)
    moved = made.signed(town, person=visits.person("王移"))
    Plan.everywhere.filter(pk=moved.pk).update(signed_region=make.village(nth=3))
    late = made.signed(town, person=visits.person("李审"))
    Plan.everywhere.filter(pk=late.pk).update(review_on=month - timedelta(days=1))
    gone = made.signed(town, person=visits.person("赵去"))
    type(gone.person).everywhere.filter(pk=gone.person_id).update(state="dead", died_on=timezone.localdate())
    away = made.signed(town, person=visits.person("孙院"))
    actions.pause(away, actor=SYSTEM, at=made.now(), kind="hospital", since=month, until=None)
    beyond = made.signed(town, person=visits.person("钱多"))
    Line.everywhere.filter(plan=beyond).update(minutes=719, rule="FREQ=DAILY")
    run = planned(town.client("county_officer"), month)
    regular = len(days_of(month, 1, 4))
    assert run.reasons["moved"] == run.reasons["review"] == run.reasons["not_living"] == regular
    assert run.reasons["over_grant"] == len(days_of(month, 1, 2, 3, 4, 5, 6, 7)) - 5, (
        "five whole days fit into 3600"
    )
    assert run.made == regular + 5
    assert not Order.everywhere.filter(person=away.person_id).exists()
    page = town.client("county_officer").get(f"/care-months/{run.pk}/").content.decode()
    for words in ("人员已迁居", "超出待遇", "王移"):
        assert words in page, words


def test_a_contract_without_room_stops_the_planning_where_it_ends(town: visits.Town) -> None:
    plan = made.signed(town)
    contract = Contract.everywhere.get(organisation=town.organisation)
    Contract.everywhere.filter(pk=contract.pk).update(ceiling_fen=3 * 60 * 67 + 5)
    run = planned(town.client("county_officer"), made.next_month())
    assert (run.made, run.reasons) == (3, {"beyond_contract": len(days_of(made.next_month(), 1, 4)) - 3})
    shown = town.client("county_officer").get(f"/care-months/{run.pk}/").content.decode()
    assert contract.number in shown
    assert "0.05" in shown, "what is left is named"
    assert plan.state == PlanState.ACTIVE


def test_a_pause_calls_off_what_is_planned_and_it_comes_back(town: visits.Town) -> None:
    office, month = town.client("county_officer"), made.next_month()
    plan = made.signed(town)
    planned(office, month)
    days = days_of(month, 1, 4)
    pause = {"kind": "hospital", "since": days[1].isoformat(), "until": days[2].isoformat()}
    page = f"/care-plans/{plan.pk}/"
    assert office.post(f"{page}pause/", pause).status_code == 302
    assert office.post(f"{page}pause/", pause).status_code == 422, "entered already"
    ran()
    assert Order.everywhere.filter(state=OrderState.CANCELLED).count() == 2
    assert Visited.everywhere.count() == len(days) - 2
    assert planned(office, month).made == 0
    home = {"absence": str(Absence.everywhere.get().pk), "on": days[2].isoformat()}
    assert office.post(f"{page}back/", home).status_code == 302
    assert planned(office, month).made == 1


def test_a_new_version_takes_the_place_of_the_old_one(town: visits.Town) -> None:
    office, month = town.client("county_officer"), made.next_month()
    plan = made.signed(town)
    planned(office, month)
    page = f"/care-plans/{plan.pk}/"
    middle = month + timedelta(days=14)
    assert office.post(f"{page}add_line/", LINE).status_code == 422, "a signed plan is not edited"
    terms = {"since": middle.isoformat(), "review_on": (middle + timedelta(days=90)).isoformat()}
    assert office.post(f"{page}revise/", terms).status_code == 302
    second = Plan.everywhere.get(replaces=plan)
    (line,) = Line.everywhere.filter(plan=second)
    new = f"/care-plans/{second.pk}/"
    assert office.post(f"{new}drop_line/", {"line": str(line.pk)}).status_code == 302
    assert office.post(f"{new}add_line/", LINE | {"weekdays": ["2"]}).status_code == 302
    signature = {"signer": "person", "signed_by": "刘长河", "signed_on": timezone.localdate().isoformat()}
    assert office.post(f"{new}sign/", signature).status_code == 302
    ran()
    plan.refresh_from_db()
    assert (plan.state, plan.until) == (PlanState.SUPERSEDED, middle - timedelta(days=1))
    planned(office, month)
    live = Order.everywhere.filter(state=OrderState.RECEIVED).order_by("wanted_from")
    wanted = [d for d in days_of(month, 1, 4) if d < middle] + [d for d in days_of(month, 2) if d >= middle]
    assert [timezone.localdate(row.wanted_from) for row in live] == wanted


def test_a_double_visit_is_two_orders_or_none(town: visits.Town) -> None:
    plan = made.draft(town.person, town.organisation)
    actions.add_line(plan, actor=SYSTEM, at=made.now(), item="0104", minutes=60, weekdays=[3])
    line = Line.everywhere.get(plan=plan)
    actions.who_comes(
        plan, actor=SYSTEM, at=made.now(), line=str(line.pk), double=True, gap_least=10, gap_most=20
    )
    made.sign(plan)
    run = planned(town.client("county_officer"), made.next_month())
    assert run.made == 2 * len(days_of(made.next_month(), 3))
    pairs = Order.everywhere.order_by("wanted_from", "number").values_list("pair", flat=True)
    assert all(a == b for a, b in zip(pairs[::2], pairs[1::2], strict=True))
    one, other = Order.everywhere.filter(pair=pairs[0]).order_by("number")
    assert other.wanted_from - one.wanted_from == timedelta(minutes=10)
    assert (one.gap_least, one.gap_most) == (10, 20)


def test_a_plan_beyond_grant_or_contract_is_not_signed(town: visits.Town) -> None:
    with pytest.raises(Refused, match="the grant has") as over:
        made.signed(town, {"minutes": 300, "weekdays": [1, 2, 3, 4, 5]})
    assert over.value.code == "over_grant"
    poor = make.person(name="无时长")
    with pytest.raises(Refused, match="the grant has 0"):
        made.signed(town, person=poor)
    none = providers.organisation()
    stranger = visits.Town(none, town.worker, town.second, visits.person("周外"))
    with pytest.raises(Refused, match="no contract in force"):
        made.signed(stranger)
    paid = made.signed(stranger, {"paid_by": "self"}, person=visits.person("吴自"))
    assert paid.state == PlanState.ACTIVE


def test_a_new_version_may_use_what_the_old_one_frees(town: visits.Town) -> None:
    plan = made.signed(town)
    planned(town.client("county_officer"), made.next_month())
    contract = Contract.everywhere.get(organisation=town.organisation)
    Contract.everywhere.filter(pk=contract.pk).update(ceiling_fen=20 * 60 * 67)
    start = made.next_month() + timedelta(days=1)
    second = actions.revise(
        plan, actor=SYSTEM, at=made.now(), since=start, review_on=start + timedelta(days=90)
    )
    assert made.sign(second).state == PlanState.ACTIVE


def test_a_plan_beyond_the_hours_of_a_contract_is_not_signed(town: visits.Town) -> None:
    Contract.everywhere.filter(organisation=town.organisation).update(ceiling_minutes=300)
    with pytest.raises(Refused, match="has 300 minutes left") as over:
        made.signed(town)
    assert over.value.code == "beyond_contract"


@pytest.mark.parametrize(
    "wrong",
    [{"rule": "FREQ=SECONDLY"}, {"rule": "RRULE garbage"}, {"weekdays": []}, {"weekdays": ["8"]}, {"minutes": "0"},
     {"minutes": "9999"}, {"latest": "08:00"}, {"every": "99"}, {"item": "9999"}, {"weekdays": ["1", "2"], "days_apart": "2"},
     {"earliest": "25:00"}, {"latest": "23:50"}, {"paid_by": "x"}],
)  # fmt: skip
def test_bad_lines_are_refused(town: visits.Town, wrong: dict[str, Any]) -> None:
    plan = made.draft(town.person, town.organisation)
    answer = town.client("county_officer").post(f"/care-plans/{plan.pk}/add_line/", LINE | wrong)
    assert answer.status_code == 422
    assert not Line.everywhere.filter(plan=plan).exists()


def test_bad_months_are_refused(town: visits.Town) -> None:
    office = town.client("county_officer")
    good = {"region": make.COUNTY, "month": made.next_month().isoformat()}
    for wrong in (
        {"month": "2020-01-01"},
        {"month": "2099-01-01"},
        {"month": "x"},
        {"region": make.OTHER_COUNTY},
    ):
        answer = office.post("/care-months/do/plan_region_month/", good | wrong)
        assert answer.status_code in (403, 422), wrong


def test_a_run_that_died_holds_nobody_up(town: visits.Town) -> None:
    office = town.client("county_officer")
    form = {"region": make.COUNTY, "month": made.next_month().isoformat()}
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 302
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 422, "it is being planned"
    Job.objects.filter(kind="care.month").update(state=Job.State.FAILED)
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 302
    assert Month.everywhere.filter(state=MonthState.STOPPED).count() == 1


def test_holidays_and_single_days_are_left_out(town: visits.Town) -> None:
    plan = made.signed(town, {"weekdays": [1, 2, 3, 4, 5, 6, 7], "minutes": 30, "skips_holidays": True})
    line = Line.everywhere.get(plan=plan)
    first = made.next_month()
    actions.skip_day(plan, actor=SYSTEM, at=made.now(), line=str(line.pk), day=first + timedelta(days=9))
    planned(town.client("county_officer"), first)
    days = {timezone.localdate(moment) for moment in Order.everywhere.values_list("wanted_from", flat=True)}
    assert first + timedelta(days=9) not in days
    assert first + timedelta(days=8) in days


def test_a_day_left_out_of_an_active_plan_is_called_off_where_it_was_planned(town: visits.Town) -> None:
    office, month = town.client("county_officer"), made.next_month()
    plan = made.signed(town)
    planned(office, month)
    day, *others = days_of(month, 1, 4)
    line = Line.everywhere.get(plan=plan)
    answer = office.post(f"/care-plans/{plan.pk}/skip_day/", {"line": str(line.pk), "day": day.isoformat()})
    assert answer.status_code == 302
    ran()
    gone = Order.everywhere.get(state=OrderState.CANCELLED)
    assert timezone.localdate(gone.wanted_from) == day
    assert Use.everywhere.get(order_id=gone.pk).stage == "released"
    assert sorted(Visited.everywhere.values_list("day", flat=True)) == others
    assert planned(office, month).made == 0


def test_what_a_person_wishes_reaches_the_worker_who_goes_there_and_nobody_else(town: visits.Town) -> None:
    today = timezone.localdate()
    plan = made.signed(town, {"weekdays": [1, 2, 3, 4, 5, 6, 7], "minutes": 30}, since=today)
    visit = visits.under_way(town)
    phone = town.client("worker", town.worker)
    for _ in range(2):
        assert "喜欢上午来" in phone.get("/today/").content.decode()
    assert Act.objects.filter(verb="visits.read_wishes", subject_id=visit.pk).count() == 1
    assert "喜欢上午来" not in town.client("worker", town.second).get("/today/").content.decode()
    assert plan.wishes == "喜欢上午来"
    assert b"\xe4\xb8\x8a" not in bytes(plan.wishes_sealed)
    actions.end_plan(plan, actor=SYSTEM, at=made.now(), until=today - timedelta(days=1), reason="搬走")
    assert "喜欢上午来" not in phone.get("/today/").content.decode()


def test_a_death_ends_the_plan(town: visits.Town) -> None:
    from songhe.areas.registry.actions.deaths import confirm_death
    from songhe.areas.registry.api import report_death

    plan = made.signed(town)
    planned(town.client("county_officer"), made.next_month())
    at = made.now()
    death = report_death(
        town.person, actor=make.user("village_officer"), at=at, died_on=timezone.localdate(), source="family"
    )
    confirm_death(death, actor=make.user("county_officer"), at=at)
    ran()
    plan.refresh_from_db()
    assert plan.state == PlanState.ENDED
    assert not Order.everywhere.filter(state=OrderState.RECEIVED).exists()


def test_what_waits_is_on_the_first_page(town: visits.Town) -> None:
    contracts.needed(town.organisation, town.person.region_id)
    plan = made.signed(town)
    made.draft(visits.person("陈稿"), town.organisation)
    Plan.everywhere.filter(pk=plan.pk).update(review_on=timezone.localdate())
    home = town.client("county_officer").get("/").content.decode()
    for words in ("待复核的照护计划", "待签字的照护计划", "陈稿"):
        assert words in home, words


def test_a_month_whose_job_died_is_told_as_stopped_and_can_be_planned_again(town: visits.Town) -> None:
    office = town.client("county_officer")
    form = {"region": make.COUNTY, "month": made.next_month().isoformat()}
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 302
    run = Month.everywhere.get()
    make.died(run.job_id, timezone.now())
    run.refresh_from_db()
    assert run.state == MonthState.STOPPED
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 302
