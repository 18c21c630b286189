"""Reads of care plans: their days, what those take of grants and contracts, and what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from songhe.areas.care.models import Absence, LeftOut, Line, Month, Plan, PlanState, Visited
from songhe.areas.care.rules import Span, Window
from songhe.areas.care.weeks import WEEK, Place, Term, places
from songhe.areas.contracts import api as contracts
from songhe.areas.entitlement.api import home_hours
from songhe.areas.providers.api import Worker, employed, worker_names
from songhe.areas.stays.api import Days, stays_between
from songhe.areas.visits.api import Order, PaidBy, taken_by_stage, when_going
from songhe.core.days import monday_of, month_end
from songhe.core.decision import Reason
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.cases.api import calendar
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys, reveal_with

LIVING = (PlanState.ACTIVE, PlanState.SUPERSEDED, PlanState.ENDED)
"""Plans whose days count, each within its own; one that is superseded counts until the day before the next begins."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One day of a line. ``minutes`` of the grant, ``fen`` and ``reason`` are what its contract says; no reason: it fits."""

    line: Line
    day: date
    minutes: int
    fen: int = 0
    contract_id: UUID | None = None
    reason: Reason | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class HoursLeft:
    """A person's minutes of home service in a month. ``decided``: whether the month's grant is approved yet."""

    month: date
    granted: int
    promised: int
    given: int
    settled: int
    decided: bool
    carries: bool

    @property
    def left(self) -> int:
        """What can still be ordered."""
        return max(self.granted - self.promised - self.given - self.settled, 0)


def lines_of(plan: Plan) -> list[Line]:
    """The lines of a plan; whoever sees the plan sees them."""
    with elevated():
        return list(Line.everywhere.filter(plan=plan).select_related("organisation").order_by("id"))


def wished_hours(orders: Sequence[Order]) -> dict[UUID, tuple[datetime, datetime]]:
    """From when until when visits are wished to begin, by order, where the plan lets that be missed; not where another time
    was agreed since."""
    windows = {order.pk: (order.wanted_from, order.wanted_until) for order in orders}
    if not windows:
        return {}
    days = [timezone.localdate(since) for since, _until in windows.values()]
    found: dict[UUID, tuple[datetime, datetime]] = {}
    with elevated():  # a line's plan may be led by another organisation
        rows = Visited.everywhere.filter(
            person__id__among=list({order.person_id for order in orders}), day__range=(min(days), max(days))
        ).exclude(line__hard=True)
        for one, other, day, minutes, earliest, latest in rows.values_list(
            "order_id", "second_id", "day", "line__minutes", "line__earliest", "line__latest"
        ):
            window = Window(earliest, latest, hard=False)
            whole = tuple(map(timezone.make_aware, window.on(day, minutes)))
            first, last = map(timezone.make_aware, window.wished(day))
            found |= {key: (first, last) for key in (one, other) if key and windows.get(key) == whole}
    return found


def away(persons: Collection[UUID], since: date, until: date) -> dict[UUID, list[Absence]]:
    """Absences that touch some days, by person; known to whoever plans for them."""
    found: defaultdict[UUID, list[Absence]] = defaultdict(list)
    with elevated():
        rows = Absence.everywhere.filter(person__id__among=list(persons), since__lte=until)
        for row in rows.filter(Q(until=None) | Q(until__gte=since)).order_by("since", "id"):
            found[row.person_id].append(row)
    return found


def spent(persons: Collection[UUID], since: date, until: date) -> dict[UUID, list[Span]]:
    """Days on which nobody is to come, by person: absences that were entered, and stays in an institution."""
    found = defaultdict(list, {key: spans(rows) for key, rows in away(persons, since, until).items()})
    for key, rows in stays_between(persons, since, until).items():
        found[key] += [_whole(row.days) for row in rows if not row.days.empty]
    return found


def _whole(days: Days) -> Span:
    """The days of a stay with both ends; on the day of leaving somebody may come again."""
    return Span(days.since, None if days.until is None else days.until - timedelta(days=1))


def spans(absences: Iterable[Absence]) -> list[Span]:
    """Absences as the rules take them."""
    return [Span(row.since, row.until) for row in absences]


def holidays(since: date, until: date) -> frozenset[date]:
    """Public holidays of the nation's calendar between two days."""
    years = calendar().years
    found = [years[year].off for year in range(since.year, until.year + 1) if year in years]
    return frozenset(day for off in found for day in off if since <= day <= until)


