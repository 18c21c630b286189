"""Made-up days: a county's of 175 visits and 100 workers, and a city's of twenty such counties in one piece.

Everything a real day has: homes and a grid of streets, early and late shifts with breaks, skills, double visits, hard and soft
windows, persons who know their workers, and priorities. The seed makes the day.
"""

from __future__ import annotations

import random
from dataclasses import replace

from songhe.core.roster import Break, Gap, Grid, Problem, Shift, Task, Visit, Worker

SKILLS = ("wash", "feed", "wound", "move", "clean", "talk")
VISITS, WORKERS, COUNTIES = 175, 100, 20
KILOMETRE = (0.0113, 0.009)  # degrees east and north, at 37° north
SPEEDS = {"": 20.0}


def county(seed: int, *, east: float = 0.0, north: float = 0.0, name: str = "") -> Problem:
    """A county of 14 × 14 km."""
    chance = random.Random(seed)
    points = [_point(chance, east, north) for _place in range(VISITS + WORKERS)]
    workers = tuple(_worker(chance, f"{name}w{number}", VISITS + number) for number in range(WORKERS))
    codes = [worker.code for worker in workers]
    visits = tuple(_visit(chance, f"{name}v{number}", number, codes) for number in range(VISITS))
    return Problem(workers, visits, Grid(points, SPEEDS))


def counties(seed: int) -> list[Problem]:
    """Twenty counties side by side."""
    return [
        county(seed * 1000 + n, east=14.0 * (n % 5), north=14.0 * (n // 5), name=f"c{n}-")
        for n in range(COUNTIES)
    ]


def city(seed: int) -> Problem:
    """All of them in one problem."""
    parts = counties(seed)
    places = VISITS + WORKERS
    grids = [part.travel for part in parts]
    points = [tuple(point) for grid in grids if isinstance(grid, Grid) for point in grid.given]
    return Problem(
        tuple(
            replace(one, start=one.start + n * places) for n, part in enumerate(parts) for one in part.workers
        ),
        tuple(
            replace(one, place=one.place + n * places) for n, part in enumerate(parts) for one in part.visits
        ),
        Grid(points, SPEEDS),
    )


def urgent(problem: Problem, seed: int) -> Visit:
    """One more visit, at the home of somebody who is visited anyway."""
    chance = random.Random(seed)
    place = chance.choice(problem.visits).place
    made = _visit(chance, f"urgent{seed}", place, [])
    return replace(made, priority=0, earliest=480, latest=960, grace=60)


def _point(chance: random.Random, east: float, north: float) -> tuple[float, float]:
    x, y = east + chance.uniform(0, 14), north + chance.uniform(0, 14)
    return 122.0 + x * KILOMETRE[0], 37.0 + y * KILOMETRE[1]


def _worker(chance: random.Random, code: str, place: int) -> Worker:
    start = chance.choice([420, 420, 480, 600])
    rest = Break(start + 180, start + 330, 30)
    return Worker(
        code, place, (Shift(0, start, start + 480, 60, rest),), skills=frozenset(chance.sample(SKILLS, 3)),
        grade=chance.choice([0, 1, 1, 2]), gender=chance.choice("ffm"), longest=60,
    )  # fmt: skip


def _visit(chance: random.Random, code: str, place: int, codes: list[str]) -> Visit:
    both = chance.random() < 0.1
    tasks = tuple(
        Task(chance.randrange(20, 95, 5), frozenset({chance.choice(SKILLS)}), chance.choice([0, 0, 0, 1]))
        for _half in range(1 + both)
    )
    early, width = chance.randrange(420, 930, 15), chance.choice([30, 60, 60, 120])
    gap = Gap(0, 0) if chance.random() < 0.5 else Gap(15, 45)
    return Visit(
        code, place, tasks, early, early + width, grace=chance.choice([0, 30, 60]), gap=gap,
        gender="f" if chance.random() < 0.1 else "", priority=chance.choice([0, 1, 1, 2]),
        known=frozenset(chance.sample(codes, 3)) if codes and chance.random() < 0.6 else frozenset(),
        forbidden=frozenset(chance.sample(codes, 1)) if codes and chance.random() < 0.05 else frozenset(),
    )  # fmt: skip
