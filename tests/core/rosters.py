"""Made-up problems for the tests of the scheduler."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from songhe.core.roster import (
    Break,
    Gap,
    Matrix,
    Params,
    Plan,
    Problem,
    Search,
    Shift,
    Stop,
    Task,
    Visit,
    Weights,
    Worker,
)
from songhe.core.roster.arrays import Index, index, plan
from songhe.core.roster.kernel.layout import BEST
from songhe.core.roster.kernel.machine import plain
from songhe.core.roster.search import Chain, begin

ONE = Params(search=Search(chains=1))
SKILLS = ("wash", "feed", "wound")


def square(chance: random.Random, places: int) -> Matrix:
    """Places on a plane of 40 × 40 minutes."""
    points = np.array([[chance.randrange(40), chance.randrange(40)] for _place in range(places)])
    return Matrix(np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(int))


def some(seed: int, *, visits: int = 6, workers: int = 3, days: int = 1, **more: Any) -> Problem:
    """A problem with a bit of everything."""
    chance = random.Random(seed)
    people = tuple(_worker(chance, f"w{number}", days, visits) for number in range(workers))
    codes = [worker.code for worker in people]
    asked = tuple(_visit(chance, number, codes, days) for number in range(visits))
    return Problem(people, asked, square(chance, visits + 2), days=days, **more)


def _worker(chance: random.Random, code: str, days: int, visits: int) -> Worker:
    shifts = []
    for day in range(days):
        start, rest = chance.choice([0, 60]), None
        if chance.random() < 0.4:
            rest = Break(start + 60, start + 150, 30)
        shifts.append(Shift(day, start, start + 300, chance.choice([0, 60]), rest))
        if chance.random() < 0.3:
            shifts.append(Shift(day, 480, 700))
    return Worker(
        code, visits, tuple(shifts), end=chance.choice([None, visits + 1]),
        skills=frozenset(chance.sample(SKILLS, 2)), grade=chance.randrange(3), gender=chance.choice("mf"),
        languages=frozenset(chance.sample(("zh", "yue"), chance.choice([1, 2]))),
        longest=chance.choice([None, None, 35]), contract=chance.choice([None, 150]), most=chance.choice([None, 260 * days]),
    )  # fmt: skip


def _visit(chance: random.Random, number: int, codes: list[str], days: int) -> Visit:
    tasks = tuple(
        Task(
            chance.randrange(15, 60),
            frozenset(chance.sample(SKILLS, chance.choice([0, 0, 1]))),
            chance.choice([0, 0, 1]),
        )
        for _part in range(chance.choice([1, 1, 2]))
    )
    earliest = chance.randrange(0, 240)
    least = chance.choice([0, 0, 20])
    series = days > 1 and number % 3 != 0
    return Visit(
        f"v{number}", number, tasks, earliest, earliest + chance.choice([30, 90, 240]),
        grace=chance.choice([0, 60, None]), gap=Gap(least, least + chance.choice([0, 30])),
        days=frozenset(range(days)) if series else frozenset({chance.randrange(days)}),
        series=f"s{number // 3}-{len(tasks)}" if series else "", apart=2,
        gender=chance.choice(["", "", "", "f"]), language=chance.choice(["", "", "yue"]),
        preferred=frozenset(chance.sample(codes, 1)) if chance.random() < 0.3 else frozenset(),
        forbidden=frozenset(chance.sample(codes, 1)) if chance.random() < 0.2 else frozenset(),
        known=frozenset(chance.sample(codes, 1)) if chance.random() < 0.3 else frozenset(),
        priority=chance.randrange(3),
    )  # fmt: skip


def searched(
    problem: Problem,
    moves: int,
    *,
    weights: Weights | None = None,
    start: Plan | None = None,
    loops: Any = None,
) -> tuple[Plan, int, Chain, Index]:
    """The best plan of one chain, the cost that the search believes it has, and the chain."""
    params = Params(weights or Weights(), ONE.search)
    here = index(problem)
    chain = begin(here, params, loops or plain(), start).copy(7)
    chain.cool(params.search, problem.per_minute, Stop(moves=moves), lambda: 0.0)
    return plan(here, chain.board), int(chain.board.sums[BEST]), chain, here
