"""From a roster to the scheduler and back: the problem as a draft stands, and what a plan becomes in rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from songhe.areas.roster import queries
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Pinned, Roster, RosterLine
from songhe.areas.roster.queries import Facts
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


@dataclass
class Planned:
    """A plan that passed the check, with its terms and cost."""

    plan: Plan
    terms: Terms
    cost: int
    moves: int


def search(
    facts: Facts, roster: Roster, *, clock: Any = None, moves: int | None = None, made: Loops | None = None
) -> Planned:
    """Look for the best plan. What is promised is the beginning, and keeps its worker where it can.

    A roster that is planned anew begins warm, so that little changes; pure, and long: call it outside of transactions.
    ``moves``: stop after so many moves of each chain, which gives the same plan each time; ``made``: with other loops.
    """
    params = ground().params
    problem = kept(facts)
    if roster.again:
        params = replace(params, search=replace(params.search, hot=min(WARM, params.search.hot), small=0))
    more = {} if clock is None else {"clock": clock}
    found = solve(
        problem,
        stop=Stop(seconds=roster.seconds) if moves is None else Stop(moves=moves),
        seed=roster.seed,
        params=params,
        start=facts.built.told,
        made=made,
        **more,
    )
    faults = check(problem, found.plan)
    if faults:
        raise BrokenPlan("\n".join(fault.text for fault in faults[:20]))
    terms = judged(facts, found.plan)
    return Planned(found.plan, terms, terms.cost(ground().weights), found.moves)


def kept(facts: Facts) -> Problem:
    """The problem with what is promised: who comes, when, and by how much that may move."""
    return promised(facts.built.problem, facts.built.told, ground().slack, ground().early)


def judged(facts: Facts, plan: Plan) -> Terms:
    """What a plan is worth, with promises to other workers counted."""
    told = {(stay.visit, stay.part): stay.worker for stay in facts.built.told.stays}
    return judge(replace(facts.built.problem, promised=told), plan, ground().weights)


def shown(terms: Terms) -> dict[str, Any]:
    """Terms as they are kept."""
    return {name: getattr(terms, name) for name in Terms.__dataclass_fields__}


def rows_of(roster: Roster, facts: Facts, plan: Plan) -> Iterable[RosterLine]:
    """Lines for a plan: one for each order of the span."""
    for key, order in facts.orders.items():
        code, part = facts.built.halves.of_order.get(key, (key, 0))
        stay = plan.by_task.get((code, part))
        visit = facts.visits.get(key)
        pin = next(
            (p for p in facts.built.problem.pins if p.visit == code and p.part == part and p.begun), None
        )
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
            begun=pin is not None,
            assumed=key in facts.assumed,
            reason=facts.built.left_out.get(key, ""),
            told_visit_id=visit.pk if visit else None,
            told_worker_id=visit.worker_id if visit else None,
            told_at=visit.starts_at if visit else None,
        )


def moment(facts: Facts, stay: Stay) -> datetime:
    """When a stay begins."""
    worker = next(one for one in facts.built.problem.workers if one.code == stay.worker)
    like = timezone.make_aware(datetime.combine(facts.built.first, datetime.min.time()))
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
    tasks = {(visit.code, part) for visit in facts.built.problem.visits for part in range(len(visit.tasks))}
    lines = {
        facts.built.halves.of_order[str(line.order_id)]: line
        for line in queries.lines_of(roster)
        if str(line.order_id) in facts.built.halves.of_order
    }
    stays = [
        stay
        for task, line in lines.items()
        if task in tasks and line.worker_id and (stay := stay_of(facts, line, task)) is not None
    ]
    pins = {(pin.visit, pin.part): pin for pin in facts.built.problem.pins}
    for stay in stays:
        task = stay.visit, stay.part
        fixed = lines[task].pinned
        if not fixed or task[0] == but or (task in pins and pins[task].begun):
            continue
        old = pins.get(task, Pin(*task))
        day = _shift_day(facts, stay)
        pins[task] = replace(
            old,
            worker=stay.worker,
            day=day,
            start=stay.start if fixed == Pinned.BOTH else old.start,
        )
    problem = replace(kept(facts), pins=tuple(pins.values()))
    plan, lost = laid(problem, Plan(tuple(stays)), params=ground().params, made=at_hand())
    return Draft(facts, lines, problem, plan, lost)


def _shift_day(facts: Facts, stay: Stay) -> int:
    worker = next(one for one in facts.built.problem.workers if one.code == stay.worker)
    return worker.shifts[stay.shift].day


def stay_of(facts: Facts, line: RosterLine, task: tuple[str, int]) -> Stay | None:
    """A line as a stay of one of the worker's shifts; None where there is no such shift any more."""
    if line.starts_at is None:
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
