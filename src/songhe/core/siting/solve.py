"""Find sites for a goal, then judge them as any others would be judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from songhe.core.siting.cover import cover
from songhe.core.siting.farthest import farthest
from songhe.core.siting.found import Clock, Effort, Found
from songhe.core.siting.goals import Cover, Farthest, Goal, Meet, Nearest, Serve, Staged
from songhe.core.siting.ground import Ground
from songhe.core.siting.judge import judge
from songhe.core.siting.machine import Loops, Told, loops
from songhe.core.siting.meet import meet
from songhe.core.siting.nearest import nearest
from songhe.core.siting.params import Stop
from songhe.core.siting.problem import Problem
from songhe.core.siting.result import Judged, Result
from songhe.core.siting.serve import serve
from songhe.core.siting.staged import staged

WAYS: dict[type, Callable[[Ground, Any, Effort], Found]] = {
    Cover: cover,
    Meet: meet,
    Serve: serve,
    Nearest: nearest,
    Farthest: farthest,
    Staged: staged,
}


class BrokenChoice(RuntimeError):
    """The search chose sites that break a rule of the goal: a defect, and they are not handed out."""


def solve(
    problem: Problem,
    goal: Goal,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    told: Told | None = None,
    made: Loops | None = None,
    clock: Clock = time.monotonic,
) -> Result:
    """The best sites found until ``stop`` (30 seconds), with a bound and with what each site brings.

    The same seed and rounds give the same sites. ``told`` hears that compiling begins, once on a machine.
    """
    ground = problem.ground
    found = WAYS[type(goal)](ground, goal, Effort(stop or Stop(), made or loops(told), seed, clock))
    plan = tuple(tuple(ground.codes[site] for site in one) for one in found.stages)
    judged = judge(
        problem, goal, plan if isinstance(goal, Staged) else [ground.codes[site] for site in found.sites]
    )
    if judged.faults:
        raise BrokenChoice("; ".join(str(fault) for fault in judged.faults))
    return Result(
        goal=goal,
        chosen=judged.chosen,
        value=judged.value,
        bound=found.bound,
        gap=_gap(ground, goal, judged, found.bound),
        proof=found.proof,
        judged=judged,
        plan=plan,
        rounds=found.rounds,
        left_out=tuple(ground.codes[at] for at in ground.too_small.nonzero()[0]),
    )


def _gap(ground: Ground, goal: Goal, judged: Judged, bound: float | None) -> float | None:
    """How far the bound is, as a part of what the new sites bring."""
    if bound is None:
        return None
    far, base = abs(bound - judged.value), 0.0
    if isinstance(goal, Cover | Staged):
        years = sum(stage.weight for stage in goal.stages) if isinstance(goal, Staged) else 1.0
        base = years * float(ground.weight[ground.base > 0].sum())
    brought = abs(judged.value - base)
    return 0.0 if far <= 1e-9 * max(1.0, abs(judged.value)) else far / brought if brought else float("inf")