def placed(
    lines: Sequence[Line], plans: Mapping[UUID, Plan], since: date, until: date, *, after: date
) -> list[tuple[Line, Place, bool]]:
    """What lines ask for between two days, and whether an order was made for it. Days that are left to the planner are those of
    the orders, else from ``after`` on those that suit best."""
    first, last = monday_of(since) - WEEK, monday_of(until) + 2 * WEEK
    away = spent({line.person_id for line in lines}, first, last)
    off, made = holidays(first, last), _made(lines, first, last)
    found: list[tuple[Line, Place, bool]] = []
    for line in lines:
        plan, gone = plans[line.plan_id], away.get(line.person_id, ())
        recurring, rows = line.recurring(plan), made[line.pk]
        if line.often is None:
            there = {day for day, _week, _n in rows}
            days = recurring.days(since, until, away=gone, holidays=off)
            found += [(line, Place(day), day in there) for day in days]
        else:
            kept = {(week, n): day for day, week, n in rows}
            possible = recurring.days(first, last, away=gone, holidays=off)
            term = Term(start=plan.since, until=plan.until, after=after)
            some = places(line.often, term, possible, kept, since, until)
            found += [
                (line, one, (one.week, one.ordinal) in kept) for one in some if since <= one.day <= until
            ]
    return sorted(found, key=lambda one: (one[1].day, one[0].earliest, one[0].pk))


def _made(lines: Sequence[Line], since: date, until: date) -> defaultdict[UUID, list[tuple[date, Any, Any]]]:
    """Days of orders that were made, with week and number where the planner chooses them, by line."""
    found: defaultdict[UUID, list[tuple[date, Any, Any]]] = defaultdict(list)
    with elevated():  # the key holds whoever made the order
        rows = Visited.everywhere.filter(line__in=[line.pk for line in lines], day__range=(since, until))
        for line, day, week, n in rows.values_list("line_id", "day", "week", "ordinal"):
            found[line].append((day, week, n))
    return found


def slots(
    plan: Plan, lines: Sequence[Line], since: date, until: date, *, after: date | None = None
) -> list[Slot]:
    """What a plan asks for between two days, with what each takes of its contract and of the grant."""
    asked_for = placed(lines, {plan.pk: plan}, since, until, after=after or since)
    return list(_priced([(line, one.day) for line, one, _made in asked_for], plan.region_id))


def _priced(found: Sequence[tuple[Line, date]], region: int) -> Iterator[Slot]:
    keys = [uuid7() for _ in found]
    asks = [
        contracts.Ask(
            key=key, organisation_id=line.organisation_id, person_id=line.person_id, region=region, item=line.item,
            on=day, minutes=line.minutes,
        )
        for key, (line, day) in zip(keys, found, strict=True)
        if line.paid_by == PaidBy.ENTITLEMENT
    ]  # fmt: skip
    decisions = contracts.preview(asks)
    for key, (line, day) in zip(keys, found, strict=True):
        decision = decisions.get(key)
        if decision is None:  # the person pays
            yield Slot(line, day, 0)
        elif decision.value is None:
            yield Slot(line, day, line.minutes * line.halves, reason=decision.reasons[-1], code=decision.code)
        else:
            taken = decision.value
            minutes = taken.amount.minutes if taken.contract_id else line.minutes
            yield Slot(line, day, minutes * line.halves, taken.amount.fen * line.halves, taken.contract_id)


def hours_left(person_id: UUID, month: date) -> HoursLeft | None:
    """A person's hours of a month; None where none were granted of late."""
    found = home_hours([person_id], month).get(person_id)
    if found is None:
        return None
    taken = taken_by_stage([person_id], month)
    return HoursLeft(
        month=month.replace(day=1),
        granted=found.granted,
        promised=taken.get((person_id, str(contracts.Stage.PROMISED)), 0),
        given=taken.get((person_id, str(contracts.Stage.GIVEN)), 0),
        settled=found.granted - found.free if found.decided else 0,
        decided=found.decided,
        carries=found.carries,
    )


