"""Visits and calls of the county shown: last month carried out and drawn from, this month under way, somebody not found."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.utils import timezone
from django.utils.timezone import localtime

from songhe.areas.caring import actions
from songhe.areas.caring.actions.searching import begin_search
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, Found, Outcome, PauseKind, Probe, Review, State
from songhe.areas.caring.rules import Way
from songhe.areas.grid.api import Helper
from songhe.areas.registry.api import Person
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import SYSTEM, Scope, entered, update_many
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City

DONE = ("id", "state", "outcome", "needs", "signs", "done_at", "told_at", "done_by_id", "done_by")
ANSWERS = {
    "V1.1": "fair",
    "V1.2": "well",
    "V1.3": "yes",
    "V2.1": "yes",
    "V2.2": "partly",
    "V3.1": "yes",
    "V3.2": "yes",
}
WORDS = (
    "精神不错，刚从集市回来",
    "说膝盖疼，想去卫生室看看",
    "儿子上周回来过，家里收拾得干净",
    "灶台软管老化，已提醒更换",
)


def care_for(city: City) -> None:
    """Make two months of visits and calls; nothing where nobody of the county is due."""
    with entered(Scope.EVERYTHING):
        county, day = Region.objects.get(pk=city.shown), localtime(city.at).date()
        this = month_of(day)
        last = month_of(this - timedelta(days=1))
        rng = np.random.default_rng([city.seed, 371, 9])
        names = dict(
            Helper.everywhere.filter(region_id__gte=city.shown, region_id__lt=city.shown + 10**6).values_list(
                "pk", "name"
            )
        )
        for month in (last, this):
            actions.plan_now(county, month, actor=SYSTEM, at=_morning(month, 7))
            _carry_out(city, month, day, names, rng)
        if not Caring.everywhere.exists():
            return
        _at_the_door(city, day)
        _pauses(city)
        _not_found(city, day)
        _checks(city, last)


def _morning(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _carry_out(city: City, month: date, day: date, names: dict[UUID, str], rng: np.random.Generator) -> None:
    """What was planned until yesterday: nearly all of it carried out, some of this week's still open."""
    rows = list(
        Caring.everywhere.filter(plan__month=month, planned_on__lt=day)
        .values_list("pk", "way", "helper_id", "planned_on")
        .order_by("id")
    )
    luck = rng.random(len(rows))
    needs, signs = list(terms().needs), list(terms().signs)
    agent = city.users["hotline"]
    out: list[tuple[object, ...]] = []
    for n, ((key, way, helper, on), chance) in enumerate(zip(rows, luck, strict=True)):
        if chance > (0.985 if on < day - timedelta(days=6) else 0.88):
            continue
        need = [needs[n % len(needs)]] if chance < 0.07 else []
        sign = [signs[n % len(signs)]] if 0.05 < chance < 0.1 else []
        who = (agent.pk, agent.name) if way == Way.CALL else (helper, names.get(helper, ""))
        at = _morning(on, 8) + timedelta(minutes=int(chance * 540))
        out.append(
            (
                key,
                State.DONE,
                Outcome.NEEDS if need else Outcome.FINE,
                need,
                sign,
                at,
                at,
                *who,
            )
        )
    update_many(Caring, DONE, out)
    record_bulk(
        "caring.load", model=Caring, count=len(out), digest="", actor=SYSTEM, at=city.at, region_id=city.shown
    )


def _at_the_door(city: City, day: date) -> None:
    """The helpers with log-ins have something to do today, and reported some visits with the form."""
    for login in ("neighbour", "grid"):
        user = city.users.get(login)
        helper = Helper.everywhere.filter(pk__in=user.scope("grid.help").holders).first() if user else None
        if helper is None:
            continue
        rows = list(
            Caring.everywhere.filter(helper=helper, way=Way.VISIT, state=State.PLANNED).order_by(
                "planned_on", "id"
            )[:5]
        )
        for n, row in enumerate(rows[:2]):
            actions.report_visit(
                row, actor=SYSTEM, at=city.at - timedelta(hours=3 + n), outcome=Outcome.FINE, answers=ANSWERS, needs=[], signs=[],
                words=WORDS[n % len(WORDS)],
            )  # fmt: skip
        again = Caring.everywhere.filter(
            helper=helper, way=Way.VISIT, plan__month=month_of(day), answers=None
        ).exclude(state=State.DROPPED)
        again.filter(pk__in=[row.pk for row in again.order_by("-planned_on", "id")[:3]]).update(
            state=State.PLANNED,
            planned_on=day,
            outcome="",
            needs=[],
            signs=[],
            done_at=None,
            told_at=None,
            done_by="",
            done_by_id=None,
        )
    calls = Caring.everywhere.filter(
        way=Way.CALL, state=State.PLANNED, until__gt=day, planned_on__gt=day
    ).order_by("id")
    Caring.everywhere.filter(pk__in=[row.pk for row in calls[:9]]).update(planned_on=day)


def _pauses(city: City) -> None:
    persons = list(
        Person.everywhere.filter(
            pk__in=Caring.everywhere.filter(state=State.PLANNED).values("person_id")
        ).order_by("id")[:6]
    )
    for n, person in enumerate(persons):
        kind = (PauseKind.REFUSED, PauseKind.IN_HOSPITAL, PauseKind.AWAY)[n % 3]
        until = None if kind == PauseKind.REFUSED else localtime(city.at).date() + timedelta(days=20 + n)
        words = "自己能行，有事会打电话" if kind == PauseKind.REFUSED else ""
        actions.pause(actor=SYSTEM, at=city.at, person=person, kind=kind, until=until, words=words)


def _not_found(city: City, day: date) -> None:
    """Somebody did not answer twice and was not at home."""
    row = (
        Caring.everywhere.filter(way=Way.VISIT, state=State.PLANNED, person__state="alive")
        .order_by("due_at", "id")
        .first()
    )
    if row is None:
        return
    row.state, row.outcome, row.tries = State.UNREACHED, Outcome.NOBODY, 1
    row.done_at = row.told_at = city.at - timedelta(minutes=50)
    row.done_by = "网格员"
    row.save()
    found = begin_search(row, actor=SYSTEM, at=city.at - timedelta(minutes=50))
    assert found.number


def _checks(city: City, month: date) -> None:
    """The town with a log-in and the county drew last month; some of it was asked about."""
    town = city.users["town"].scope().areas[0][0]
    for code in (town, city.shown):
        if Caring.everywhere.filter(planned_on__gte=month, planned_on__lt=month_after(month), state=State.DONE,
                                    region_id__gte=code, region_id__lt=Region.objects.get(pk=code).upper).exists():  # fmt: skip
            actions.draw_review(
                actor=SYSTEM,
                at=city.at - timedelta(days=2),
                region=Region.objects.get(pk=code),
                month=month,
                seed="20261101",
            )
    for n, probe in enumerate(Probe.everywhere.filter(review__in=Review.everywhere.all()).order_by("id")[:9]):
        if n % 3 == 2:
            continue
        found = Found.NOT_CARRIED_OUT if n == 4 else Found.AS_REPORTED
        words = "老人说上月没人来过，村里说是电话问的" if found == Found.NOT_CARRIED_OUT else ""
        actions.enter_probe(probe, actor=SYSTEM, at=city.at - timedelta(days=1), found=found, words=words)
