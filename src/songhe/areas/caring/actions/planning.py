"""Making the plan of a month for a whole region in one act, and visiting everybody at high risk after a major event."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.common import end_of, still_open, tell
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, CaringPlan, PlanState, State
from songhe.areas.caring.queries import going, people
from songhe.areas.caring.rules import Due, Every, Way, due_in, shared
from songhe.areas.grid.api import Helper
from songhe.core.codes import span
from songhe.core.days import month_after, month_of
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated, insert_many
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.days import day_of
from songhe.kit.fields import Field

NAMES = (
    "id",
    "plan",
    "person",
    "region",
    "group",
    "every",
    "way",
    "since",
    "until",
    "planned_on",
    "due_at",
    "helper",
    "event",
)
VISIT_DAYS = 25
"""Days of a month over which its visits are spread, so that a few are left for what was put off."""
CALL_DAYS = 5
Where = Annotated[Region, Field(label=_("Region"), help=_("A county, or the city"))]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One contact to be planned."""

    person: UUID
    region: int
    group: str
    every: Every
    due: Due


@act("caring.plan")
def start_plan(
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
) -> CaringPlan:
    """Make the plan of a month; made again, it adds whom it lacks. A job does it and shows how far it is."""
    plan = _plan(region, month, actor=actor, at=at)
    plan.job_id = start("caring.plan", {"plan": str(plan.pk)}, actor=actor, at=at, key=str(plan.pk)).pk
    plan.save()
    return plan


def plan_ahead(*, actor: Actor, at: datetime) -> list[CaringPlan]:
    """Begin the plan of next month some days before it, wherever this month has one: what somebody began goes on by itself.

    Only what is missing is begun, and what failed; a plan of the city is not repeated for its counties.
    """
    month = month_after(day_of(at))
    if (month - day_of(at)).days > terms().plan_days:
        return []
    rows = CaringPlan.everywhere.exclude(state=PlanState.FAILED).filter(region__until=None)
    begun = [
        (plan.region_id, plan.region.upper) for plan in rows.filter(month=month).select_related("region")
    ]
    before = [plan.region for plan in rows.filter(month=month_of(day_of(at))).select_related("region")]
    made = []
    for region in sorted(before, key=lambda one: (one.pk - one.upper, one.pk)):
        if not any(low <= region.pk and region.upper <= high for low, high in begun):
            begun.append((region.pk, region.upper))
            made.append(start_plan(actor=actor, at=at, region=region, month=month))
    return made


def plan_now(region: Region, month: date, *, actor: Actor, at: datetime) -> CaringPlan:
    """The same without a job."""
    return make_plan(_plan(region, month, actor=actor, at=at), actor=actor, at=at)


def _plan(region: Region, month: date, *, actor: Actor, at: datetime) -> CaringPlan:
    scope, first = actor.scope("caring.plan"), month_of(month)
    if not scope.holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    if not month_of(day_of(at)) <= first <= month_after(day_of(at)):
        raise Refused("month", "Plan this month or the next one.", field="month")
    plan, _made = CaringPlan.everywhere.select_for_update(no_key=True).get_or_create(
        region=region, month=first, defaults={"by_id": actor.id, "by": actor.name[:80], "at": at}
    )
    plan.state, plan.by_id, plan.by, plan.at = PlanState.WORKING, actor.id, actor.name[:80], at
    plan.save()
    return plan


@act("caring.plan")
def make_plan(plan: CaringPlan, *, actor: Actor, at: datetime) -> CaringPlan:
    """Everybody due in the month, each once for each period; one act, whatever the number."""
    low, high = span(plan.region_id)
    with elevated():  # pairs and helpers of the whole region, whose owner answers for the plan
        wanted, paused = _due(low, high, plan.month, day_of(at))
        fresh = _without_planned(wanted, low, high, plan.month)
        helpers = _share(fresh, low, high, plan.month, day_of(at))
        rows = _rows(plan, fresh, helpers, at)
        insert_many(Caring, NAMES, rows)
        _count(plan, paused)
    plan.state = PlanState.MADE
    plan.digest = hashlib.sha256(repr([row[2:] for row in rows]).encode()).hexdigest()
    plan.save()
    add_detail(rows=len(rows), content=plan.digest)
    return plan


@act("caring.plan")
def plan_failed(plan: CaringPlan, *, actor: Actor, at: datetime) -> CaringPlan:
    """Say that a plan was not made."""
    plan.state = PlanState.FAILED
    plan.save()
    return plan


@act("caring.event")
def after_event(
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    event: Annotated[str, Field(label=_("Event"), help=_("Such as a cold wave or a storm"), size=80)],
) -> Region:
    """After a major event everybody at high risk is visited within hours, whatever was planned."""
    scope, what = actor.scope("caring.event"), normalise(event, field="event")[:80]
    if not what:
        raise Refused("empty", "This must not be empty. Fill it in.", field="event")
    if not scope.holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    low, high = span(region.pk)
    day, highest = day_of(at), terms().groups[0]
    due_at = at + timedelta(hours=terms().event_hours)
    with elevated():  # helpers of the next village may have to go
        found = {one.key: one for one in people.listed(low, high, day) if one.group.code == highest.code}
        away = people.not_at_home(found, day)
        waiting = set(
            Caring.everywhere.filter(region_id__gte=low, region_id__lt=high, event=what, state=State.PLANNED)
            .filter(due_at__gt=at).values_list("person_id", flat=True)
        )  # fmt: skip
        persons = {key: one.region for key, one in found.items() if key not in away and key not in waiting}
        helpers = shared(going.who_may(persons, low, high, day))
        insert_many(
            Caring, NAMES,
            [
                (uuid7(), None, key, place, highest.code, "", Way.VISIT.value, day, day + timedelta(days=1), day, due_at,
                 helpers.get(key), what)
                for key, place in persons.items()
            ],
        )  # fmt: skip
    add_detail(event=what, region=region.pk, rows=len(persons))
    return region


