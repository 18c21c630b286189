"""Pausing and ending plans; what is not needed any more is called off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import queries
from songhe.areas.care.actions.drafting import tell_needless
from songhe.areas.care.models import Absence, AbsenceKind, Line, Plan, PlanState, Visited
from songhe.areas.registry.api import Death, Person, when_dead
from songhe.areas.stays.api import when_moved_in
from songhe.areas.visits.api import call_off_planned
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


@act("care.pause")
def pause(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[AbsenceKind, Field(label=_("Why"))],
    since: Annotated[date, Field(label=_("From"))],
    until: Annotated[
        date | None, Field(label=_("Until"), help=_("Left empty: until the person is back"))
    ] = None,
) -> Plan:
    """Let nobody come for some days: in hospital, away, or as the person wishes. What is planned then is called off."""
    _need_active(plan)
    if until is not None and until < since:
        raise Refused("order", "The last day must not lie before the first.", field="until")
    if since < timezone.localdate(at) - timedelta(days=92):
        raise Refused("long_ago", "A pause can begin at most three months in the past.", field="since")
    _none_twice(plan.person_id, since, until)
    with elevated():  # the organisation that leads a plan need not reach the person by a tie yet
        Absence.everywhere.create(
            person_id=plan.person_id, region_id=plan.region_id, kind=kind, since=since, until=until,
            entered_by=actor.name[:80], entered_at=at,
        )  # fmt: skip
    add_detail(kind=str(kind), since=since.isoformat(), until=until.isoformat() if until else "")
    tell_needless(plan, actor=actor, at=at)
    return plan


def _open_pauses(row: Any, user: Any) -> list[tuple[str, str]]:
    return [
        (str(one.pk), f"{one.get_kind_display()} {one.since} – {one.until or ''}") for one in pauses_of(row)
    ]


def pauses_of(plan: Plan | None) -> list[Absence]:
    """Absences of the plan's person, the latest first."""
    if plan is None:
        return []
    with elevated():  # whoever sees the plan sees when nobody is to come
        return list(Absence.everywhere.filter(person_id=plan.person_id).order_by("-since", "-id")[:20])


@act("care.pause")
def back(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    absence: Annotated[str, Field(label=_("Why"), choices=_open_pauses)],
    on: Annotated[date, Field(label=_("Return date"))],
) -> Plan:
    """The person is back: from this day on services take place again."""
    found = next((one for one in pauses_of(plan) if str(one.pk) == absence), None)
    if found is None or (found.until is not None and found.until < on):
        raise Refused("no_pause", "There is no such absence on this day. Reload the page.", field="absence")
    last = on - timedelta(days=1)
    with elevated():  # as above
        if last < found.since:
            found.delete()
        else:
            found.until = last
            found.save(update_fields=["until"])
    add_detail(absence=absence, back=on.isoformat())
    return plan


@act("care.draft")
def end_plan(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    until: Annotated[date, Field(label=_("Last day"))],
    reason: Reason,
) -> Plan:
    """End a plan after a day; what is planned beyond it is called off."""
    _need_active(plan)
    if until < timezone.localdate(at) - timedelta(days=1):
        raise Refused("past", "A plan can end yesterday at the earliest.", field="until")
    _end(plan, until, _why(reason))
    tell_needless(plan, actor=actor, at=at)
    return plan


@act("care.draft")
def discard(plan: Plan, *, actor: Actor, at: datetime, reason: Reason) -> Plan:
    """Discard a draft."""
    if plan.state != PlanState.DRAFT:
        raise Refused(
            "signed",
            "A signed plan cannot be edited. Make a new version, which takes effect on a chosen day.",
        )
    plan.state, plan.reason = PlanState.DISCARDED, _why(reason)
    plan.save()
    return plan


@when_dead
def end_for_the_dead(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """A plan ends with the person, and what it planned is called off."""
    with elevated():  # plans of all organisations
        for plan in Plan.everywhere.filter(person=person, state__in=[PlanState.ACTIVE, PlanState.DRAFT]):
            if plan.state == PlanState.DRAFT:
                plan.state, plan.reason = PlanState.DISCARDED, gettext("The person died.")
                plan.save()
            else:
                _end(plan, max(death.died_on, plan.since), gettext("The person died."))
                tell_needless(plan, actor=actor, at=at)


@when_moved_in
def call_off_for_the_moved(person_id: UUID, since: date, actor: Actor, at: datetime) -> None:
    """What was planned at home is called off when the person moves into an institution; the plan itself stays."""
    with elevated():  # plans of all organisations
        for plan in Plan.everywhere.filter(person_id=person_id, state=PlanState.ACTIVE):
            tell_needless(plan, actor=actor, at=at)


def call_off_needless(person_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Call off orders to come that no plan asks for any more, and free their days to be planned again."""
    day = timezone.localdate(at)
    with elevated():  # orders of all organisations that serve by the plans
        rows = list(
            Visited.everywhere.filter(person_id=person_id, day__gte=day).select_related("line", "line__plan")
        )
        needless = _needless(person_id, rows)
        orders = {key: row for row in needless for key in (row.order_id, row.second_id) if key}
        gone = call_off_planned(list(orders), why=gettext("No longer in the care plan"), actor=actor, at=at)
        done = {orders[key].pk for key in gone}
        Visited.everywhere.filter(pk__in=done).delete()
    return len(gone)


def _needless(person_id: UUID, rows: Iterable[Visited]) -> list[Visited]:
    by_line: defaultdict[UUID, list[Visited]] = defaultdict(list)
    lines: dict[UUID, Line] = {}
    for row in rows:
        by_line[row.line_id].append(row)
        lines[row.line_id] = row.line
    found: list[Visited] = []
    for key, visited in by_line.items():
        line, since, until = lines[key], min(row.day for row in visited), max(row.day for row in visited)
        away = queries.spent([person_id], since, until).get(person_id, [])
        stays = set(
            line.recurring(line.plan).days(since, until, away=away, holidays=queries.holidays(since, until))
        )
        alive = line.plan.state in queries.LIVING
        found += [row for row in visited if not alive or row.day not in stays]
    return found


def _end(plan: Plan, until: date, reason: str) -> None:
    plan.state, plan.until, plan.reason = PlanState.ENDED, until, reason
    plan.save()


def _why(reason: str) -> str:
    why = normalise(reason, lines=True, field="reason")
    if not why or len(why) > 400:
        raise Refused("reason", "Say in 1 to 400 characters why.", field="reason")
    return why


def _need_active(plan: Plan) -> None:
    if plan.state != PlanState.ACTIVE:
        raise Refused(
            "plan_state",
            "This is not possible while the plan is “{state}”. Reload the page and choose again.",
            state=plan.get_state_display(),
        )


def _none_twice(person_id: UUID, since: date, until: date | None) -> None:
    last = until or date(2200, 1, 1)
    if queries.away([person_id], since, last).get(person_id):
        raise Refused(
            "away_already", "An absence is entered for some of these days. End that one first.", field="since"
        )
