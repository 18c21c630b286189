"""The halves of a double visit change workers with each other when the search has ended."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from tests.core.rosters import ONE, searched, some
from tests.core.test_roster import ANN, BEN, LINE, visit

from songhe.core.roster import Gap, Pin, Plan, Problem, Result, Stay, Stop, Task, check, judge, laid, solve
from songhe.core.roster.arrays import plan
from songhe.core.roster.kernel.layout import FORMS
from songhe.core.roster.kernel.machine import loops, plain

LONG_AND_SHORT = visit("d", 1, tasks=(Task(120), Task(10)), latest=30)
ONLY_ANN = visit("x", 1, earliest=60, latest=61, grace=None, forbidden=frozenset({"ben"}))
DAY = Problem((ANN, replace(BEN, start=0)), (LONG_AND_SHORT, ONLY_ANN), LINE)
BAD = Plan((Stay("ann", 0, 10, "d", 0), Stay("ann", 0, 130, "x"), Stay("ben", 0, 10, "d", 1)))


def at_once(problem: Problem, start: Plan) -> Result:
    """What becomes of a plan without one move of the search."""
    return solve(problem, stop=Stop(moves=0), start=start, params=ONE, made=plain())


def cost(problem: Problem, plan: Plan) -> int:
    return judge(problem, plan, ONE.weights).cost(ONE.weights)


def every() -> list[Plan]:
    """All ways to do everything on that day, begun as early as can be."""
    found = []
    for long, short in permutations(("ann", "ben")):
        for first in (10, 60):
            one = Stay(long, 0, first, "d", 0), Stay(short, 0, first, "d", 1)
            busy = first + (120 if long == "ann" else 10)
            found += [Plan((*one, Stay("ann", 0, start, "x"))) for start in (60, busy)]
    return [one for one in found if not check(DAY, one)]


def test_whoever_is_needed_elsewhere_gets_the_short_half() -> None:
    best = at_once(DAY, BAD)
    assert best.plan.by_task["d", 0].worker == "ben" and best.plan.by_task["x", 0].start == 60
    assert best.cost == min(cost(DAY, plan) for plan in every()) < cost(DAY, BAD)


ONLY_SO: dict[str, dict[str, Any]] = {
    "pinned": {"pins": (Pin("d", 1, worker="ben"),)},
    "fixed start": {"pins": (Pin("d", 0, worker="ann", start=10),)},
    "begun": {
        "pins": (Pin("d", 0, "ann", 0, 10, begun=True), Pin("d", 1, "ben", 0, 10, begun=True)),
        "now": 12,
    },
    "half begun": {
        "visits": (replace(LONG_AND_SHORT, gap=Gap(0, 30)), ONLY_ANN),
        "pins": (Pin("d", 0, "ann", 0, 10, begun=True),),
    },
    "skill": {
        "workers": (replace(ANN, skills=frozenset({"wound"})), DAY.workers[1]),
        "visits": (replace(LONG_AND_SHORT, tasks=(Task(120, frozenset({"wound"})), Task(10))), ONLY_ANN),
    },
    "too much work": {"workers": (ANN, replace(DAY.workers[1], most=100))},
    "shift": {
        "workers": (ANN, replace(DAY.workers[1], shifts=(replace(BEN.shifts[0], end=100, overtime=0),)))
    },
}


@pytest.mark.parametrize("rule", ONLY_SO)
def test_an_exchange_breaks_no_rule(rule: str) -> None:
    problem = replace(DAY, **ONLY_SO[rule])
    stays = at_once(problem, BAD).plan.stays
    assert [stay for stay in stays if stay.visit == "d"] == [stay for stay in BAD.stays if stay.visit == "d"]


@pytest.mark.parametrize("seed", [0, 2, 8, 10, 12, 18, 21, 41, 42, 52])
def test_halves_that_were_exchanged_find_back(seed: int) -> None:
    made = some(seed)
    double = replace(made.visits[0], tasks=(Task(20), Task(50)))
    problem = replace(made, visits=(double, *(replace(one, tasks=one.tasks[:1]) for one in made.visits[1:])))
    good = solve(problem, stop=Stop(moves=300), params=ONE, made=plain())
    one, other = (good.plan.by_task[double.code, part] for part in (0, 1))
    wrong = Plan(
        (
            *(stay for stay in good.plan.stays if stay.visit != double.code),
            replace(one, worker=other.worker, shift=other.shift, start=other.start),
            replace(other, worker=one.worker, shift=one.shift, start=one.start),
        ),
        good.plan.rests,
    )
    worse, lost = laid(problem, wrong, made=plain())
    assert not lost and cost(problem, worse) > good.cost
    assert at_once(problem, worse).cost <= good.cost


@pytest.mark.parametrize("seed", [18, 24, 54, 88, 107, 127, 159, 172])
def test_what_is_believed_of_an_exchange_is_so(seed: int) -> None:
    problem = some(seed, visits=9)
    before, dear, chain, here = searched(problem, 60)
    assert check(problem, before) == () and cost(problem, before) == dear
    found = plan(here, chain.exchange().board)
    assert check(problem, found) == () and cost(problem, found) == chain.best < dear
    assert plan(here, chain.exchange().board) == found


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_plan_that_no_exchange_makes_cheaper_stays(seed: int) -> None:
    _plan, dear, chain, _here = searched(some(seed, visits=9), 400)
    before = chain.board.best.copy()
    assert chain.exchange().best == dear
    np.testing.assert_array_equal(chain.board.best, before)


@pytest.mark.long
@pytest.mark.parametrize("seed", [18, 24, 54])
def test_machine_code_makes_the_same_exchanges(seed: int) -> None:
    made = loops()
    assert not made.plain
    one, other = (
        searched(some(seed, visits=9), 60, loops=each)[2].exchange().board for each in (plain(), made)
    )
    for name in FORMS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
