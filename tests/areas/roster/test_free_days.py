"""Visits whose day a care plan leaves to the planner: from the line to the published week, through HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.care import made as care
from tests.areas.providers import made as providers
from tests.areas.roster import made
from tests.areas.visits import made as visits

from songhe.areas.care import actions, tasks  # noqa: F401  makes the jobs known
from songhe.areas.care.models import Line, Plan, Visited
from songhe.areas.contracts.models import Use
from songhe.areas.providers.api import Worker
from songhe.areas.roster.models import News, Outcome, Roster, RosterLine
from songhe.areas.visits.models import Order, Visit
from songhe.engines.access.api import SYSTEM, Tie, User, tie
from songhe.engines.jobs.api import run_due

pytestmark = [pytest.mark.django_db, pytest.mark.long]
LINE = {"item": "0201", "minutes": "60", "every": "1", "earliest": "09:00", "latest": "10:00", "paid_by": "entitlement",
        "chosen": "on", "times": "3", "days_apart": "2"}  # fmt: skip


def whole_week(month: date) -> date:
    """The first Monday of a month."""
    return next(day for n in range(7) if (day := month + timedelta(days=n)).isoweekday() == 1)


def planned(office: Client, month: date) -> None:
    """The month's orders, made over HTTP."""
    form = {"region": make.COUNTY, "month": month.isoformat()}
    assert office.post("/care-months/do/plan_region_month/", form).status_code == 302
    run_due(timezone.now() + timedelta(seconds=2))


def days_in(monday: date) -> list[date]:
    """On which days of a week orders of the person lie, each beside what was kept of it."""
    rows = Visited.everywhere.filter(week=monday).order_by("day")
    orders = {order.pk: timezone.localdate(order.wanted_from) for order in Order.everywhere.all()}
    assert [orders[row.order_id] for row in rows] == [row.day for row in rows]
    assert list(Use.everywhere.filter(order_id__in=[row.order_id for row in rows]).order_by("on").values_list("on", flat=True)) == [
        row.day for row in rows
    ]  # fmt: skip
    return [row.day for row in rows]


def apart(days: Iterable[date]) -> bool:
    return all((b - a).days >= 2 for a, b in pairwise(sorted(days)))


def office(town: visits.Town, times: int = 3) -> tuple[Client, date]:
    """A plan signed with visits some times a week on days that are chosen, and its orders of next month."""
    county, month = town.client("county_officer"), care.next_month()
    plan = care.draft(town.person, town.organisation)
    page = f"/care-plans/{plan.pk}/"
    assert county.post(f"{page}add_line/", LINE | {"times": str(times)}).status_code == 302
    signature = {"signer": "person", "signed_by": "刘长河", "signed_on": timezone.localdate().isoformat()}
    assert county.post(f"{page}sign/", signature).status_code == 302
    shown = county.get(f"{page}?month={month:%Y-%m}").content.decode()
    assert f"每周 {times} 次 · 至少相隔 2 天 · 由排班选定日期" in shown
    planned(county, month)
    return county, month


def week_of(town: visits.Town, monday: date) -> tuple[made.Office, Roster]:
    """The week planned by the organisation's planner."""
    here = made.Office(
        town.organisation, [town.worker, town.second], [], town.user("dispatcher", town.organisation), monday
    )
    return here, made.plan(here, days=7)


def works_on(worker: Worker, *weekdays: int) -> None:
    Worker.everywhere.filter(pk=worker.pk).update(work_days=list(weekdays))


def test_from_the_line_to_the_published_week() -> None:
    town = visits.town()
    county, month = office(town)
    monday = whole_week(month)
    usual = [monday + timedelta(days=n) for n in (0, 2, 4)]
    assert days_in(monday) == usual
    numbers = dict(Visited.everywhere.filter(week=monday).values_list("order_id", "ordinal"))
    works_on(town.worker, 2, 4, 6)
    works_on(town.second, 2, 4, 6)
    kin = make.user("family", make.COUNTY)
    tie(town.person.pk, kin.pk, Tie.Kind.KIN, region_id=town.person.region_id, since=timezone.localdate())
    family = providers.client_of(kin)
    assert "日期可能调整" in family.get("/family/").content.decode()
    here, roster = week_of(town, monday)
    chosen = [monday + timedelta(days=n) for n in (1, 3, 5)]
    assert [timezone.localdate(line.starts_at) for line in made.lines(roster)] == chosen
    assert days_in(monday) == usual, "a draft moves nothing"
    looks(here, roster, chosen)
    made.published(here, roster)
    assert {line.outcome for line in made.lines(roster)} == {Outcome.SENT}
    assert days_in(monday) == chosen
    assert dict(Visited.everywhere.filter(week=monday).values_list("order_id", "ordinal")) == numbers
    told(town, kin, family, chosen)
    again(county, here, roster, month, chosen)


