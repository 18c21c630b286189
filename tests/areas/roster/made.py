"""An organisation with workers and orders for a coming day, and its planner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.providers.api import Organisation, Worker
from songhe.areas.registry.api import Person, locate
from songhe.areas.roster import actions, tasks
from songhe.areas.roster.models import Roster, RosterLine
from songhe.areas.visits import actions as verbs
from songhe.areas.visits.models import Order, Visit
from songhe.core.codes import Point
from songhe.engines.access.api import SYSTEM, User, entered
from songhe.engines.jobs.api import run_due
from songhe.engines.jobs.models import Job


@dataclass
class Office:
    """Who plans, who is sent, to whom."""

    organisation: Organisation
    workers: list[Worker]
    orders: list[Order]
    planner: User
    day: date
    persons: list[Person] = field(default_factory=list)

    @property
    def client(self) -> Client:
        """The planner's browser."""
        return providers.client_of(self.planner)


def day(ahead: int = 1) -> date:
    """A day to come on which everybody works."""
    return timezone.localdate(timezone.now()) + timedelta(days=ahead)


def office(*, workers: int = 3, orders: int = 6, ahead: int = 1, region: int = make.COUNTY) -> Office:
    """An office with workers who may do everything and orders at nine, ten … for tomorrow."""
    owner = providers.organisation(region)
    hired = [
        providers.worker(
            owner,
            "senior_care",
            name="护理" + "甲乙丙丁戊己庚辛壬癸"[n],
            lon=122.42 + n / 100,
            lat=37.16 + n / 200,
        )
        for n in range(workers)
    ]
    Worker.everywhere.filter(organisation=owner).update(
        works_from=time(0), works_until=time.max, break_minutes=0
    )
    planner = make.user("dispatcher", region, holder_id=owner.pk, name="调度员")
    made = Office(owner, hired, [], planner, day(ahead))
    for n in range(orders):
        made.orders.append(order(made, n))
    return made


def order(here: Office, n: int, *, hour: int | None = None, long: int = 4, **values: Any) -> Order:
    """One order of a person of its own."""
    someone = values.pop("person", None)
    if someone is None:
        someone = visits.person(
            "老" + "子丑寅卯辰巳午未申酉戌亥"[n % 12],
            region=make.village(here.organisation.region_id // 10**6 * 10**6),
        )
        locate(someone, Point(122.40 + n / 150, 37.15 + n % 3 / 100))
        here.persons.append(someone)
    begin = timezone.make_aware(datetime.combine(here.day, time(9 + n % 6 if hour is None else hour)))
    more = {name: values.pop(name) for name in list(values) if name in WISHES}
    placed = verbs.place_order(
        actor=SYSTEM,
        at=timezone.now(),
        person=someone,
        item=values.pop("item", "0103"),
        wanted_from=begin,
        wanted_until=begin + timedelta(hours=long),
        paid_by="self",
    )
    handed = verbs.hand_over(placed, actor=SYSTEM, at=timezone.now(), organisation=here.organisation)
    if more:
        Order.everywhere.filter(pk=handed.pk).update(**more)
        handed.refresh_from_db()
    return handed


WISHES = ("gender", "language", "preferred", "unwanted", "pair", "gap_least", "gap_most")


def plan(here: Office, *, seconds: int = 1, **options: Any) -> Roster:
    """A plan made by the planner, its job run."""
    at = timezone.now()
    with entered(here.planner.scope()):
        roster = actions.plan_days(
            here.organisation, actor=here.planner, at=at, first=here.day, seconds=seconds, **options
        )
    run()
    roster.refresh_from_db()
    return roster


def run() -> None:
    """Run what waits in the background."""
    import songhe.areas.roster.tasks  # noqa: F401

    assert tasks
    assert run_due(timezone.now(), lanes=["chore"])
    for job in Job.objects.filter(kind__startswith="roster.").exclude(error=""):
        raise AssertionError(job.error)


def published(here: Office, roster: Roster) -> Roster:
    """Publish and run the job."""
    with entered(here.planner.scope()):
        actions.publish(roster, actor=here.planner, at=timezone.now())
    run()
    roster.refresh_from_db()
    return roster


def lines(roster: Roster) -> list[RosterLine]:
    """Its lines."""
    return list(RosterLine.everywhere.filter(roster=roster).order_by("starts_at", "id"))


def visits_of(here: Office) -> list[Visit]:
    """Open visits of the office."""
    return list(
        Visit.everywhere.filter(organisation=here.organisation, state="planned").order_by("starts_at")
    )
