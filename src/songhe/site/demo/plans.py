"""Care plans of the county shown, loaded in bulk, and the orders that the same action makes of them: the rest of this month
and all of the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils.timezone import localtime

from songhe.areas.care import actions
from songhe.areas.care.models import Absence, AbsenceKind, Line, Plan, PlanState, Signer
from songhe.areas.care.queries import planned_lines
from songhe.areas.care.rules import weekly
from songhe.areas.entitlement.api import home_hours
from songhe.areas.providers.api import Organisation, catalogue
from songhe.areas.registry.api import Person
from songhe.core.days import month_after
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.api import record_bulk
from songhe.engines.jobs.models import Job
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.site.demo.crews import Crews
from songhe.site.demo.entitlements import entitle_ahead
from songhe.site.demo.history import City, acting

PLANS = 150
WEEKS: tuple[tuple[int, ...], ...] = ((1, 3, 5), (2, 4, 6), (1, 4), (2, 5), (3, 6), (1, 2, 4, 5))
HOURS = (8, 9, 10, 13, 14, 15)
REVIEWED, AWAY, DRAFTS = (
    12,
    40,
    50,
)  # every so manieth plan is to be reviewed soon, has somebody in hospital, is a draft


@dataclass(frozen=True, slots=True)
class Service:
    """What a plan may hold: item, minutes, times a week; a double visit needs two at once."""

    item: str
    minutes: int
    weekdays: tuple[int, ...]
    every: int = 1
    gender: str = ""
    double: bool = False


def plan_care(city: City, crews: Crews, holders: list[int]) -> int:
    """Make the plans of some who hold hours, then two months of orders; returns how many orders."""
    ours = [row for row in holders if city.county_of(row) == city.shown][-PLANS:]
    if not ours:
        return 0
    entitle_ahead(city, ours)
    _load(city, crews, ours)
    today = localtime(city.at).date()
    following = month_after(today)
    months = [following] if (today + timedelta(days=1)).month != today.month else [today, following]
    return sum(_month(city, month) for month in months)


def _month(city: City, month: date) -> int:
    officer = city.county_officer(city.shown)
    with acting(officer):
        run = actions.plan_region_month(
            actor=officer, at=city.at, region=Region.objects.get(code=city.shown), month=month
        )
        lines = list(planned_lines(officer.scope("care.plan"), run))
        counts: Counter[str] = actions.look_through(run, lines, actor=officer, at=city.at)
        run.plans = run.done = len({line.plan_id for line in lines})
        actions.finish_month(run, counts, at=city.at)
        Job.objects.filter(kind="care.month").update(state=Job.State.DONE, finished_at=city.at)
    return run.made


def _load(city: City, crews: Crews, rows: list[int]) -> None:
    people = Person.everywhere.in_bulk([city.ids[row] for row in rows])
    granted = home_hours(list(people), localtime(city.at).date())
    plans: list[Plan] = []
    lines: list[Line] = []
    absences: list[Absence] = []
    for place, row in enumerate(rows):
        person = people[city.ids[row]]
        organisation = _organisation(city, crews, place)
        plan = _plan(city, person, organisation, place)
        plans.append(plan)
        hours = granted.get(person.pk)
        lines += _lines(crews, plan, place, hours.granted if hours else 0)
        if place % AWAY == AWAY - 1:
            absences.append(_absence(city, plan))
    Plan.everywhere.bulk_create(plans, batch_size=500)
    Line.everywhere.bulk_create(lines, batch_size=500)
    Absence.everywhere.bulk_create(absences)
    for model, made in ((Plan, plans), (Line, lines), (Absence, absences)):
        record_bulk(
            "care.load",
            model=model,
            count=len(made),
            digest="",
            actor=SYSTEM,
            at=city.at,
            region_id=city.shown,
        )


def _organisation(city: City, crews: Crews, place: int) -> Organisation:
    """Two thirds by the organisation that is shown, the others by the next."""
    choices = city.providers.of_kind("home", city.shown)
    return crews.organisations[choices[0 if place % 3 < 2 else 1]]


def _plan(city: City, person: Person, organisation: Organisation, place: int) -> Plan:
    today = localtime(city.at).date()
    since = today.replace(day=1)
    draft = place % DRAFTS == DRAFTS - 1
    review = 10 if place % REVIEWED == REVIEWED - 1 else 120 + place % 60
    plan = Plan(
        id=uuid7(), person=person, region_id=person.region_id, organisation=organisation, since=since,
        review_on=today + timedelta(days=review), prepared_by=city.users["county"].name[:80],
        prepared_at=city.at - timedelta(days=1 + place % 20),
    )  # fmt: skip
    if not draft:
        plan.state, plan.signed_by, plan.signed_on = PlanState.ACTIVE, person.name, since
        plan.signer, plan.signed_region = Signer.PERSON, person.region_id
    return plan


def _services(place: int, granted: int) -> Iterator[Service]:
    """As much as fits into the grant: care on some days, and one or two other things a week."""
    week = WEEKS[place % len(WEEKS)]
    yield Service("0201", 60 if granted < 3600 else 90, week)
    other = tuple(day for day in range(1, 7) if day not in week)[place % 2 :][:1]
    yield Service(("0106", "0501", "0110")[place % 3], 60, other)
    if place % 4 == 0:
        yield Service("0103", 60, other, every=2, gender="f")
    if place % 25 == 0:
        yield Service("0104", 90, week[:1], double=True)


def _lines(crews: Crews, plan: Plan, place: int, granted: int) -> Iterator[Line]:
    for turn, found in enumerate(_services(place, granted)):
        hour = HOURS[(place + 2 * turn) % len(HOURS)]
        item = catalogue().item(found.item)
        team = [w for w in crews.workers[plan.organisation_id] if catalogue().able(w.skills, item)]
        yield Line(
            id=uuid7(), plan=plan, person_id=plan.person_id, region_id=plan.region_id,
            organisation_id=plan.organisation_id, item=found.item, minutes=found.minutes,
            rule=weekly(found.weekdays, found.every), earliest=time(hour), latest=time(hour + 1),
            hard=place % 10 == 0 and turn == 0, gender=found.gender, language="胶东话" if place % 8 == 0 else "",
            preferred=[str(team[place % len(team)].pk)] if team and place % 3 == 0 else [],
            unwanted=[str(team[(place + 1) % len(team)].pk)] if len(team) > 3 and place % 15 == 0 else [],
            double=found.double,
        )  # fmt: skip


def _absence(city: City, plan: Plan) -> Absence:
    today = localtime(city.at).date()
    return Absence(
        person_id=plan.person_id, region_id=plan.region_id, kind=AbsenceKind.HOSPITAL, since=today - timedelta(days=2),
        until=today + timedelta(days=12), entered_by=plan.prepared_by, entered_at=city.at,
    )  # fmt: skip
