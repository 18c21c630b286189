"""What a change of a draft would do, before it is made: whether it can be, what it costs, and whom else it moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import RosterLine
from songhe.areas.roster.planning import Draft, in_time, judged, moment
from songhe.core.refusal import Refused
from songhe.core.roster import (
    Change,
    Desk,
    Pin,
    Plan,
    Problem,
    Reason,
    Told,
    Visit,
    at_hand,
    compare,
    why,
    why_not,
)
from songhe.core.sources import DataError


@dataclass(frozen=True)
class Tried:
    """A change that can be made: the new plan, what it costs more (or less), and everything that changes."""

    plan: Plan
    cost: int
    changes: tuple[Change, ...]
    worker: str
    starts_at: datetime
    exact: bool


@dataclass(frozen=True)
class Against:
    """A change that cannot be made: the rule against it."""

    reason: Reason | None


def try_move(
    draft: Draft, line: RosterLine, worker: UUID | None, starts_at: datetime | None
) -> Tried | Against:
    """Give an order to a worker (or to whom it suits best) at a time, or when it fits.

    A time that does not fit gives way to one that does, which is told.
    """
    task = task_of(draft, line)
    if starts_at is not None:
        found = _tried(draft, task, worker, starts_at)
        if isinstance(found, Tried):
            return found
    found = _tried(draft, task, worker, None, day=starts_at)
    if isinstance(found, Tried) and starts_at is not None:
        return replace(found, exact=False)
    return found


def task_of(draft: Draft, line: RosterLine) -> tuple[str, int]:
    """The task of a line; refused where it is no part of the plan any more, or has begun."""
    task = draft.facts.built.halves.of_order.get(str(line.order_id))
    if task is None:
        raise Refused("gone", "This order changed since the plan was made. Re-plan.")
    if any((pin.visit, pin.part) == task and pin.begun for pin in draft.problem.pins):
        raise Refused("under_way", "The worker is there already.")
    return task


def _tried(
    draft: Draft,
    task: tuple[str, int],
    worker: UUID | None,
    starts_at: datetime | None,
    day: datetime | None = None,
) -> Tried | Against:
    code, part = task
    visit = visit_of(draft, code)
    pin, against = _pin(draft, visit, part, worker, starts_at, day)
    if against:
        return Against(Reason(str(worker or ""), part, against))
    pins = [one for one in draft.problem.pins if one.visit != code]
    pins.append(pin)
    if len(visit.tasks) == 2 and (other := draft.plan.by_task.get((code, 1 - part))):
        pins.append(Pin(code, 1 - part, worker=other.worker))
    left = Plan(tuple(stay for stay in draft.plan.stays if stay.visit != code), draft.plan.rests)
    desk = Desk(replace(eased(draft, code), pins=tuple(pins)), left, params=ground().params, made=at_hand())
    if desk.give(code) is None:
        return Against(_first_reason(desk, task, worker))
    stay = desk.plan.by_task[task]
    cost = judged(draft.facts, desk.plan).cost(ground().weights) - draft.cost
    at = moment(draft.facts, stay)
    return Tried(desk.plan, cost, compare(draft.plan, desk.plan), stay.worker, at, starts_at in (None, at))


def _pin(
    draft: Draft,
    visit: Visit,
    part: int,
    worker: UUID | None,
    starts_at: datetime | None,
    day: datetime | None,
) -> tuple[Pin, str]:
    """What the planner asks for as a pin, or the rule against it: a pin is not asked for the window by the search."""
    key = str(worker) if worker else None
    if key is not None and all(one.code != key for one in draft.problem.workers):
        return Pin(visit.code, part), "shift"
    old = next(
        (p for p in draft.problem.pins if (p.visit, p.part) == (visit.code, part)), Pin(visit.code, part)
    )
    fixed = old.start if visit.latest == visit.earliest + 1 else None
    if starts_at is None and day is None:
        return Pin(visit.code, part, worker=key, start=fixed), ""
    local = timezone.localtime(starts_at or day)
    number, minute = (local.date() - draft.facts.built.first).days, local.hour * 60 + local.minute
    if number not in visit.days:
        return old, "day"
    if starts_at is None:
        return Pin(visit.code, part, worker=key, day=number, start=fixed), ""
    order = draft.facts.built.halves.of_task[visit.code, part]
    if not in_time(draft.facts, order, starts_at) or (fixed is not None and fixed != minute):
        return old, "window"
    return Pin(visit.code, part, worker=key, day=number, start=minute), ""


def visit_of(draft: Draft, code: str) -> Visit:
    """A visit with the whole window that the person wants, whatever was promised."""
    return next(visit for visit in draft.facts.built.problem.visits if visit.code == code)


def eased(draft: Draft, code: str) -> Problem:
    """The problem in which one visit may be at any time that the person wants, and all others keep what is promised."""
    visits = (visit_of(draft, code) if visit.code == code else visit for visit in draft.problem.visits)
    return replace(draft.problem, visits=tuple(visits))


def _first_reason(desk: Desk, task: tuple[str, int], worker: UUID | None) -> Reason | None:
    told = why_not(desk, task[0])
    mine = [
        one for one in told.reasons if one.part == task[1] and (worker is None or one.worker == str(worker))
    ]
    return mine[0] if mine else Reason(str(worker or ""), task[1], "together") if told.together else None


def explained(draft: Draft, line: RosterLine) -> Told:
    """Why nobody does a visit, or why who does it: what everybody would cost, and what forbids the others."""
    code, _part = task_of(draft, line)
    pins = tuple(pin for pin in draft.problem.pins if pin.visit != code or pin.begun)
    desk = Desk(replace(eased(draft, code), pins=pins), draft.plan, params=ground().params, made=at_hand())
    try:
        return why(desk, code) if (code, 0) in draft.plan.by_task else why_not(desk, code)
    except DataError as fault:
        raise Refused("not_told", "This cannot be explained at present. Re-plan.") from fault
