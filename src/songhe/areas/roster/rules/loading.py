"""How much work workers have, and how evenly it is spread."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from songhe.core.roster import Plan, Problem, Travel, Visit, Worker


def loads(workers: Iterable[Worker], visits: Iterable[Visit], travel: Travel, plan: Plan) -> dict[str, int]:
    """Minutes of service and ways of each worker."""
    known, places = {one.code: one for one in workers}, {visit.code: visit for visit in visits}
    minutes = {mode: travel.minutes(mode) for mode in {one.mode for one in known.values()}}
    found = dict.fromkeys(known, 0)
    for (code, _shift), stays in plan.tours.items():
        worker, ways = known[code], minutes[known[code].mode]
        home = worker.start if worker.end is None else worker.end
        stops = [worker.start, *(places[stay.visit].place for stay in stays), home]
        found[code] += sum(int(ways[a, b]) for a, b in pairwise(stops))
        found[code] += sum(places[stay.visit].tasks[stay.part].minutes for stay in stays)
    return found


def unevenness(problem: Problem, plan: Plan) -> int:
    """Minutes by which the work of those who are on duty, service and ways, lies off their average, on average."""
    found = loads(
        [one for one in problem.workers if one.shifts], problem.visits, problem.travel, plan
    ).values()
    return sum(abs(len(found) * load - sum(found)) for load in found) // max(len(found), 1) ** 2
