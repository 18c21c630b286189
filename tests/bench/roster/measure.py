"""What is measured: shipped parameters, all seeds counted, every plan checked twice."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

from tests.bench.home import ROOT
from tests.bench.roster import days, kept, mankowska, reference

from songhe.core.kept import keep_in
from songhe.core.roster import Desk, Params, Plan, Problem, Stop, solve
from songhe.core.roster.kernel.machine import loops
from songhe.site.kernels import Folder

FULL = os.environ.get("SONGHE_BENCH_FULL") == "1"
SECONDS = [float(each) for each in (os.environ.get("SONGHE_BENCH_SECONDS") or "10").split(",")]
SEEDS = tuple(
    int(each) for each in (os.environ.get("SONGHE_BENCH_SEEDS") or ("1,2,3" if FULL else "1")).split(",")
)
FAMILIES = os.environ.get("SONGHE_BENCH_FAMILIES") or "ABCDEFG"
FEW = ("A1", "B6", "C1", "D7", "E1", "F4", "G1")
URGENT = 40


@dataclass(frozen=True)
class Found:
    """One instance at one time limit: a cost for each seed, in the instance's own units, and the best plan's checksum."""

    name: str
    known: mankowska.Known
    costs: tuple[float, ...]
    checksum: str

    @property
    def gaps(self) -> list[float]:
        """Per cent above the best known cost."""
        return [100 * (cost / self.known.best - 1) for cost in self.costs]


def ready() -> None:
    """Compile first: what is measured is not the compiler."""
    keep_in(Folder(ROOT / ".cache" / "kernels"))
    loops(print)


def names() -> list[str]:
    """All 70 instances, or one of each family; of the families that are named alone."""
    return [name for name in (mankowska.known() if FULL else FEW) if name[0] in FAMILIES]


def title(seconds: float) -> str:
    """What a table of so many seconds is called."""
    return f"{seconds:g} s" if FAMILIES == "ABCDEFG" else f"{seconds:g} s, {FAMILIES}"


def instance(name: str, seconds: float) -> Found:
    """Solve an instance once for each seed; the mean counts, never the best."""
    runs = [kept.run(f"{name} {seed} {seconds:g}", partial(once, name, seconds, seed)) for seed in SEEDS]
    _cheapest, mark = min(runs)
    return Found(name, mankowska.known()[name], tuple(cost for cost, _ in runs), mark)


def once(name: str, seconds: float, seed: int) -> tuple[float, str]:
    """The cost of one run, by the instance's own numbers, and its plan's checksum."""
    asked = Params(weights=mankowska.WEIGHTS)
    found = solve(
        mankowska.problem(name), stop=Stop(seconds=seconds), seed=seed, params=asked, clock=kept.clock()
    )
    assert not found.unassigned
    cost = mankowska.cost(name, found.plan)
    assert abs(cost * 3 * mankowska.UNIT - found.cost) < 1
    return cost, checksum(found.plan)


def checksum(plan: Plan) -> str:
    """What tells one plan from another."""
    text = ";".join(f"{one.worker},{one.visit},{one.part},{one.start}" for one in plan.stays)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def family(found: list[Found]) -> tuple[float, float, float]:
    """Mean and worst gap of some instances, and the mean gap of BRKGA's means."""
    gaps = [gap for one in found for gap in one.gaps]
    return fmean(gaps), max(gaps), fmean(100 * (one.known.brkga / one.known.best - 1) for one in found)


def day(problem: Problem, kind: str, seconds: float) -> list[float]:
    """Per cent above the stored cost of a long run, for each seed."""
    costs = [
        kept.run(f"{kind} day {seed} {seconds:g}", partial(_cost, problem, seconds, seed)) for seed in SEEDS
    ]
    return [100 * (cost / reference.stored()[kind]["cost"] - 1) for cost in costs]


def by_county(seconds: float) -> float:
    """The city one county after the other, in so many seconds in all; per cent above the stored cost of the whole."""
    each = seconds / days.COUNTIES
    costs = [
        kept.run(f"county {number} of city {each:g}", partial(_cost, part, each, 1))
        for number, part in enumerate(days.counties(reference.SEED))
    ]
    return 100 * (sum(costs) / reference.stored()["city"]["cost"] - 1)


def _cost(problem: Problem, seconds: float, seed: int) -> int:
    return solve(problem, stop=Stop(seconds=seconds), seed=seed, clock=kept.clock()).cost


def urgent(problem: Problem, seconds: float) -> list[float]:
    """Milliseconds for each of some urgent orders, one after the other; double visits are among them."""
    desk, taken = Desk(problem, solve(problem, stop=Stop(seconds=seconds), seed=1).plan), []
    for seed in range(URGENT):
        visit = replace(days.urgent(problem, seed), code=f"urgent{seed}")
        began = time.perf_counter()
        desk.insert(visit)
        taken.append(1000 * (time.perf_counter() - began))
    return taken
