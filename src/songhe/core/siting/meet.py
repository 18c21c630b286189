"""Set covering: the cheapest sites that keep every floor; a greedy choice first, then HiGHS."""

from __future__ import annotations

import numpy as np
import scipy

from songhe.core.siting.asked import floors_in_reach, possible, somebody
from songhe.core.siting.cells import Cells, merged
from songhe.core.siting.floors import Rows, floor_rows, greedy
from songhe.core.siting.found import Effort, Found, near_enough, rounded
from songhe.core.siting.goals import Meet
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Model


def meet(ground: Ground, goal: Meet, effort: Effort) -> Found:
    """The cheapest sites, with a bound."""
    somebody(ground)
    floors_in_reach(ground, goal.floors)
    if len(ground.choices):
        possible(ground, None, None)
    cells = merged(ground, ground.choices, (ground.base == 0) & (ground.weight > 0))
    cost = np.ones(len(cells.sites)) if goal.count else ground.cost[ground.choices].astype(float)
    must = ground.must[ground.choices]
    rows = [(row, slack) for row, slack in floor_rows(ground, cells, goal.floors) if row.sum() > slack]
    picked = greedy(cells, cost, must, rows)
    value = float(cost[picked].sum())
    model, start = meeting_model(cells, cost, must, rows), _start(cells, picked, rows)
    if not effort.stop.exact:
        model.whole = np.zeros(len(model.whole), bool)
        relaxed = model.solve(seconds=effort.left())
        bound = max(0.0, rounded(relaxed.bound, whole=True, above=False)) if relaxed.proved else None
        return _found(cells, picked, value, bound)
    answer = model.solve(seconds=effort.left(), nodes=effort.nodes(), gap=effort.stop.gap, start=start)
    bound = max(0.0, rounded(answer.bound, whole=True, above=False))
    if answer.x is not None and answer.value < value - 1e-6:
        picked = np.flatnonzero(answer.x[: len(must)] > 0.5)
        value = float(cost[picked].sum())
    return _found(cells, picked, value, bound)


def _found(cells: Cells, picked: Array, value: float, bound: float | None) -> Found:
    if bound is None:
        return Found(cells.sites[picked], None, "none")
    bound = min(bound, value)
    exact = near_enough(value, bound, gap=0.0, whole=True, above=False)
    return Found(cells.sites[picked], bound, "exact" if exact else "lp")


def _full(cells: Cells, rows: Rows) -> Array:
    """Cells that have to be covered, since nothing of a floor may be missing."""
    found = np.zeros(cells.size, bool)
    for row, slack in rows:
        if slack < row[row > 0].min(initial=np.inf):
            found |= row > 0
    return found


def meeting_model(cells: Cells, cost: Array, must: Array, rows: Rows) -> Model:
    """Least cost; a cell that must be covered has no variable of its own."""
    full = _full(cells, rows)
    soft = np.flatnonzero(~full)
    many = len(cost)
    pick = scipy.sparse.csr_matrix(
        (np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(cells.size, len(soft))
    )
    blocks, below, above = (
        [scipy.sparse.hstack([cells.by_cell, pick])],
        [np.ones(cells.size)],
        [np.full(cells.size, np.inf)],
    )
    for row, slack in rows:
        if (full | (row <= 0)).all():
            continue
        blocks.append(
            scipy.sparse.hstack(
                [scipy.sparse.csr_matrix((1, many)), scipy.sparse.csr_matrix(row[soft][None])]
            )
        )
        below.append(np.full(1, -np.inf))
        above.append(np.full(1, slack))
    return Model(
        cost=np.concatenate([cost, np.zeros(len(soft))]),
        rows=scipy.sparse.csr_matrix(scipy.sparse.vstack(blocks)),
        below=np.concatenate(below),
        above=np.concatenate(above),
        upper=np.ones(many + len(soft)),
        whole=np.arange(many + len(soft)) < many,
        lower=np.concatenate([must.astype(float), np.zeros(len(soft))]),
    )


def _start(cells: Cells, picked: Array, rows: Rows) -> Array:
    x = np.zeros(len(cells.sites))
    x[picked] = 1.0
    return np.concatenate([x, (np.asarray(cells.by_cell @ x) <= 0)[~_full(cells, rows)]])
