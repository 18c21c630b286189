"""A month's orders for all plans of a scope, made once: a second run adds nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songhe.areas.care import queries
from songhe.areas.care.models import LeftOut, Line, Month, MonthState, Plan, PlanState, Visited
from songhe.areas.care.weeks import Place
from songhe.areas.providers.api import Organisation
from songhe.areas.visits.api import PaidBy, Planned, Wish, plan_many
from songhe.core.days import month_end
from songhe.core.decision import Reason
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, elevated, insert_many
from songhe.engines.acts.api import act, record_bulk
from songhe.engines.jobs.api import start, still_open
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

AnyDay = Annotated[date, Field(label=_("Month"), help=_("Any day of the month."))]
Where = Annotated[Region, Field(label=_("Region"))]
Whose = Annotated[Organisation, Field(label=_("Organisation"))]
AHEAD = 62
REVIEW = gettext_noop("The plan is to be reviewed by {day}. Make a new version, then plan again.")
MOVED = gettext_noop("The person moved since the plan was signed. Make a new version, then plan again.")
VISITED = (
    "id", "line", "person", "region", "organisation_id", "day", "order_id", "second_id", "month", "week", "ordinal",
)  # fmt: skip
LEFT_OUT = (
    "id", "month", "line", "plan", "person", "region", "organisation_id", "item", "day", "code", "text", "values",
)  # fmt: skip


@act("care.plan")
def plan_region_month(*, actor: Actor, at: datetime, region: Where, month: AnyDay) -> Month:
    """Make the orders of a month for all plans of a region."""
    if not actor.scope("care.plan").holds(region.pk):
        raise Forbidden(
            "outside_scope", "This is outside your area. Hand it to the colleague who is responsible there."
        )
    return _begun(Month(region=region), month, actor=actor, at=at)


@act("care.plan")
def plan_own_month(
    *,
    actor: Actor,
    at: datetime,
    organisation: Whose,
    month: AnyDay,
) -> Month:
    """Make the orders of a month for all that one organisation gives by plans."""
    return _begun(Month(region=organisation.region, organisation=organisation), month, actor=actor, at=at)


def _begun(made: Month, month: date, *, actor: Actor, at: datetime) -> Month:
    day = timezone.localdate(at)
    made.month = month.replace(day=1)
    last = month_end(made.month)
    if last <= day or made.month > day + timedelta(days=AHEAD):
        raise Refused(
            "month", "Orders are made for this month and the next two. Choose one of them.", field="month"
        )
    made.started_by, made.started_at = actor.name[:80], at
    _close_stopped(made, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "month_running",
            "This month is being planned at this moment. Wait until it is done.",
            field="month",
        ) from error
    job = start("care.month", {"month": str(made.pk)}, actor=actor, at=at, key=str(made.pk))
    made.job_id = job.pk
    made.save(update_fields=["job_id"])
    return made


def _close_stopped(like: Month, *, at: datetime) -> None:
    """A run whose job was stopped or died holds nobody up; what it made stays, and is found by the next."""
    rows = Month.everywhere.filter(region=like.region, organisation=like.organisation, month=like.month)
    running = {row.pk: row.job_id for row in rows.filter(state=MonthState.RUNNING)}
    going = still_open(key for key in running.values() if key)
    dead = [key for key, job in running.items() if job not in going]
    rows.filter(pk__in=dead).update(state=MonthState.STOPPED, finished_at=at)


@dataclass(slots=True)
class _Day:
    """One visit of a line to be planned."""

    key: UUID
    line: Line
    place: Place

    @property
    def day(self) -> date:
        """Its day."""
        return self.place.day


def look_through(month: Month, lines: Sequence[Line], *, actor: Actor, at: datetime) -> Counter[str]:
    """Make the orders of some lines; counts what was made, was there, and was left out by why. One bulk act."""
    with elevated():  # a line's plan may be led by another organisation
        plans = Plan.everywhere.in_bulk({line.plan_id for line in lines})
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    since, until = max(month.month, tomorrow), month_end(month.month)
    found = queries.placed(lines, plans, since, until, after=tomorrow)
    fresh = [_Day(uuid7(), line, place) for line, place, there in found if not there]
    out, wishes = _sorted(fresh, plans)
    out |= plan_many(wishes, actor=actor, at=at)
    counts = _keep(month, fresh, out, plans, actor=actor, at=at)
    counts["there"] = len(found) - len(fresh)
    return counts


def _sorted(fresh: Sequence[_Day], plans: dict[UUID, Plan]) -> tuple[dict[UUID, Planned], list[Wish]]:
    """What plans themselves do not let be planned, and the wishes for all else."""
    out: dict[UUID, Planned] = {}
    wishes: list[Wish] = []
    for one in fresh:
        plan = plans[one.line.plan_id]
        if plan.moved:
            out[one.key] = Planned(code="moved", reason=Reason(MOVED))
        elif plan.state == PlanState.ACTIVE and one.day > plan.review_on:
            out[one.key] = Planned(
                code="review", reason=Reason(REVIEW, values={"day": plan.review_on.isoformat()})
            )
        else:
            wishes.append(_wish(one))
    return out, wishes


def _wish(one: _Day) -> Wish:
    line = one.line
    since, until = line.window.on(one.day, line.minutes)
    return Wish(
        key=one.key, person_id=line.person_id, organisation_id=line.organisation_id, item=line.item,
        minutes=line.minutes, since=timezone.make_aware(since), until=timezone.make_aware(until),
        paid_by=PaidBy(line.paid_by), gender=line.gender, language=line.language, preferred=tuple(line.preferred),
        unwanted=tuple(line.unwanted), double=line.double, gap_least=line.gap_least, gap_most=line.gap_most,
    )  # fmt: skip


def _keep(
    month: Month,
    fresh: Sequence[_Day],
    out: dict[UUID, Planned],
    plans: dict[UUID, Plan],
    *,
    actor: Actor,
    at: datetime,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    visited: list[tuple[Any, ...]] = []
    left: list[tuple[Any, ...]] = []
    for one in fresh:
        line, found = one.line, out[one.key]
        if found.orders:
            second = found.orders[1] if len(found.orders) > 1 else None
            visited.append(
                (uuid7(), line.pk, line.person_id, line.region_id, line.organisation_id, one.day, found.orders[0], second,
                 month.pk, one.place.week, one.place.ordinal)
            )  # fmt: skip
            counts["made"] += len(found.orders)
        elif found.reason is not None:
            values = {name: str(value) for name, value in found.reason.values.items()}
            left.append(
                (uuid7(), month.pk, line.pk, line.plan_id, line.person_id, line.region_id, line.organisation_id, line.item,
                 one.day, found.code, found.reason.text, values)
            )  # fmt: skip
            counts[found.code] += 1
    with elevated():  # rows of all organisations of the run
        insert_many(Visited, VISITED, visited)
        insert_many(LeftOut, LEFT_OUT, left)
    digest = hashlib.sha256("\n".join(f"{row[1]} {row[5]} {row[6]}" for row in visited).encode()).hexdigest()
    record_bulk(
        "care.plan_month",
        model=Visited,
        count=len(visited),
        digest=digest,
        actor=actor,
        at=at,
        region_id=month.region_id,
    )
    return counts


def finish_month(month: Month, counts: Counter[str], *, at: datetime) -> Month:
    """Keep how it came out."""
    month.made, month.there = counts.pop("made", 0), counts.pop("there", 0)
    month.left_out, month.reasons = sum(counts.values()), dict(counts)
    month.state, month.finished_at = MonthState.DONE, at
    month.save()
    return month
