"""Maximal covering: a quick search, Lagrange's bound, and HiGHS on what the bound leaves open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from songhe.core.refusal import Refused
from songhe.core.siting.asked import floors_in_reach, possible, somebody
from songhe.core.siting.boards import covering_board
from songhe.core.siting.bounds import Bound, Limits, covering_bound
from songhe.core.siting.cells import Cells, merged
from songhe.core.siting.floors import Rows, floor_rows, greedy
from songhe.core.siting.found import Effort, Found, near_enough, rounded
from songhe.core.siting.goals import Cover, Floor
from songhe.core.siting.ground import Ground
from songhe.core.siting.kernel import covering as at
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Answer, Model

PATIENCE, PART, MOVES = 25, 0.3, 20
"""Coolings without anything better, the most of the time for them, and moves of each for every site."""


@dataclass(frozen=True)
class Task:
    """A covering problem on cells: what is newly covered counts."""

    ground: Ground
    cells: Cells
    weight: Array
    cost: Array
    must: Array
    sites: int | None
    budget: int | None

    @property
    def base(self) -> float:
        """What existing sites cover."""
        return float(self.ground.weight[self.ground.base > 0].sum())


def task_of(ground: Ground, sites: int | None, budget: int | None, choices: Array | None = None) -> Task:
    """Cells of the places that existing sites do not reach, as the sites that can be chosen reach them."""
    among = ground.choices if choices is None else choices
    cells = merged(ground, among, (ground.base == 0) & (ground.weight > 0))
    return Task(
        ground, cells, cells.summed(ground.weight), ground.cost[among], ground.must[among], sites, budget
    )


def cover(ground: Ground, goal: Cover, effort: Effort) -> Found:
    """The sites that cover most, with a bound."""
    possible(ground, goal.sites, goal.budget)
    somebody(ground)
    floors_in_reach(ground, goal.floors)
    task = task_of(ground, goal.sites, goal.budget)
    if goal.floors:
        return _with_floors(task, goal.floors, effort)
    board, rounds = begun(task, effort), 0
    picked = np.flatnonzero(board.best)
    bound, proved = bounded(task, picked, effort) if effort.stop.gap else (None, False)
    if not proved:
        rounds = cooled(board, effort)
        picked = np.flatnonzero(board.best)
        tighter, proved = bounded(task, picked, effort)
        bound = tighter if bound is None or tighter.value <= bound.value else bound
    assert bound is not None
    value = float(task.weight[covered(task, picked)].sum())
    if not proved and effort.stop.exact and effort.left() != 0.0:
        picked, best = exact(task, picked, bound, effort)
        return _found(task, picked, min(best.value, bound.value), rounds, exact=best.exact)
    return _found(
        task, picked, max(bound.value, value), rounds, exact=bound.value <= value + 1e-9 * max(value, 1.0)
    )


def _found(task: Task, picked: Array, bound: float, rounds: int, *, exact: bool) -> Found:
    sites = task.cells.sites[picked]
    return Found(sites, task.base + bound, "exact" if exact else "lagrange", rounds)


def covered(task: Task, picked: Array) -> Array:
    """Which cells some sites reach."""
    found: Array = (task.cells.by_site[picked].sum(0).A1 if len(picked) else np.zeros(task.cells.size)) > 0
    return found


def searched(task: Task, effort: Effort) -> tuple[Array, int]:
    """Numbers of the sites picked by greed, changes and coolings, and how many coolings were made."""
    board = begun(task, effort)
    rounds = cooled(board, effort)
    return np.flatnonzero(board.best), rounds


def begun(task: Task, effort: Effort) -> at.Board:
    """A board with the better of two greedy choices (by gain, and by gain for the cost), after changes."""
    boards = []
    for rate in (0, 1) if task.budget is not None else (0,):
        board = covering_board(
            task.cells, task.weight, task.cost, sites=task.sites, budget=task.budget, seed=effort.seed
        )
        _musts(board, task.must)
        effort.loops.fill(board, rate)
        effort.loops.improve(board)
        boards.append(board)
    best = max(boards, key=lambda board: float(board.sums[at.VALUE]))
    at.keep(best)
    return best


def cooled(board: at.Board, effort: Effort) -> int:
    """Cool a board until nothing better comes; how many times."""
    many = len(board.state)

    def run(rounds: int) -> float:
        effort.loops.search(board, rounds, MOVES * many)
        return float(board.sums[at.BEST])

    movable = bool((board.state == 1).any() and (board.state == 0).any())
    return effort.tried(run, PART, PATIENCE) if movable else 0


def _musts(board: at.Board, must: Array) -> None:
    for site in np.flatnonzero(must):
        at.enter(board, int(site), 2)


def bounded(task: Task, picked: Array, effort: Effort) -> tuple[Bound, bool]:
    """Lagrange's bound, rounded where weights are whole, and whether it is near enough."""
    count = (
        np.asarray(task.cells.by_site[picked].sum(0)).ravel() if len(picked) else np.zeros(task.cells.size)
    )
    whole, value = task.ground.whole, float(task.weight[count > 0].sum())
    limits = Limits(task.sites, task.budget, task.cost, task.must)

    def enough(bound: float) -> bool:
        return near_enough(value, bound, gap=effort.stop.gap, whole=whole, above=True)

    found = covering_bound(
        task.cells, task.weight, limits, count=count, better=_better(task, value), enough=enough
    )
    done = enough(found.value)
    found.value = max(value, rounded(found.value, whole=whole, above=True))
    return found, done