def to_review(scope: Scope, on: date, *, within: int = 14) -> QuerySet[Plan]:
    """Active plans whose review is due within some days, or whose person moved since it was signed."""
    rows = Plan.objects.within(scope).filter(state=PlanState.ACTIVE)
    moved = ~Q(signed_region=None) & ~Q(region_id=F("signed_region"))
    found: QuerySet[Plan] = rows.filter(Q(review_on__lte=on + timedelta(days=within)) | moved)
    return found.order_by("review_on", "id")


def drafts(scope: Scope) -> QuerySet[Plan]:
    """Plans that wait for a signature."""
    rows: QuerySet[Plan] = Plan.objects.within(scope).filter(state=PlanState.DRAFT)
    return rows.order_by("prepared_at", "id")


def active_plan(person_id: UUID, on: date) -> Plan | None:
    """The plan that holds for a person on a day."""
    rows = Plan.everywhere.filter(person_id=person_id, state__in=LIVING, since__lte=on)
    found: Plan | None = rows.filter(Q(until=None) | Q(until__gte=on)).order_by("-version").first()
    return found


@when_going
def wishes_on(persons: Collection[UUID], day: date) -> dict[UUID, str]:
    """What persons and families wish, by the plans that hold on a day."""
    with elevated():  # the worker who goes there, of whichever organisation, has no plans in reach
        rows = Plan.everywhere.filter(person__id__among=list(persons), state__in=LIVING, since__lte=day)
        rows = rows.filter(Q(until=None) | Q(until__gte=day)).order_by("version")
        sealed = dict(rows.values_list("person_id", "wishes_sealed"))
        keys = open_keys([key for key, words in sealed.items() if words])
    return {key: reveal_with(opened, key, sealed[key]) for key, opened in keys.items()}


def plans_of(person_id: UUID, scope: Scope) -> QuerySet[Plan]:
    """The plans of a person that a scope reaches, the latest first."""
    rows: QuerySet[Plan] = Plan.objects.within(scope).filter(person_id=person_id)
    return rows.order_by("-version", "-id")


def carried_out(person_id: UUID, scope: Scope) -> Plan | None:
    """The plan of a person that is carried out, if a scope reaches it."""
    return next(iter(_active_plans(person_id, scope.shared)), None)


@asked
def _active_plans(person_id: UUID, scope: Scope) -> QuerySet[Plan]:
    return plans_of(person_id, scope).filter(state=PlanState.ACTIVE)[:1]


@asked
def latest_plans(person_id: UUID, scope: Scope, most: int) -> QuerySet[Plan]:
    """The latest plans of a person that a scope reaches."""
    return plans_of(person_id, scope)[:most]


def workers_for(organisation_id: UUID, scope: Scope, on: date) -> QuerySet[Worker]:
    """The workers whom an organisation employs on a day."""
    rows: QuerySet[Worker] = employed(scope, on, organisation_id=organisation_id)
    return rows.order_by("name", "id")


def named(workers: Iterable[str]) -> str:
    """Names of workers by their keys as text."""
    keys = [UUID(key) for key in workers]
    names = worker_names(keys)
    return "、".join(names[key] for key in keys if key in names)


def planned_lines(scope: Scope, month: Month) -> QuerySet[Line]:
    """The lines whose orders a month's run makes: of a region or of one organisation, with plans that touch the month."""
    since, until = month.month, month_end(month.month)
    rows = Line.objects.within(scope).filter(plan__state__in=LIVING, plan__since__lte=until)
    rows = rows.filter(Q(plan__until=None) | Q(plan__until__gte=since))
    if month.organisation_id is not None:
        found: QuerySet[Line] = rows.filter(organisation_id=month.organisation_id)
    else:
        found = rows.filter(region_id__gte=month.region.code, region_id__lt=month.region.upper)
    return found.order_by("plan_id", "id")


def left_out(month: Month, scope: Scope, *, most: int = 300) -> list[LeftOut]:
    """What a run could not plan, as far as a reader sees it."""
    rows = LeftOut.objects.within(scope).filter(month=month)
    return list(rows.order_by("code", "day", "id")[:most])


def promised_from(person_id: UUID, since: date, until: date) -> dict[UUID, contracts.Amount]:
    """What plans of a person promised for days between two, by contract."""
    with elevated():  # of all organisations
        rows = Visited.everywhere.filter(person_id=person_id, day__gte=since, day__lte=until)
        orders = [key for pair in rows.values_list("order_id", "second_id") for key in pair if key]
    return contracts.promised_by(orders)
