"""What a plan is worth, worked out from problem and plan alone: the terms that are reported, and their cost."""

from __future__ import annotations

from itertools import pairwise

from songhe.core.roster.params import Weights
from songhe.core.roster.plan import Plan, Terms
from songhe.core.roster.problem import Problem, Worker

SQUARE = 480
"""Minutes of load for which the squared load counts as much as the load."""


def judge(problem: Problem, plan: Plan, weights: Weights) -> Terms:
    """Every term of a plan that passes the check."""
    visits = {visit.code: visit for visit in problem.visits}
    workers = {worker.code: worker for worker in problem.workers}
    minutes = {mode: problem.travel.minutes(mode) for mode in {one.mode for one in problem.workers}}
    travel, overtime, loads = 0, 0, dict.fromkeys(workers, 0)
    for (code, number), stays in plan.tours.items():
        worker = workers[code]
        shift, ways = worker.shifts[number], minutes[worker.mode]
        places = [worker.start, *(visits[stay.visit].place for stay in stays), home(worker)]
        legs = [int(ways[a, b]) for a, b in pairwise(places)]
        travel += sum(legs)
        loads[code] += sum(legs) + sum(visits[stay.visit].tasks[stay.part].minutes for stay in stays)
        back = stays[-1].start + visits[stays[-1].visit].tasks[stays[-1].part].minutes
        rests = [rest.start for rest in plan.breaks.get((code, number), ())]
        if shift.rest and rests and rests[0] > stays[-1].start:
            back = max(back, rests[0] + shift.rest.minutes)
        overtime += max(0, back + legs[-1] - shift.end)
    for code, load in loads.items():
        contract = workers[code].contract
        overtime += 0 if contract is None else max(0, load - contract)
    late = [max(0, stay.start - visits[stay.visit].latest) for stay in plan.stays]
    square = SQUARE * problem.per_minute
    return Terms(
        unserved=unserved(problem, plan, weights),
        travel=travel,
        late=sum(late),
        worst=max(late, default=0),
        overtime=overtime,
        continuity=sum(
            bool(visits[one.visit].known) and one.worker not in visits[one.visit].known for one in plan.stays
        ),
        preference=sum(
            bool(visits[one.visit].preferred) and one.worker not in visits[one.visit].preferred
            for one in plan.stays
        ),
        fairness=sum(load * load // square for load in loads.values()),
        changed=sum(
            problem.promised.get((one.visit, one.part), one.worker) != one.worker for one in plan.stays
        ),
    )


def unserved(problem: Problem, plan: Plan, weights: Weights) -> tuple[int, ...]:
    """Visits left undone by priority; what is beyond the last price counts with it."""
    counts = [0] * len(weights.unserved)
    for visit in problem.visits:
        if (visit.code, 0) not in plan.by_task:
            counts[rank(visit.priority, weights)] += 1
    return tuple(counts)


def rank(priority: int, weights: Weights) -> int:
    """The place of a priority among the prices."""
    return min(priority, len(weights.unserved) - 1)


def home(worker: Worker) -> int:
    """Where a worker's tours end."""
    return worker.start if worker.end is None else worker.end