def _better(task: Task, value: float) -> float:
    """The least that a better choice would cover."""
    return value + 1.0 - 1e-6 if task.ground.whole else value * (1 + 1e-9)


@dataclass(frozen=True)
class _Best:
    value: float
    exact: bool


def exact(task: Task, picked: Array, bound: Bound, effort: Effort) -> tuple[Array, _Best]:
    """Ask HiGHS for better sites among those that the bound does not rule out; without the others more places are alike."""
    value, kept = float(task.weight[covered(task, picked)].sum()), np.flatnonzero(~bound.never)
    left = task_of(task.ground, task.sites, task.budget, task.cells.sites[kept])
    total = float(left.weight.sum())
    answer = covering_model(left, bound.always[kept].astype(float), np.ones(len(kept))).solve(
        seconds=effort.left(),
        nodes=effort.nodes(),
        gap=effort.stop.gap,
        slack=0.99 if task.ground.whole else 1e-6,
        ceiling=total - _better(task, value),
    )
    top = value if answer.infeasible else rounded(total - answer.bound, whole=task.ground.whole, above=True)
    if answer.x is not None:
        other = kept[answer.x[: len(kept)] > 0.5]
        worth = float(task.weight[covered(task, other)].sum())
        if worth > value:
            picked, value = other, worth
    top = max(top, value)
    return picked, _Best(top, near_enough(value, top, gap=0.0, whole=task.ground.whole, above=True))


def covering_model(
    task: Task, lower: Array, upper: Array, more: tuple[tuple[Array, float], ...] = ()
) -> Model:
    """Least weight left uncovered; ``more`` are rows over uncovered cells with what they may come to."""
    many, size = len(task.cells.sites), task.cells.size
    blocks = [scipy.sparse.hstack([task.cells.by_cell, scipy.sparse.identity(size)])]
    below, above = [np.ones(size)], [np.full(size, np.inf)]
    for coefficients, most in ((np.ones(many), task.sites), (task.cost, task.budget)):
        if most is not None:
            blocks.append(
                scipy.sparse.hstack(
                    [scipy.sparse.csr_matrix(coefficients[None]), scipy.sparse.csr_matrix((1, size))]
                )
            )
            below.append(np.full(1, -np.inf))
            above.append(np.full(1, most))
    for row, slack in more:
        blocks.append(
            scipy.sparse.hstack([scipy.sparse.csr_matrix((1, many)), scipy.sparse.csr_matrix(row[None])])
        )
        below.append(np.full(1, -np.inf))
        above.append(np.full(1, slack))
    return Model(
        cost=np.concatenate([np.zeros(many), task.weight]),
        rows=scipy.sparse.csr_matrix(scipy.sparse.vstack(blocks)),
        below=np.concatenate(below),
        above=np.concatenate(above),
        upper=np.concatenate([upper, np.ones(size)]),
        whole=np.arange(many + size) < many,
        lower=np.concatenate([lower, np.zeros(size)]),
    )


def _with_floors(task: Task, floors: tuple[Floor, ...], effort: Effort) -> Found:
    """Floors change what is best everywhere, so HiGHS is asked at once, from a choice that keeps them if one is at hand."""
    rows = floor_rows(task.ground, task.cells, floors)
    start = _keeping(task, rows, effort)
    model = covering_model(task, task.must.astype(float), np.ones(len(task.must)), tuple(rows))
    given = None if start is None else _values(task, start)
    answer = model.solve(seconds=effort.left(), nodes=effort.nodes(), gap=effort.stop.gap, start=given)
    picked = start if answer.x is None and start is not None else picked_of(answer, len(task.must))
    value, total = float(task.weight[covered(task, picked)].sum()), float(task.weight.sum())
    top = max(value, min(total, rounded(total - answer.bound, whole=task.ground.whole, above=True)))
    return Found(
        task.cells.sites[picked],
        task.base + top,
        "exact" if near_enough(value, top, gap=0.0, whole=task.ground.whole, above=True) else "lp",
    )


def _keeping(task: Task, rows: Rows, effort: Effort) -> Array | None:
    """A cheap choice that keeps the floors, and what else fits beside it; None if it is too dear itself."""
    paid = task.cost.astype(float) if task.budget is not None else np.ones(len(task.cost))
    picked = greedy(task.cells, paid, task.must, [(row, slack) for row, slack in rows if row.sum() > slack])
    if task.sites is not None and len(picked) > task.sites:
        return None
    if task.budget is not None and task.cost[picked].sum() > task.budget:
        return None
    board = covering_board(
        task.cells, task.weight, task.cost, sites=task.sites, budget=task.budget, seed=effort.seed
    )
    _musts(board, np.isin(np.arange(len(task.cost)), picked))
    effort.loops.fill(board, 0)
    return np.flatnonzero(board.state)


def _values(task: Task, picked: Array) -> Array:
    """What the variables of the programme are for some sites."""
    return np.concatenate([np.isin(np.arange(len(task.cost)), picked), ~covered(task, picked)]).astype(float)


def picked_of(answer: Answer, many: int) -> Array:
    """The sites of an answer; refuses where there is none."""
    if answer.infeasible:
        raise Refused(
            "floors_too_high",
            "The floors cannot all be met with this number of sites or this amount of money. Lower a floor, or allow more.",
            field="floors",
        )
    if answer.x is None:
        raise Refused(
            "no_answer_in_time",
            "No solution that meets every floor was found in the time allowed. Allow more time, or lower a floor.",
            field="floors",
        )
    return np.flatnonzero(answer.x[:many] > 0.5)
