"""How evenly work is spread over workers."""

from __future__ import annotations

from itertools import pairwise

from songhe.core.roster import Plan, Problem


def unevenness(problem: Problem, plan: Plan) -> int:
    """Minutes by which the work of those who are on duty, service and ways, lies off their average, on average."""
    workers = {one.code: one for one in problem.workers if one.shifts}
    places = {visit.code: visit for visit in problem.visits}
    minutes = {mode: problem.travel.minutes(mode) for mode in {one.mode for one in workers.values()}}
    loads = dict.fromkeys(workers, 0)
    for (code, _shift), stays in plan.tours.items():
        worker, ways = workers[code], minutes[workers[code].mode]
        home = worker.start if worker.end is None else worker.end
        stops = [worker.start, *(places[stay.visit].place for stay in stays), home]
        loads[code] += sum(int(ways[a, b]) for a, b in pairwise(stops))
        loads[code] += sum(places[stay.visit].tasks[stay.part].minutes for stay in stays)
    if not loads:
        return 0
    total, count = sum(loads.values()), len(loads)
    return sum(abs(count * load - total) for load in loads.values()) // count**2
