"""The day goes on otherwise than planned: keep what was promised, change as little as can be, say what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from songhe.core.roster.compare import Change, compare
from songhe.core.roster.judge import judge
from songhe.core.roster.kernel.machine import Loops, Told
from songhe.core.roster.params import Params, Stop
from songhe.core.roster.plan import Plan, Result
from songhe.core.roster.problem import Pin, Problem, Visit
from songhe.core.roster.solve import solve

WARM = 2.0
"""Heat at which a plan is taken up again: moves that cost more than a few minutes are not tried."""
SLACK = 15
"""Minutes by which a visit may move from what was told before each further minute costs."""


@dataclass(frozen=True)
class Replanned:
    """The new plan, and every task that is done otherwise."""

    result: Result
    changes: tuple[Change, ...]


def progressed(problem: Problem, plan: Plan, *, today: int, now: int) -> Problem:
    """The problem at a minute of a day: what has begun by then stays as it is, breaks too, and nobody sets out earlier."""
    shifts = {worker.code: worker.shifts for worker in problem.workers}
    pins = {(pin.visit, pin.part): pin for pin in problem.pins}
    for stay in plan.stays:
        day = shifts[stay.worker][stay.shift].day
        if (day, stay.start) <= (today, now):
            pins[stay.visit, stay.part] = Pin(stay.visit, stay.part, stay.worker, day, stay.start, begun=True)
    had = {
        (rest.worker, rest.shift)
        for rest in plan.rests
        if (shifts[rest.worker][rest.shift].day, rest.start) <= (today, now)
    }
    return replace(problem, pins=tuple(pins.values()), today=today, now=now, rested=problem.rested | had)


def ill(problem: Problem, code: str) -> Problem:
    """A worker can do nothing that has not begun."""
    begun = {(pin.visit, pin.part) for pin in problem.pins if pin.begun}
    visits = tuple(
        visit
        if all((visit.code, part) in begun for part in range(len(visit.tasks)))
        else replace(visit, forbidden=visit.forbidden | {code})
        for visit in problem.visits
    )
    pins = tuple(pin for pin in problem.pins if pin.begun or pin.worker != code)
    return replace(problem, visits=visits, pins=pins)


def cancelled(problem: Problem, codes: Iterable[str]) -> Problem:
    """Visits that need not be done."""
    gone = set(codes)
    return replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.code not in gone),
        pins=tuple(pin for pin in problem.pins if pin.visit not in gone),
        promised={key: worker for key, worker in problem.promised.items() if key[0] not in gone},
    )


def overrun(problem: Problem, code: str, minutes: int, *, part: int = 0) -> Problem:
    """A task takes so many minutes in all."""

    def longer(visit: Visit) -> Visit:
        if visit.code != code:
            return visit
        tasks = list(visit.tasks)
        tasks[part] = replace(tasks[part], minutes=minutes)
        return replace(visit, tasks=tuple(tasks))

    return replace(problem, visits=tuple(longer(visit) for visit in problem.visits))


def replan(
    problem: Problem,
    plan: Plan,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    told: Told | None = None,
    made: Loops | None = None,
    early: int = 0,
) -> Replanned:
    """Plan anew from what was told. ``problem`` is how things stand now: see progressed, ill, cancelled, overrun.

    ``early``: so many minutes a visit may begin before what was told.
    """
    params = params or Params()
    warm = replace(params, search=replace(params.search, hot=min(WARM, params.search.hot), small=0))
    kept = promised(problem, plan, early=early)
    found = solve(kept, stop=stop, seed=seed, params=warm, start=plan, told=told, made=made)
    real = replace(problem, promised=kept.promised)
    had = [rest for rest in plan.rests if (rest.worker, rest.shift) in problem.rested]
    made_of = Plan(found.plan.stays, tuple(sorted((*found.plan.rests, *had))))
    terms = judge(real, made_of, params.weights)
    result = replace(found, plan=made_of, terms=terms, cost=terms.cost(params.weights, problem.per_minute))
    return Replanned(result, compare(plan, made_of))


def promised(problem: Problem, plan: Plan, slack: int = SLACK, early: int | None = None) -> Problem:
    """The problem with what a plan told people: who comes, and when, give or take some minutes.

    ``early``: so many minutes a visit may begin before what was told, where these are not as many as after it.
    """
    minutes = slack * problem.per_minute
    before = minutes if early is None else early * problem.per_minute
    told = {(stay.visit, stay.part): stay.worker for stay in plan.stays}
    return replace(
        problem,
        promised={**problem.promised, **told},
        visits=tuple(_narrowed(visit, plan, before, minutes) for visit in problem.visits),
    )


def _narrowed(visit: Visit, plan: Plan, before: int, minutes: int) -> Visit:
    starts = [
        stay.start
        for stay in (plan.by_task.get((visit.code, part)) for part in range(len(visit.tasks)))
        if stay
    ]
    if not starts:
        return visit
    latest = max(min(visit.latest, max(starts) + minutes), visit.earliest + 1)
    earliest = max(visit.earliest, min(min(starts) - before, latest - 1))
    return replace(
        visit, earliest=earliest, latest=latest, grace=None if visit.grace is None else visit.last - latest
    )
