"""The nearest piece of street of every point, exactly."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.kernel.points import Cells, Seen
from songhe.core.reach.network import Network

if TYPE_CHECKING:
    from songhe.core.reach.kernel.machine import Machine

Array = NDArray[Any]
CUT = 40.0
"""Metres into which pieces are cut for looking them up: a point of a cut lies at most half of that from its middle."""
SLACK = CUT / 2 + 1e-6
CELL, CELLS = 100.0, 4_000_000
"""Metres of a cell, and how many cells there may be before they become larger."""


class Snapper:
    """Looks among some pieces of a network."""

    def __init__(self, network: Network, pieces: Array) -> None:
        self.network, self.pieces = network, pieces
        east, north = network.flat
        begin, end = network.piece_from[pieces], network.piece_to[pieces]
        self.x, self.y = east[begin], north[begin]
        self.dx, self.dy = east[end] - self.x, north[end] - self.y
        self.stretch = network.plane.stretch(network.vertex_lat[begin])
        square = self.dx * self.dx + self.dy * self.dy
        self.inverse = np.where(square > 0, 1 / np.where(square > 0, square, 1), 0.0)
        cuts = np.maximum(1, np.ceil(np.sqrt(square) / CUT)).astype(np.int64)
        self.cut_of = np.repeat(np.arange(len(pieces), dtype=np.int32), cuts)
        number = np.arange(len(self.cut_of)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
        at = (number + 0.5) / cuts[self.cut_of]
        self.middle_x = self.x[self.cut_of] + at * self.dx[self.cut_of]
        self.middle_y = self.y[self.cut_of] + at * self.dy[self.cut_of]

    def nearest(
        self, lon: Array, lat: Array, farthest: float, machine: Machine | None
    ) -> tuple[Array, Array, Array]:
        """Piece (-1: none within ``farthest`` metres), part of it and metres beside it; of equally near pieces the first."""
        x, y = self.network.plane.flat(lon, lat)
        good = np.isfinite(x) & np.isfinite(y) & (np.abs(lat) < 85)
        if good.all() and len(good) and len(self.pieces):
            return self._near(x, y, farthest, machine)
        nowhere: tuple[Array, Array, Array] = (
            np.full(len(x), -1, np.int32), np.zeros(len(x)), np.full(len(x), np.inf),
        )  # fmt: skip
        if good.any() and len(self.pieces):
            for column, found in zip(nowhere, self._near(x[good], y[good], farthest, machine), strict=True):
                column[good] = found
        return nowhere

    def _near(
        self, x: Array, y: Array, farthest: float, machine: Machine | None
    ) -> tuple[Array, Array, Array]:
        """The same for points of the picture."""
        reach = farthest / float(self.stretch.min()) + 1e-6
        by = self._by_tree(x, y, reach) if machine is None else self._by_cells(machine, x, y, reach)
        number, square, part = by
        piece, off = self.pieces[number], np.sqrt(square) * self.stretch[number]
        far = np.flatnonzero((number < 0) | (off > farthest))
        piece[far], part[far], off[far] = -1, 0.0, np.inf
        return piece, part, off

    def _by_cells(self, machine: Machine, x: Array, y: Array, reach: float) -> tuple[Array, Array, Array]:
        """Compiled: ring by ring of square cells."""
        seen = Seen(np.empty(len(x), np.int32), np.empty(len(x)), np.empty(len(x)))
        machine.lookup(x, y, self._cells, reach, seen)
        return seen

    @cached_property
    def _cells(self) -> Cells:
        """Cells with the cuts whose boxes touch them."""
        west, south = float(self.middle_x.min()) - CUT, float(self.middle_y.min()) - CUT
        wide, high = float(self.middle_x.max()) + CUT - west, float(self.middle_y.max()) + CUT - south
        size = max(CELL, float(np.sqrt(wide * high / CELLS)), wide / CELLS, high / CELLS)
        columns, rows = int(wide / size) + 1, int(high / size) + 1
        cuts, count = np.bincount(self.cut_of), len(self.cut_of)
        half_x = (np.abs(self.dx) / cuts / 2)[self.cut_of] + 1e-6
        half_y = (np.abs(self.dy) / cuts / 2)[self.cut_of] + 1e-6
        west_of, east_of = (_numbers(self.middle_x + way * half_x, west, size, columns) for way in (-1, 1))
        south_of, north_of = (_numbers(self.middle_y + way * half_y, south, size, rows) for way in (-1, 1))
        wider, higher = np.flatnonzero(east_of > west_of), np.flatnonzero(north_of > south_of)
        both = np.flatnonzero((east_of > west_of) & (north_of > south_of))
        # a cut is shorter than a cell, so these are all cells that its box touches
        line_of = np.concatenate([south_of, south_of[wider], north_of[higher], north_of[both]])
        column_of = np.concatenate([west_of, east_of[wider], west_of[higher], east_of[both]])
        which = np.concatenate([np.arange(count), wider, higher, both])
        table = scipy.sparse.csr_array(
            (np.ones(len(which), bool), (line_of * columns + column_of, which)), shape=(rows * columns, count)
        )
        number = self.cut_of[table.indices]
        line = np.stack([self.x, self.y, self.dx, self.dy, self.inverse], 1)[number]
        return Cells(table.indptr.astype(np.int32), line, number, west, south, size, columns, rows)

    @cached_property
    def _tree(self) -> scipy.spatial.cKDTree:
        return scipy.spatial.cKDTree(np.stack([self.middle_x, self.middle_y], 1))

    def _by_tree(self, x: Array, y: Array, reach: float) -> tuple[Array, Array, Array]:
        """With SciPy: the pieces of the nearest middles, and more of them until no other can be nearer."""
        best, square, part = np.full(len(x), -1, np.int32), np.full(len(x), np.inf), np.zeros(len(x))
        rows, wanted, most = np.arange(len(x)), 8, len(self.middle_x)
        while len(rows):
            wanted = min(wanted, most)
            away, near = self._tree.query(
                np.stack([x[rows], y[rows]], 1),
                k=np.arange(1, wanted + 1),
                distance_upper_bound=reach + SLACK,
            )
            there = near < most
            some = self._measured(x[rows], y[rows], self.cut_of[np.where(there, near, 0)], there)
            close = some[1] <= reach * reach
            best[rows], square[rows], part[rows] = np.where(close, some[0], -1), some[1], some[2]
            square[rows[~close]] = np.inf
            # Unseen middles are at least as far as the last one seen, and their pieces at most so much nearer.
            unsure = there[:, -1] & (np.minimum(np.sqrt(some[1]), reach) >= away[:, -1] - SLACK)
            rows = rows[unsure] if wanted < most else rows[:0]
            wanted *= 4
        return best, square, part

    def _measured(self, x: Array, y: Array, among: Array, there: Array) -> tuple[Array, Array, Array]:
        """The nearest of some pieces for each point."""
        bx, by = x[:, None] - self.x[among], y[:, None] - self.y[among]
        dx, dy = self.dx[among], self.dy[among]
        along = np.minimum(1.0, np.maximum(0.0, (bx * dx + by * dy) * self.inverse[among]))
        ex, ey = bx - along * dx, by - along * dy
        away = np.where(there, ex * ex + ey * ey, np.inf)
        least = away.min(1, keepdims=True)
        pick = np.where((away == least) & there, among, np.iinfo(np.int32).max).argmin(1)
        rows = np.arange(len(x))
        return among[rows, pick], away[rows, pick], along[rows, pick]


def _numbers(values: Array, begin: float, size: float, most: int) -> Array:
    """The column or row of cells in which values lie."""
    found: Array = np.clip(np.floor((values - begin) / size), 0, most - 1).astype(np.int32)
    return found
