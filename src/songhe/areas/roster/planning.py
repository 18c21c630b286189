"""From a roster to the scheduler and back: the problem as a draft stands, and what a plan becomes in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from songhe.areas.roster import queries
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Outcome, Pinned, Roster, RosterLine
from songhe.areas.roster.queries import Facts
from songhe.areas.roster.rules import unevenness
from songhe.core.roster import (
    WARM,
    BrokenPlan,
    Pin,
    Plan,
    Problem,
    Stay,
    Stop,
    Terms,
    at_hand,
    check,
    judge,
    laid,
    promised,
    solve,
)
from songhe.core.roster.kernel.machine import Loops
from songhe.kit.days import begin_of

TaskKey = tuple[str, int]


@dataclass
class Planned:
    """A plan that passed the check, with its terms and cost, and what was fixed of it."""

    plan: Plan
    terms: Terms
    cost: int
    moves: int
    pins: tuple[Pin, ...]


def search(
    facts: Facts,
    roster: Roster,
    before: Sequence[RosterLine] = (),
    *,
    clock: Any = None,
    moves: int | None = None,
    made: Loops | None = None,
) -> Planned:
    """Look for the best plan. What is promised is the beginning, and keeps its worker where it can.

    ``before``: the lines of the plan that it is made from. What the planner fixed there stays fixed, and unless another
    beginning is asked for, the search begins with what was planned there. A roster that is planned anew begins warm, so that
    little changes; pure, and long: call it outside of transactions.
    ``moves``: stop after so many moves of each chain, which gives the same plan each time; ``made``: with other loops.
    """
    params = ground().params
    lines = standing_lines(facts, before)
    stays = stays_of(facts, lines)
    problem = pinned(kept(facts), fixed_of(facts, lines, stays))
    start = facts.built.told
    if roster.goes_on:
        start = Plan(tuple({**start.by_task, **stays}.values()))
    if roster.again:
        params = replace(params, search=replace(params.search, hot=min(WARM, params.search.hot), small=0))
    more = {} if clock is None else {"clock": clock}
    found = solve(
        problem,
        stop=Stop(seconds=roster.seconds) if moves is None else Stop(moves=moves),
        seed=roster.seed,
        params=params,
        start=start,
        made=made,
        **more,
    )
    faults = check(problem, found.plan)
    if faults:
        raise BrokenPlan("\n".join(fault.text for fault in faults[:20]))
    terms = judged(facts, found.plan)
    return Planned(found.plan, terms, terms.cost(ground().weights), found.moves, problem.pins)


def kept(facts: Facts) -> Problem:
    """The problem with what is promised: who comes, when, and by how much that may move."""
    return promised(facts.built.problem, facts.built.told, ground().slack, ground().early)


def judged(facts: Facts, plan: Plan) -> Terms:
    """What a plan is worth, with promises to other workers counted."""
    told = {(stay.visit, stay.part): stay.worker for stay in facts.built.told.stays}
    return judge(replace(facts.built.problem, promised=told), plan, ground().weights)


def shown(facts: Facts, plan: Plan, terms: Terms) -> dict[str, Any]:
    """A plan's terms as they are kept, with how unevenly work is spread."""
    kept_terms = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    return kept_terms | {"uneven": unevenness(facts.built.problem, plan)}


def rows_of(roster: Roster, facts: Facts, plan: Plan, pins: Iterable[Pin]) -> Iterable[RosterLine]:
    """Lines for a plan: one for each order of the span. ``pins``: what is fixed of it."""
    fixed = {(pin.visit, pin.part): pin for pin in pins}
    for key, order in facts.orders.items():
        code, part = facts.built.halves.of_order.get(key, (key, 0))
        stay = plan.by_task.get((code, part))
        visit = facts.visits.get(key)
        pin = fixed.get((code, part))
        yield RosterLine(
            roster=roster,
            order_id=order.pk,
            organisation_id=roster.organisation_id,
            region_id=order.region_id,
            person_id=order.person_id,
            item=order.item,
            minutes=order.minutes,
            code=code,
            part=part,
            worker_id=UUID(stay.worker) if stay else None,
            starts_at=moment(facts, stay) if stay else None,
            pinned=_pinned(pin) if stay else Pinned.NO,
            begun=pin is not None and pin.begun,
            assumed=key in facts.assumed,
            reason=facts.built.left_out.get(key, ""),
            told_visit_id=visit.pk if visit else None,
            told_worker_id=visit.worker_id if visit else None,
            told_at=visit.starts_at if visit else None,
        )


def _pinned(pin: Pin | None) -> Pinned:
    """What a pin says that a planner can fix."""
    if pin is None or pin.worker is None or pin.begun:
        return Pinned.NO
    return Pinned.WORKER if pin.start is None else Pinned.BOTH


def moment(facts: Facts, stay: Stay) -> datetime:
    """When a stay begins."""
    worker = next(one for one in facts.built.problem.workers if one.code == stay.worker)
    like = begin_of(facts.built.first)
    return facts.built.moment(worker.shifts[stay.shift].day, stay.start, like)