def looks(here: made.Office, roster: Roster, chosen: list[date]) -> None:
    """The board of the week says of which visits the day was chosen, and among which days."""
    url = f"/planner/{roster.pk}/"
    first = made.lines(roster)[0]
    page = here.client.get(f"{url}?line={first.pk}&day={chosen[0]}").content.decode()
    assert "1 次日期为选定" in page
    assert "日期为选定" in re.findall(r'aria-label="([^"]*)" data-line', page)[0]
    listed = re.findall(r"可选日期</dt><dd>(.*?)</dd>", page)[0]
    assert all(f"{roster.first + timedelta(days=n):%m-%d}" in listed for n in range(6))
    assert f"{roster.last:%m-%d}" not in listed, "the next week begins with a visit"


def told(town: visits.Town, kin: User, family: Client, chosen: list[date]) -> None:
    """The family and whoever is sent are told the days that were chosen."""
    news = News.everywhere.filter(person_id=town.person.pk, what="new")
    for to_id in (kin.pk, *Visit.everywhere.values_list("worker_id", flat=True)):
        days = {timezone.localdate(one.starts_at) for one in news.filter(to_id=to_id) if one.starts_at}
        assert days
        assert days <= set(chosen)
    page = family.get("/my-visits/news/").content.decode()
    assert all(f"{day:%m-%d}" in page for day in chosen)


def again(county: Client, here: made.Office, roster: Roster, month: date, chosen: list[date]) -> None:
    """Planning month and week again makes nothing twice and moves nothing that was told."""
    orders = Order.everywhere.count()
    planned(county, month)
    assert (Order.everywhere.count(), days_in(roster.first)) == (orders, chosen)
    for worker in here.workers:
        works_on(worker, 1, 2, 3, 4, 5, 6, 7)
    fresh = made.published(here, made.plan(here, days=7))
    assert {line.outcome for line in made.lines(fresh)} == {Outcome.SAME}
    assert days_in(roster.first) == chosen


def test_nobody_comes_on_days_that_are_excluded_and_the_others_give_way() -> None:
    town = visits.town()
    county, month = office(town, times=2)
    monday = whole_week(month)
    assert days_in(monday) == [monday + timedelta(days=n) for n in (1, 4)]
    page = f"/care-plans/{Plan.everywhere.get().pk}/"
    ill = {"kind": "hospital", "since": monday.isoformat(), "until": (monday + timedelta(days=1)).isoformat()}
    assert county.post(f"{page}pause/", ill).status_code == 302
    skip = {"line": str(Line.everywhere.get().pk), "day": (monday + timedelta(days=3)).isoformat()}
    assert county.post(f"{page}skip_day/", skip).status_code == 302
    run_due(timezone.now() + timedelta(seconds=2))
    assert days_in(monday) == [monday + timedelta(days=4)]
    planned(county, month)
    wednesday, saturday = monday + timedelta(days=2), monday + timedelta(days=5)
    assert days_in(monday) == [wednesday, monday + timedelta(days=4)], "as near to its own day as it can"
    works_on(town.second, 7)
    works_on(town.worker, 1, 2, 3, 4, 6)
    here, roster = week_of(town, monday)
    assert [timezone.localdate(line.starts_at) for line in made.lines(roster)] == [wednesday, saturday]
    ill = {"kind": "hospital", "since": saturday.isoformat(), "until": saturday.isoformat()}
    assert county.post(f"{page}pause/", ill).status_code == 302
    made.published(here, roster)
    assert [line.outcome for line in made.lines(roster)] == [Outcome.SENT, Outcome.SKIPPED]
    assert days_in(monday) == [wednesday, monday + timedelta(days=4)], "what was excluded since is not taken"


def moved(here: made.Office, roster: Roster, line: RosterLine, day: date) -> dict[str, object]:
    """What the board says of a visit moved to nine o'clock of a day by hand, and that it was moved."""
    ask = {"line": str(line.pk), "worker": str(line.worker_id), "at": f"{day}T09:00"}
    found = here.client.get(f"/planner/{roster.pk}/try/", ask).json()
    here.client.post(f"/planner/{roster.pk}/change/move/", ask)
    line.refresh_from_db()
    return dict(found)


