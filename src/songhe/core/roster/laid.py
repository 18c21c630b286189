"""A plan laid out anew in a problem that may have changed: everything begins as early as it can, and what fits no more is named."""

from __future__ import annotations

from dataclasses import replace

from songhe.core.roster.arrays import index, read
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel.machine import Loops, loops
from songhe.core.roster.params import Params
from songhe.core.roster.plan import PLACE, Plan, Rest, Stay
from songhe.core.roster.problem import Problem
from songhe.core.roster.search import begin


def laid(
    problem: Problem, plan: Plan, *, params: Params | None = None, made: Loops | None = None
) -> tuple[Plan, tuple[str, ...]]:
    """The plan with its visits in their tours and order, and the codes of those that cannot be kept."""
    given, here = params or Params(), index(problem)
    made = made or loops()
    chain = begin(here, replace(given, search=replace(given.search, near=0)), made, plan, fill=False)
    rows = chain.board.node.reshape(-1, at.WIDTH)
    stays: list[Stay] = []
    rests: list[Rest] = []
    for number in range(len(here.tours)):
        read(here, chain.board, rows, number, stays, rests)
    kept = {(stay.visit, stay.part) for stay in stays}
    lost = sorted({code for code, part in plan.by_task if (code, part) not in kept})
    return Plan(tuple(sorted(stays, key=PLACE)), tuple(sorted(rests))), tuple(lost)
