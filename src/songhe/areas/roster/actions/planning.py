"""Making plans: a day or a week, anew after something changed, or a second one beside the first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songhe.areas.providers.api import Leave, Organisation, Worker, take_leave
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Days, Roster, RosterLine, State
from songhe.areas.roster.planning import Planned, rows_of, shown
from songhe.areas.roster.queries import Facts
from songhe.core.days import monday_of
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import ask_to_stop, start
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field
from songhe.kit.refusals import worded

AHEAD = 62
First = Annotated[date, Field(label=_("First day"))]
Covering = Annotated[
    Days, Field(label=_("Planning horizon"), help=_("A week goes from Monday to Sunday"), radio=True)
]
Seconds = Annotated[
    int | None,
    Field(
        label=_("Search time (seconds)"),
        help=_("Empty: as usual. Longer finds better plans."),
        least=1,
        most=120,
    ),
]
Whole = Annotated[Region, Field(label=_("Region"))]
Sick = Annotated[Worker, Field(label=_("Worker"))]
Back = Annotated[date | None, Field(label=_("Back at work on"))]
PLAN = "roster.plan"


@act("roster.plan")
def plan_days(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    first: First,
    days: Covering = Days.DAY,
    seconds: Seconds = None,
) -> Roster:
    """Plan the visits of an organisation; the plan comes as a draft, and nobody is sent before it is published."""
    made = Roster(
        organisation=organisation, region_id=organisation.region_id, first=_first(first, days), days=days
    )
    return _begun(made, seconds, actor=actor, at=at)


@act("roster.plan")
def plan_region(
    *,
    actor: Actor,
    at: datetime,
    region: Whole,
    first: First,
    days: Covering = Days.DAY,
    seconds: Seconds = None,
) -> Roster:
    """Plan the visits of all organisations of a region together, for an office that dispatches for all of them."""
    if not actor.scope("roster.plan").holds(region.code):
        raise Refused(
            "whole_region",
            "You plan for an organisation, not for a whole region. Choose it instead.",
            field="region",
        )
    return _begun(Roster(region=region, first=_first(first, days), days=days), seconds, actor=actor, at=at)


@act("roster.plan")
def plan_beside(roster: Roster, *, actor: Actor, at: datetime, seconds: Seconds = None) -> Roster:
    """Make a second plan of the same span, from another beginning, to compare the two."""
    fresh = like(roster, again=roster.again)
    fresh.seed, fresh.reason = roster.seed + 1, roster.reason
    return _begun(fresh, seconds, actor=actor, at=at)


@act("roster.plan")
def plan_again(
    roster: Roster,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), size=200)] = "",
) -> Roster:
    """Plan anew from what is promised now: what changed is taken up, everything else stays as near as can be."""
    fresh = like(roster, again=True)
    fresh.reason = normalise(reason, field="reason")[:200]
    return _begun(fresh, ground().seconds["again"], actor=actor, at=at)


@act("roster.plan")
def replace_ill(
    roster: Roster,
    *,
    actor: Actor,
    at: datetime,
    worker: Sick,
    back: Back = None,
) -> Roster:
    """Enter that a worker is ill from today on, and propose who goes instead."""
    today = timezone.localdate(at)
    if roster.organisation_id not in (None, worker.organisation_id):
        raise Refused("other_organisation", "This worker belongs to another organisation.", field="worker")
    with elevated():  # the planner reaches the roster; the leave belongs to the same organisation
        take_leave(worker, actor=actor, at=at, why=Leave.Why.ILL, since=max(today, roster.first), back=back)
    fresh = like(roster, again=True)
    fresh.reason = worded(gettext_noop("{name} is ill"), name=worker.name)
    return _begun(fresh, ground().seconds["again"], actor=actor, at=at)


@act("roster.plan")
def stop_planning(roster: Roster, *, actor: Actor, at: datetime) -> Roster:
    """Stop looking. Nothing is kept of the plan."""
    if roster.state != State.PLANNING or roster.job_id is None:
        raise Refused("not_planning", "This plan is there already. Look at it again.")
    ask_to_stop(roster.job_id, at=at)
    roster.state = State.FAILED
    roster.reason = roster.reason or worded(gettext_noop("Stopped"))
    roster.save(update_fields=["state", "reason"])
    return roster


@act("roster.plan")
def discard(roster: Roster, *, actor: Actor, at: datetime) -> Roster:
    """Put a draft aside; it stays to be read."""
    if roster.state not in (State.DRAFT, State.FAILED):
        raise Refused("not_a_draft", "Only a draft can be put aside.")
    roster.state = State.SUPERSEDED
    roster.save(update_fields=["state"])
    return roster


@act("roster.plan", verb="roster.keep_plan")
def keep_plan(roster: Roster, *, actor: Actor, at: datetime, facts: Facts, planned: Planned) -> Roster:
    """Keep what the search found; called by its job, once."""
    if roster.state != State.PLANNING:
        return roster
    lines = list(rows_of(roster, facts, planned.plan, planned.pins))
    RosterLine.everywhere.bulk_create(lines, batch_size=500)
    roster.terms = shown(facts, planned.plan, planned.terms)
    roster.cost, roster.moves = planned.cost, planned.moves
    roster.unassigned = sum(line.worker_id is None for line in lines)
    roster.params = ground().told() | {"idle": len(facts.idle), "assumed_places": len(facts.assumed)}
    roster.state, roster.planned_at = State.DRAFT, at
    roster.save()
    add_detail(lines=len(lines))
    return roster


@act("roster.plan", verb="roster.not_planned")
def not_planned(roster: Roster, *, actor: Actor, at: datetime, reason: str) -> Roster:
    """Say why no plan came of it; called by its job."""
    if roster.state == State.PLANNING:
        roster.state, roster.reason = State.FAILED, reason[:400]
        roster.save(update_fields=["state", "reason"])
    return roster


def like(roster: Roster, *, again: bool) -> Roster:
    """Another plan of the same span, made from a first one."""
    return Roster(
        origin=roster,
        seed=roster.seed,
        organisation_id=roster.organisation_id,
        region_id=roster.region_id,
        first=roster.first,
        days=roster.days,
        again=again,
    )


def _first(day: date, days: int) -> date:
    """A week begins on its Monday, since hours of a week are those of a calendar week."""
    return day if days == Days.DAY else monday_of(day)


def _begun(roster: Roster, seconds: int | None, *, actor: Actor, at: datetime) -> Roster:
    today, limits = timezone.localdate(at), ground().seconds
    if roster.last < today:
        raise Refused("over", "These days are over. Choose a later first day.", field="first")
    if roster.first > today + timedelta(days=AHEAD):
        raise Refused("far", "Plans are made at most two months ahead.", field="first")
    usual = limits["day"] if roster.days == Days.DAY else limits["week"]
    roster.seconds = min(seconds or usual, limits["most"])
    roster.made_by_id, roster.made_by_name, roster.made_at = actor.id, actor.name[:80], at
    roster.save(force_insert=True)
    roster.job_id = start(PLAN, {"roster": str(roster.pk)}, actor=actor, at=at, key=str(roster.pk)).pk
    roster.save(update_fields=["job_id"])
    return roster