@pytest.mark.long
def test_a_day_that_a_planner_chose_stays_and_the_pattern_holds() -> None:
    town = visits.town()
    _county, month = office(town)
    monday = whole_week(month)
    works_on(town.second, 7)
    here, roster = week_of(town, monday)
    _one, two, three = made.lines(roster)
    assert moved(here, roster, three, timezone.localdate(two.starts_at) + timedelta(days=1))["fits"] is False
    works_on(town.worker, 1, 2, 3, 4, 5, 6, 7)
    saturday = monday + timedelta(days=5)
    assert moved(here, roster, three, saturday)["fits"] is True
    assert three.starts_at == timezone.make_aware(datetime.combine(saturday, time(9)))
    here.client.post(f"/rosters/{roster.pk}/plan_again/", {"reason": ""})
    made.run()
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    kept = {line.order_id: line for line in made.lines(fresh)}
    assert (kept[three.order_id].starts_at, kept[three.order_id].pinned) == (three.starts_at, "both")
    assert apart(timezone.localdate(line.starts_at) for line in kept.values() if line.starts_at)
    made.published(here, fresh)
    assert saturday in days_in(monday)


def test_what_nobody_can_do_gives_way_to_what_was_chosen_and_is_still_planned() -> None:
    town = visits.town()
    _county, month = office(town)
    monday = whole_week(month)
    for worker in (town.worker, town.second):
        works_on(worker, 2, 3)
    here, roster = week_of(town, monday)
    served = [line for line in made.lines(roster) if line.starts_at]
    assert len(served) == 1, "two days that follow one another are one visit"
    made.published(here, roster)
    days = days_in(monday)
    assert len(days) == 3
    assert apart(days)
    assert timezone.localdate(served[0].starts_at) in days


def test_a_week_that_two_months_share_has_its_visits_once() -> None:
    town = visits.town()
    county, month = office(town)
    after = care.next_month(2)
    visits.grant(town.person, after, 3600)
    planned(county, after)
    planned(county, month)
    planned(county, after)
    weeks = Visited.everywhere.values_list("week", flat=True)
    edge = after - timedelta(days=after.weekday())
    assert len([week for week in weeks if week == edge]) == 3
    assert apart(Visited.everywhere.values_list("day", flat=True))


@pytest.mark.parametrize(
    "wrong",
    [{"times": ""}, {"times": "4"}, {"times": "8"}, {"days_apart": "0"}, {"weekdays": ["1", "2"]}, {"rule": "FREQ=DAILY"},
     {"chosen": "", "times": "4"}, {"weekdays": ["1", "3", "7"]}],
)  # fmt: skip
def test_what_does_not_fit_into_a_week_is_refused(wrong: dict[str, object]) -> None:
    town = visits.town()
    plan = care.draft(town.person, town.organisation)
    answer = town.client("county_officer").post(f"/care-plans/{plan.pk}/add_line/", {**LINE, **wrong})
    assert answer.status_code == 422
    assert not Line.everywhere.exists()


def test_a_double_visit_moves_as_one() -> None:
    town = visits.town()
    month = care.next_month()
    plan = care.draft(town.person, town.organisation)
    line = {"item": "0104", "minutes": 60, "chosen": True, "times": 1, "days_apart": 3}
    actions.add_line(plan, actor=SYSTEM, at=care.now(), **line)
    key = str(Line.everywhere.get().pk)
    actions.who_comes(plan, actor=SYSTEM, at=care.now(), line=key, double=True, gap_least=0, gap_most=10)
    care.sign(plan)
    planned(town.client("county_officer"), month)
    monday = whole_week(month)
    Worker.everywhere.filter(organisation=town.organisation).update(skills=town.worker.skills)
    for worker in (town.worker, town.second):
        works_on(worker, 6)
    here, roster = week_of(town, monday)
    saturday = monday + timedelta(days=5)
    assert [timezone.localdate(row.starts_at) for row in made.lines(roster) if row.starts_at] == [
        saturday
    ] * 2
    made.published(here, roster)
    assert Visited.everywhere.get(week=monday).day == saturday
    assert {timezone.localdate(row.starts_at) for row in Visit.everywhere.all()} == {saturday}


def test_a_time_that_was_agreed_keeps_the_next_week_away_too() -> None:
    town = visits.town()
    _county, month = office(town)
    monday = whole_week(month)
    friday, sunday, after = (monday + timedelta(days=n) for n in (4, 6, 7))
    order = Order.everywhere.get(pk=Visited.everywhere.get(day=friday).order_id)
    agreed = [visits.local(timezone.make_aware(datetime.combine(sunday, time(hour)))) for hour in (9, 10)]
    form = {"wanted_from": agreed[0], "wanted_until": agreed[1]}
    answer = town.client("hotline_agent").post(f"/orders/{order.pk}/change_window/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    _here, roster = week_of(town, after)
    days = [timezone.localdate(line.starts_at) for line in made.lines(roster) if line.starts_at]
    assert len(days) == 3
    assert apart([sunday, *days])
