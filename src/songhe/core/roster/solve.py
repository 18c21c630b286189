"""Plan a day or a week: chains of search beside each other, the best plan checked before it is handed out."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from songhe.core.roster.arrays import Index, index, plan
from songhe.core.roster.check import check
from songhe.core.roster.crowded import cheapest, joined, without
from songhe.core.roster.judge import judge
from songhe.core.roster.kernel.machine import Loops, Told, loops
from songhe.core.roster.params import Params, Search, Stop
from songhe.core.roster.plan import Plan, Result
from songhe.core.roster.problem import Problem
from songhe.core.roster.search import Chain, Clock, begin

STRETCH = 4.0
"""Seconds that one cooling of a small problem of 100 tasks takes."""
RATE = 2_000_000
"""Moves that are as much as a second where moves are counted."""


class BrokenPlan(RuntimeError):
    """The search made a plan that breaks a rule: a defect, and the plan is not handed out."""


def solve(
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    start: Plan | None = None,
    told: Told | None = None,
    made: Loops | None = None,
    clock: Clock = time.monotonic,
) -> Result:
    """The best plan found until ``stop``, from ``start`` if one is given.

    The same seed and number of moves give the same plan. Where there is more work than hands, half of the time goes to what
    it costs most to leave undone. ``told`` hears that compiling begins, once on a machine.
    """
    params, made, here = params or Params(), made or loops(told), index(problem)
    best, moves = _searched(here, params, made, start, stop=stop, seed=seed, clock=clock)
    return finished(here, best.exchange(), params, moves)


def _searched(
    here: Index, params: Params, made: Loops, start: Plan | None, *, stop: Stop, seed: int, clock: Clock
) -> tuple[Chain, int]:
    """The chain with the best plan, and how many moves were tried."""
    began, problem, moves = clock(), here.problem, 0
    given = first = begin(here, params, made, start)
    later = cheapest(here, first, params)
    if later:
        less = index(without(problem, later))
        before, moves = _searched(less, params, made, start, stop=_half(stop), seed=seed, clock=clock)
        first = begin(here, params, made, joined(plan(less, before.board), start, later))
        stop = stop if stop.moves is None else Stop(moves=stop.moves - stop.moves // 2)
    if stop.seconds is not None:
        stop = Stop(seconds=max(0.0, stop.seconds - (clock() - began)))
    chains = [first.copy(seed * 1000 + number) for number in range(max(1, params.search.chains))]
    runs: list[Callable[[], None]] = [
        lambda chain=chain: _run(chain, first, params.search, problem.per_minute, stop, clock)  # type: ignore[misc]
        for chain in chains
    ]
    if len(runs) == 1 or made.plain:
        for run in runs:
            run()
    else:
        with ThreadPoolExecutor(len(runs)) as pool:
            for done in [pool.submit(run) for run in runs]:
                done.result()
    best = min([*chains, given.keep()], key=lambda chain: chain.best)
    return best, moves + sum(chain.moves for chain in chains)


def _half(stop: Stop) -> Stop:
    return Stop(seconds=stop.seconds / 2) if stop.seconds is not None else Stop(moves=(stop.moves or 0) // 2)


def finished(here: Index, best: Chain, params: Params, moves: int) -> Result:
    """The best plan of a chain, checked and judged."""
    found = plan(here, best.board)
    faults = check(here.problem, found)
    if faults:
        raise BrokenPlan("\n".join(f"{fault.rule}: {fault.text}" for fault in faults[:20]))
    terms = judge(here.problem, found, params.weights)
    left = tuple(visit.code for visit in here.problem.visits if (visit.code, 0) not in found.by_task)
    return Result(found, terms.cost(params.weights, here.problem.per_minute), terms, left, moves)


def _run(chain: Chain, first: Chain, search: Search, unit: int, stop: Stop, clock: Clock) -> None:
    """Cool once, or several times from the beginning where the problem is small."""
    times = coolings(chain.board.tasks, search, stop)
    for number in range(times):
        if number:
            chain.again(first)
        if stop.moves is not None:
            chain.cool(search, unit, Stop(moves=stop.moves // times), clock)
        else:
            chain.cool(search, unit, Stop(seconds=(stop.seconds or 0) / times), clock)


def coolings(tasks: int, search: Search, stop: Stop) -> int:
    """How often a problem of so many tasks is cooled down within the time."""
    if not tasks or tasks > search.small:
        return 1
    seconds = stop.seconds if stop.seconds is not None else (stop.moves or 0) / RATE
    return max(1, round(seconds / (STRETCH * max(tasks, 25) / 100)))