Goes = Annotated[Helper, Field(label=_("Assigned to"))]


@act("caring.assign")
def give_to(caring: Caring, *, actor: Actor, at: datetime, helper: Goes) -> Caring:
    """Give a visit to a helper."""
    still_open(caring)
    if not helper.helps_on(day_of(at)):
        raise Refused(
            "helper_gone", "{name} does not help on {day}.", field="helper", name=helper.name, day=day_of(at)
        )
    caring.helper = helper
    caring.save()
    tell(caring, at)
    return caring


def _due(low: int, high: int, month: date, today: date) -> tuple[list[_Wanted], Counter[str]]:
    """Contacts of the month whose period is not over, and whoever is left out, by reason."""
    on = max(month, today)
    found = list(people.listed(low, high, on))
    away = people.not_at_home([one.key for one in found], on)
    visits = terms().weekly_visits
    wanted = [
        _Wanted(one.key, one.region, one.group.code, one.group.every, due)
        for one in found
        if one.key not in away
        for due in due_in(one.group.every, month, str(one.key), weekly_visits=visits)
        if due.until > today
    ]
    return wanted, Counter(away[one.key] for one in found if one.key in away)


def _without_planned(wanted: list[_Wanted], low: int, high: int, month: date) -> list[_Wanted]:
    """What is not planned yet: of each person each period once, and a week or month that was begun elsewhere stays."""
    first = min((one.due.since for one in wanted), default=month)
    rows = Caring.everywhere.filter(
        plan__isnull=False, since__gte=first, since__lt=month_after(month)
    ).exclude(state=State.DROPPED)
    persons = {one.person for one in wanted}
    known = {
        (person, since, every)
        for person, since, every in rows.values_list("person_id", "since", "every")
        if person in persons
    }
    return [one for one in wanted if (one.person, one.due.since, one.every.value) not in known]


def _share(wanted: Sequence[_Wanted], low: int, high: int, month: date, today: date) -> dict[UUID, UUID]:
    """Who visits whom; whoever has several visits in the month has one helper for all of them."""
    visits = {one.person: one.region for one in wanted if one.due.way is Way.VISIT}
    may = going.who_may(visits, low, high, max(month, today))
    load = going.open_loads(
        {helper for helpers in may.values() for helper in helpers}, month, month_after(month)
    )
    return shared(may, load=load)


def _rows(
    plan: CaringPlan, wanted: Sequence[_Wanted], helpers: dict[UUID, UUID], at: datetime
) -> list[tuple[Any, ...]]:
    """Rows to be inserted; each helper's visits are spread over the days, those of the highest risk first."""
    order = {group.code: place for place, group in enumerate(terms().groups)}
    queue: dict[UUID | None, list[_Wanted]] = defaultdict(list)
    for one in sorted(wanted, key=lambda each: (order[each.group], str(each.person), each.due.since)):
        queue[helpers.get(one.person) if one.due.way is Way.VISIT else None].append(one)
    first, last = max(plan.month, day_of(at)), month_after(plan.month)
    return [
        (
            uuid7(), plan.pk, one.person, one.region, one.group, one.every.value, one.due.way.value, one.due.since, one.due.until,
            on, end_of(min(one.due.until, last) - timedelta(days=1)), helper if one.due.way is Way.VISIT else None, "",
        )
        for helper, rows in queue.items()
        for one, on in _days(rows, first, last)
    ]  # fmt: skip


def _days(rows: Sequence[_Wanted], first: date, last: date) -> Iterable[tuple[_Wanted, date]]:
    """A day for each of one helper's contacts: in its week, or spread over what is left of the month."""
    room = max(1, min(VISIT_DAYS, (last - first).days))
    monthly = [one for one in rows if one.every is not Every.WEEK]
    place = {id(one): nth for nth, one in enumerate(monthly)}
    for nth, one in enumerate(rows):
        if one.every is Every.WEEK:
            yield one, max(first, one.due.since + timedelta(days=nth % CALL_DAYS))
        else:
            yield one, first + timedelta(days=place[id(one)] * room // len(monthly))


def _count(plan: CaringPlan, paused: Counter[str]) -> None:
    rows = Caring.everywhere.filter(plan=plan).exclude(state=State.DROPPED)
    plan.persons = rows.values("person_id").distinct().count()
    plan.calls = rows.filter(way=Way.CALL).count()
    plan.visits = rows.filter(way=Way.VISIT).count()
    plan.unassigned = rows.filter(way=Way.VISIT, helper=None).count()
    groups: Counter[str] = Counter()
    for group, _person in rows.values_list("group", "person_id").distinct():
        groups[group] += 1
    plan.groups, plan.paused, plan.why = dict(groups), sum(paused.values()), dict(paused)
