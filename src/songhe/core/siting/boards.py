"""Boards for the loops: a problem's rows with room for what changes."""

from __future__ import annotations

import numpy as np

from songhe.core.siting.cells import Cells
from songhe.core.siting.kernel import covering, median
from songhe.core.siting.kinds import Array
from songhe.core.siting.lists import Lists

_GOLDEN = 0x9E3779B97F4A7C15


def seeded(seed: int) -> Array:
    """A state of chance."""
    return np.array([(seed * _GOLDEN + 0xD1B54A32D192ED03) & (2**64 - 1) or 1], np.uint64)


def covering_board(
    cells: Cells, weight: Array, cost: Array, *, sites: int | None, budget: int | None, seed: int
) -> covering.Board:
    """Nothing chosen yet."""
    many, size = len(cells.sites), len(weight)
    return covering.Board(
        starts=cells.starts,
        cells=cells.cells,
        weight=weight,
        cost=cost.astype(np.float64),
        state=np.zeros(many, np.int8),
        chosen=np.zeros(many + 1, np.int64),
        place=np.zeros(many, np.int64),
        reached=np.zeros(size, np.int32),
        owner=np.zeros(size, np.int64),
        loss=np.zeros(many),
        over=np.zeros(many),
        bound=np.zeros(many),
        best=np.zeros(many, np.int8),
        sums=np.array([0.0, 0.0, 0.0, np.inf if budget is None else budget]),
        sizes=np.array([0, many if sites is None else min(sites, many)], np.int64),
        seed=seeded(seed),
    )


def median_board(lists: Lists, *, sites: int, seed: int, state: Array | None = None) -> median.Board:
    """Nothing open yet."""
    many, size = lists.sites, len(lists.out)
    floats = {name: np.zeros(size) for name in ("first", "second", "price", "priced", "slope")} | {
        name: np.zeros(many) for name in ("loss", "over", "bound", "cut", "often")
    }
    return median.Board(
        rows=lists.rows,
        places=lists.places,
        costs=lists.costs,
        heads=lists.heads,
        sites=lists.by_place,
        ways=lists.ways,
        out=lists.out,
        state=np.zeros(many, np.int8) if state is None else state,
        chosen=np.zeros(many + 1, np.int64),
        slot=np.full(many, -1, np.int64),
        who=np.full(size, -1, np.int64),
        best=np.zeros(many, np.int8),
        picked=np.zeros(many, np.int8),
        heap=np.zeros(many + 2, np.int64),
        sums=np.array([0.0, np.inf, -np.inf, 1.0]),
        sizes=np.array([0, min(sites, many), -1, -1], np.int64),
        seed=seeded(seed),
        **floats,
    )


def covering_example() -> covering.Board:
    """A board by whose types the loops are compiled."""
    none = np.zeros(0, np.int64)
    cells = Cells(none, np.zeros(1, np.int64), none.astype(np.int32), none, 0)
    return covering_board(cells, np.zeros(0), np.zeros(0), sites=None, budget=None, seed=1)


def median_example() -> median.Board:
    """The same for ways."""
    none, start = np.zeros(0), np.zeros(1, np.int64)
    small = none.astype(np.int32)
    return median_board(Lists(start, small, none, start, small, none, none, whole=True), sites=0, seed=1)