@dataclass
class Draft:
    """A draft as the scheduler sees it: its problem with what the planner fixed, and its plan."""

    facts: Facts
    lines: dict[tuple[str, int], RosterLine]
    problem: Problem
    plan: Plan
    lost: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        """What the plan costs."""
        return judged(self.facts, self.plan).cost(ground().weights)


def draft_of(roster: Roster, at: datetime, facts: Facts | None = None, *, but: str = "") -> Draft:
    """The draft as it stands; what no longer fits the orders and shifts of now is left without a worker (``lost``).

    ``but``: a task's code whose pins are not set.
    """
    facts = facts or queries.facts(roster, at)
    lines = by_task(facts, queries.lines_of(roster))
    stays = stays_of(facts, lines)
    fixed = {task: pin for task, pin in fixed_of(facts, lines, stays).items() if task[0] != but}
    problem = pinned(kept(facts), fixed)
    plan, lost = laid(problem, Plan(tuple(stays.values())), params=ground().params, made=at_hand())
    return Draft(facts, lines, problem, plan, lost)


def by_task(facts: Facts, lines: Iterable[RosterLine]) -> dict[TaskKey, RosterLine]:
    """Lines whose order is still part of the plan."""
    of_order = facts.built.halves.of_order
    return {of_order[str(line.order_id)]: line for line in lines if str(line.order_id) in of_order}


def standing_lines(facts: Facts, lines: Iterable[RosterLine]) -> dict[TaskKey, RosterLine]:
    """Lines of another plan as far as nobody was promised otherwise since."""
    return {task: line for task, line in by_task(facts, lines).items() if _stands(line, facts)}


def _stands(line: RosterLine, facts: Facts) -> bool:
    visit = facts.visits.get(str(line.order_id))
    if line.outcome == Outcome.WAITING:
        return line.told_visit_id == (visit.pk if visit else None)
    return visit is not None and (visit.worker_id, visit.starts_at) == (line.worker_id, line.starts_at)


def stays_of(facts: Facts, lines: Mapping[TaskKey, RosterLine]) -> dict[TaskKey, Stay]:
    """What lines say of tasks that are still to be done, in shifts that are still there."""
    tasks = {(visit.code, part) for visit in facts.built.problem.visits for part in range(len(visit.tasks))}
    found = ((task, stay_of(facts, line, task)) for task, line in lines.items() if task in tasks)
    return {task: stay for task, stay in found if stay is not None}


def fixed_of(
    facts: Facts, lines: Mapping[TaskKey, RosterLine], stays: Mapping[TaskKey, Stay]
) -> dict[TaskKey, Pin]:
    """What the planner fixed of lines, as far as it can still be: a time that cannot is let go, and so is a worker."""
    problem = facts.built.problem
    visits = {visit.code: visit for visit in problem.visits}
    pins = {(pin.visit, pin.part): pin for pin in problem.pins}
    found = {}
    for task, stay in stays.items():
        line, visit, old = lines[task], visits[stay.visit], pins.get(task, Pin(*task))
        day = _shift_day(facts, stay)
        if not line.pinned or old.begun or day not in visit.days or stay.worker in visit.forbidden:
            continue
        then = stay.start >= problem.earliest_on(day) and in_time(facts, str(line.order_id), line.starts_at)
        start = stay.start if then and line.pinned == Pinned.BOTH else old.start
        found[task] = replace(old, worker=stay.worker, day=day, start=start)
    return found


def in_time(facts: Facts, order: str, starts_at: datetime | None) -> bool:
    """Whether an order may begin then: within its window, which may be wider than what is wished for, and where its day is
    free is the same on each."""
    row = facts.orders[order]
    if starts_at is None:
        return False
    if row.pk in facts.free:
        starts_at += timezone.localdate(row.wanted_from) - timezone.localdate(starts_at)
    return row.wanted_from <= starts_at <= row.wanted_until - timedelta(minutes=row.minutes)


def pinned(problem: Problem, fixed: Mapping[TaskKey, Pin]) -> Problem:
    """The problem with what the planner fixed."""
    pins = {(pin.visit, pin.part): pin for pin in problem.pins} | dict(fixed)
    return replace(problem, pins=tuple(pins.values()))


def _shift_day(facts: Facts, stay: Stay) -> int:
    worker = next(one for one in facts.built.problem.workers if one.code == stay.worker)
    return worker.shifts[stay.shift].day


def stay_of(facts: Facts, line: RosterLine, task: tuple[str, int]) -> Stay | None:
    """A line as a stay of one of the worker's shifts; None where there is no such shift any more."""
    if line.worker_id is None or line.starts_at is None:
        return None
    local = timezone.localtime(line.starts_at)
    day, start = (local.date() - facts.built.first).days, local.hour * 60 + local.minute
    key = str(line.worker_id)
    worker = next((one for one in facts.built.problem.workers if one.code == key), None)
    if worker is None:
        return None
    for number, shift in enumerate(worker.shifts):
        if shift.day == day and shift.start <= start < shift.end + shift.overtime:
            return Stay(key, number, start, *task)
    return None
