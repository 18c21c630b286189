"""A week over HTTP: planned, shown day by day, published, and repaired for a worker who is ill and comes back."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.areas.roster import made

from songhe.areas.providers.api import Worker
from songhe.areas.roster.models import Outcome, Roster, RosterLine, State
from songhe.areas.roster.queries import facts
from songhe.core.days import monday_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NEXT, LATER = 1, 3


def test_a_week_is_planned_shown_published_and_repaired() -> None:
    here = office()
    form = {
        "organisation": str(here.organisation.pk),
        "first": here.day.isoformat(),
        "days": "7",
        "seconds": "2",
    }
    answer = here.client.post("/rosters/do/plan_days/", form)
    made.run()
    roster = Roster.everywhere.get()
    assert answer.headers["Location"] == f"/planner/{roster.pk}/"
    assert (roster.state, roster.days, roster.unassigned) == (State.DRAFT, 7, 0), roster.reason
    shown(here, roster)
    here.client.post(f"/rosters/{roster.pk}/publish/")
    made.run()
    assert {line.outcome for line in made.lines(roster)} == {Outcome.SENT}
    promised = {visit.order_id: timezone.localdate(visit.starts_at) for visit in made.visits_of(here)}
    assert promised == {order.pk: timezone.localdate(order.wanted_from) for order in here.orders}
    repaired(here, roster)


def office() -> made.Office:
    """Three workers; next Tuesday two visits at one hour, and two days after three, so that all are needed then."""
    here = made.office(workers=3, orders=0, ahead=0)
    today = monday_of(here.day) + timedelta(days=7)
    for n, ahead in enumerate((NEXT, NEXT, LATER, LATER, LATER)):
        here.day = today + timedelta(days=ahead)
        here.orders.append(made.order(here, n, hour=10, long=1))
    here.day = today
    return here


def day_of(line: RosterLine) -> date:
    assert line.starts_at is not None
    return timezone.localdate(line.starts_at)


def shown(here: made.Office, roster: Roster) -> None:
    """The week's table counts each worker's visits of each day, and each day has its own time line."""
    lines, url = made.lines(roster), f"/planner/{roster.pk}/"
    on = Counter(day_of(line) for line in lines)
    assert on == {here.day + timedelta(days=NEXT): 2, here.day + timedelta(days=LATER): 3}
    page = here.client.get(url).content.decode()
    table = page[page.index("本周") :]
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', table[: table.index("</table>")])
    counts = {name: [int(n or 0) for n in re.findall(r"<td>(?:(\d+) 次)?", cells)] for name, cells in rows}
    names = {worker.pk: worker.name for worker in here.workers}
    assert counts == {
        name: [
            sum(line.worker_id == key and day_of(line) == here.day + timedelta(days=n) for line in lines)
            for n in range(7)
        ]
        for key, name in names.items()
    }
    for n in range(7):
        day = here.day + timedelta(days=n)
        assert here.client.get(url, {"day": day.isoformat()}).content.decode().count('class="stay') == on[day]


def repaired(here: made.Office, roster: Roster) -> None:
    """Who is ill until Thursday gives up Tuesday's visit and nothing else."""
    before = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(roster)}
    mine = next(line for line in made.lines(roster) if day_of(line) == here.day + timedelta(days=NEXT))
    back = here.day + timedelta(days=LATER)
    form = {"worker": str(mine.worker_id), "back": back.isoformat()}
    assert here.client.post(f"/rosters/{roster.pk}/replace_ill/", form).status_code == 302
    made.run()
    fresh = Roster.everywhere.exclude(pk=roster.pk).get()
    after = {line.order_id: (line.worker_id, line.starts_at) for line in made.lines(fresh)}
    assert after[mine.order_id][0] not in (None, mine.worker_id)
    assert {key for key in before if after[key] != before[key]} == {mine.order_id}
    page = here.client.get(f"/planner/{roster.pk}/").content.decode()
    assert page.count("人员不在岗") == 1, "of the week that is published, only that visit's worker is away"
    here.client.post(f"/rosters/{fresh.pk}/publish/")
    made.run()
    assert {visit.order_id: visit.worker_id for visit in made.visits_of(here)} == {
        key: worker for key, (worker, _at) in after.items()
    }


def test_who_begins_within_the_week_is_planned_from_that_day_on() -> None:
    here = made.office(workers=2, orders=0, ahead=1)
    fresh, leaving = here.workers
    Worker.everywhere.filter(pk=fresh.pk).update(since=here.day + timedelta(days=3))
    Worker.everywhere.filter(pk=leaving.pk).update(until=here.day + timedelta(days=2))
    roster = Roster(organisation=here.organisation, region=here.organisation.region, first=here.day, days=7)
    found = facts(roster, timezone.now())
    days = {one.code: {shift.day for shift in one.shifts} for one in found.built.problem.workers}
    assert days[str(fresh.pk)] == {3, 4, 5, 6}
    assert days[str(leaving.pk)] == {0, 1}
