"""Hours wished for in care plans: what misses them is late, priced and said; as far as the plan allows it can be promised."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.care import made as care
from tests.areas.roster import made
from tests.areas.visits import made as visits

from songhe.areas.care import actions, tasks  # noqa: F401  makes the jobs known
from songhe.areas.care.api import wished_hours
from songhe.areas.providers.api import Worker
from songhe.areas.roster.models import Outcome, Roster, RosterLine
from songhe.areas.visits.models import Order, Visit
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
WISH = {"weekdays": [1], "earliest": time(9), "latest": time(9, 30)}


def office() -> tuple[made.Office, list[Order]]:
    """One worker, and two persons who wish to be visited between nine and half past on a Monday; their orders."""
    town, month = visits.town(), care.next_month()
    Worker.everywhere.filter(pk=town.second.pk).update(work_days=[7])
    other = visits.person("王秀兰")
    for person in (town.person, other):
        care.signed(town, WISH, person=person)
    actions.plan_region_month(
        actor=SYSTEM, at=timezone.now(), region=Region.objects.get(pk=make.COUNTY), month=month
    )
    run_due(timezone.now() + timedelta(seconds=2))
    monday = next(day for n in range(7) if (day := month + timedelta(days=n)).isoweekday() == 1)
    planner = town.user("dispatcher", town.organisation)
    here = made.Office(town.organisation, [town.worker], [], planner, monday, [town.person, other])
    return here, orders_on(monday)


def orders_on(day: date) -> list[Order]:
    """Orders of a day."""
    begin = timezone.make_aware(datetime.combine(day, time(0)))
    return list(Order.everywhere.filter(wanted_from__gte=begin, wanted_from__lt=begin + timedelta(days=1)))


def clock(line: RosterLine | Visit) -> str:
    return f"{timezone.localtime(line.starts_at):%H:%M}"


@pytest.mark.long
def test_the_wish_is_the_window_and_the_hour_beyond_it_is_late_and_said() -> None:
    here, _orders = office()
    roster = made.plan(here)
    first, second = made.lines(roster)
    late = second.starts_at - timezone.make_aware(datetime.combine(here.day, time(9, 30)))
    minutes = late // timedelta(minutes=1)
    assert (clock(first), roster.terms["late"], roster.terms["worst"]) == ("09:00", minutes, minutes)
    assert 0 < minutes <= 60
    page = here.client.get(f"/planner/{roster.pk}/?line={second.pk}").content.decode()
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "希望开始 09:00 – 09:30" in told
    assert re.search(r"期望时间 \d\d-\d\d 08:00 – \d\d-\d\d 11:30", told)
    assert f"合计比愿望或通知晚 {minutes} 分钟" in told
    earlier(here, roster, first)
    made.published(here, roster)
    assert {line.outcome for line in made.lines(roster)} == {Outcome.SENT}
    before = [
        (visit.order_id, clock(visit)) for visit in made.visits_of(here) if visit.order_id in _of(roster)
    ]
    here.client.post(f"/rosters/{roster.pk}/plan_again/", {"reason": ""})
    made.run()
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    assert [(line.order_id, clock(line)) for line in made.lines(fresh)] == before, "what was told stays"
    assert fresh.terms["late"] == 0, "later than told is nobody"


def _of(roster: Roster) -> set[object]:
    return {line.order_id for line in made.lines(roster)}


def earlier(here: made.Office, roster: Roster, line: RosterLine) -> None:
    """By hand a visit may begin as early as the plan lets it, and no earlier."""
    url = f"/planner/{roster.pk}"
    ask = {"line": str(line.pk), "worker": str(here.workers[0].pk)}
    too_early = here.client.get(f"{url}/try/", ask | {"at": f"{here.day}T07:55"}).json()
    assert (too_early["fits"], too_early["exact"]) == (True, False)
    here.client.post(f"{url}/change/move/", ask | {"at": f"{here.day}T08:15"})
    line.refresh_from_db()
    assert clock(line) == "08:15"


def test_no_wish_is_missed_where_the_plan_says_exactly_so_or_another_time_was_agreed() -> None:
    _here, (one, two) = office()
    nine = timezone.make_aware(datetime.combine(timezone.localdate(one.wanted_from), time(9)))
    assert wished_hours([one, two]) == dict.fromkeys((one.pk, two.pk), (nine, nine + timedelta(minutes=30)))
    one.wanted_from += timedelta(minutes=10)
    assert set(wished_hours([one, two])) == {two.pk}
    care.Plan.everywhere.get(person=two.person).lines(manager="everywhere").update(hard=True)
    assert wished_hours([one, two]) == {}
    assert wished_hours([]) == {}
