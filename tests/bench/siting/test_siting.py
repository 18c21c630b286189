"""Siting beside spopt, beside its own bare loops, and on problems whose optimum is known.

`SONGHE_BENCH_SECONDS` (60) is the most that one problem may take, in processor seconds.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from tests.bench import figures
from tests.bench.siting import measure, orlib, peer, wuhan

from songhe.core.siting import Cover, Nearest, Problem, Serve, Stop
from songhe.core.siting.boards import covering_board
from songhe.core.siting.bounds import Limits, covering_bound
from songhe.core.siting.cells import merged
from songhe.core.siting.found import Effort
from songhe.core.siting.kernel import covering as board_of
from songhe.core.siting.machine import loops
from songhe.core.siting.nearest import searched, task_of

COMMAND = 'make bench ARGS="tests/bench/siting"'
STREETS = pytest.mark.skipif(not wuhan.at_hand(), reason="the streets are not at hand: SONGHE_BENCH_REACH")
LIBRARY = pytest.mark.skipif(not orlib.at_hand(), reason="the problems are not at hand: SONGHE_BENCH_SITING")


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    measure.ready()


@STREETS
def test_covering() -> None:
    problem, python = measure.communities(), peer.interpreter()
    rows: list[list[figures.Cell]] = []
    for sites in (50, 100, 200, 400):
        ours = measure.timed(problem, Cover(sites), Stop(seconds=measure.SECONDS))
        row: list[figures.Cell] = [f"{sites} sites", int(ours.found.value), ours.found.proof, ours.seconds]
        for solver in ("HiGHS", "CBC"):
            told = peer.covering(problem, sites, solver, python) if python else None
            row += _beside(told, ours) if told else ["—", "—", "—"]
        rows.append(row)
    heads = ["covering 1,300 × 5,000", "people", "proof", "CPU s"]
    for solver in ("HiGHS", "CBC"):
        heads += [f"spopt, {solver}", "CPU s (of it building)", "to ours"]
    figures.report("siting, covering", figures.table(heads, rows), command=COMMAND)


def _beside(told: peer.Told, ours: measure.Timed) -> list[figures.Cell]:
    return [
        round(told.value),
        f"{told.whole:.1f} ({told.build:.1f})",
        f"{told.whole / ours.seconds:.1f}×",
    ]


@STREETS
def test_large_covering() -> None:
    problem = measure.inhabited()
    rows: list[list[figures.Cell]] = []
    for sites in (100, 200, 400):
        whole = measure.timed(problem, Cover(sites), Stop(seconds=measure.SECONDS, gap=0.01, exact=False))
        longer = measure.timed(problem, Cover(sites), Stop(seconds=measure.SECONDS, exact=False))
        bare = measure.best(lambda sites=sites: _bare(problem, sites), turns=2)  # type: ignore[misc]
        rows.append(
            [
                f"{sites} sites", int(whole.found.value), _percent(whole.found.gap), whole.seconds, bare,
                f"{whole.seconds / bare:.2f}×", int(longer.found.value), _percent(longer.found.gap), longer.seconds,
            ]
        )  # fmt: skip
    heads = [
        "covering 5,000 × 73,350", "people", "gap proved", "CPU s, all", "bare greedy + bound", "all to bare",
        "people, longer", "gap proved", "CPU s",
    ]  # fmt: skip
    figures.report("siting, large covering", figures.table(heads, rows), command=COMMAND)


def _bare(problem: Problem, sites: int) -> None:
    """Greedy choice and the bound to its end, with nothing looked for and nothing told."""
    ground = problem.ground
    cells = merged(ground, ground.choices, ground.weight > 0)
    weight, cost = cells.summed(ground.weight), ground.cost
    board = covering_board(cells, weight, cost, sites=sites, budget=None, seed=0)
    loops().fill(board, 0)
    limits = Limits(sites, None, cost, np.zeros(len(cost), bool))
    covering_bound(cells, weight, limits, count=np.asarray(board.reached))
    assert board.sums[board_of.VALUE] > 0


@STREETS
def test_room() -> None:
    rows: list[list[figures.Cell]] = []
    for budget in (100_000, 300_000):
        ours = measure.timed(measure.roomy(), Serve(budget=budget), Stop(seconds=measure.SECONDS, gap=1e-4))
        found = ours.found
        rows.append(
            [
                f"budget {budget:,}",
                len(found.chosen),
                int(found.value),
                f"{100 * (found.gap or 0):.4f} %",
                ours.seconds,
            ]
        )
    heads = ["capacities and budget, 1,300 × 5,000", "sites", "people served", "gap proved", "CPU s"]
    figures.report("siting, room", figures.table(heads, rows), command=COMMAND)


@STREETS
def test_ways() -> None:
    rows: list[list[figures.Cell]] = []
    for sites in (100, 200, 400):
        bare = measure.best(lambda sites=sites: _search(sites), turns=1)  # type: ignore[misc]
        ours = measure.timed(measure.far(), Nearest(sites), Stop(seconds=measure.SECONDS / 3, gap=0.003))
        found = ours.found
        rows.append(
            [
                f"{sites} sites",
                int(found.value),
                _percent(found.gap),
                ours.seconds,
                bare,
                f"{ours.seconds / bare:.1f}×",
            ]
        )
    heads = [
        "p-median 1,300 × 5,000",
        "people × metres",
        "gap proved",
        "CPU s, all",
        "search alone",
        "all to search",
    ]
    figures.report("siting, p-median", figures.table(heads, rows), command=COMMAND)


def _search(sites: int) -> None:
    """Lists, greedy choice, changes and kicks, without a bound."""
    task = task_of(measure.far().ground, Nearest(sites))
    searched(task, Effort(Stop(seconds=measure.SECONDS / 3), loops(), clock=time.process_time))


@LIBRARY
def test_library() -> None:
    rows: list[list[figures.Cell]] = []
    for name, optimum in orlib.optima().items():
        problem, goal = measure.library(name)
        ours = measure.timed(problem, goal, Stop(seconds=measure.SECONDS))
        found = ours.found
        rows.append(
            [
                name,
                len(problem.sites),
                goal.sites,
                optimum,
                int(found.value),
                found.proof,
                found.rounds,
                ours.seconds,
            ]
        )
    right = sum(row[3] == row[4] for row in rows)
    proved = sum(row[3] == row[4] and row[5] == "exact" for row in rows)
    slowest = max(float(row[7]) for row in rows)
    heads = ["problem", "nodes", "sites", "optimum", "found", "proof", "rounds and nodes", "CPU s"]
    summary = f"{right} of {len(rows)} optimal, {proved} proved; slowest {slowest:.1f} CPU s, all {sum(float(row[7]) for row in rows):.0f}."
    figures.report("siting, OR-Library", f"{summary}\n\n{figures.table(heads, rows)}", command=COMMAND)


@LIBRARY
def test_points() -> None:
    problem = measure.square(orlib.plane("rl1304"))
    rows: list[list[figures.Cell]] = []
    for sites, optimum in orlib.RL1304.items():
        ours = measure.timed(problem, Nearest(sites), Stop(seconds=measure.SECONDS / 3))
        found = ours.found
        above = f"{100 * (found.value / optimum - 1):.3f} %"
        rows.append(
            [
                f"{sites} sites",
                optimum,
                int(found.value),
                above,
                _percent(found.gap),
                found.proof,
                ours.seconds,
            ]
        )
    heads = ["rl1304", "optimum", "found", "above it", "gap proved", "proof", "CPU s"]
    figures.report("siting, rl1304", figures.table(heads, rows), command=COMMAND)


def _percent(gap: float | None) -> str:
    return "—" if gap is None else f"{100 * gap:.3f} %"
