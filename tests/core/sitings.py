"""Made-up problems for the tests of siting, and the best of all choices by trying every one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from songhe.core.siting import Demand, Goal, Judged, Pairs, Problem, Site, Table, judge

NOBODY = "nobody can"


def some(seed: int, *, sites: int = 6, places: int = 12, **more: Any) -> Problem:
    """A small town with a bit of everything; as a table or as pairs."""
    chance = random.Random(seed)
    points = [(chance.randrange(100), chance.randrange(100)) for _each in range(sites + places)]
    ways = np.array([[abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in points[sites:]] for a in points[:sites]])
    people = np.array([chance.choice([0, 1, 3, 10, 40]) for _place in range(places)])
    old = np.array([chance.randint(0, one) for one in people.tolist()])
    states = ["existing", "must", "never", *["free"] * sites]
    given = tuple(
        Site(
            f"s{at}",
            cost=chance.choice([1, 2, 5]),
            capacity=chance.choice([None, 15, 40]),
            area=chance.choice([None, 100.0, 300.0]),
            state=chance.choice(states) if chance.random() < 0.6 else "free",  # type: ignore[arg-type]
        )
        for at in range(sites)
    )
    demand = Demand(people, {"80+": old}, regions=[f"r{chance.randrange(2)}" for _place in range(places)])
    settings: dict[str, Any] = {
        "limit": chance.choice([20, 40, 60]),
        "importance": chance.choice([{}, {"80+": 1}, {"80+": 0.5}]),
    }
    travel = Table(ways) if chance.random() < 0.5 else Table(ways).within(120)
    return Problem(given, demand, travel, **settings | more)


def choices(problem: Problem) -> list[str]:
    """The sites that may be chosen."""
    return [problem.ground.codes[at] for at in problem.ground.choices]


def every(problem: Problem, goal: Goal) -> Iterator[Judged]:
    """Every choice that keeps the rules of a goal."""
    codes = choices(problem)
    for size in range(len(codes) + 1):
        for chosen in combinations(codes, size):
            found = judge(problem, goal, chosen)
            if not found.faults:
                yield found


def dense(problem: Problem) -> Pairs:
    """The ways as pairs."""
    travel = problem.travel
    return travel.within(None)
