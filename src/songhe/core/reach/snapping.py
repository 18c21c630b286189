"""The nearest piece of street of every point, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from songhe.core.reach.network import Network

Array = NDArray[Any]
CUT = 40.0
"""Metres into which pieces are cut for looking them up: a point of a cut lies at most half of that from its middle."""


class Snapper:
    """Looks among some pieces of a network."""

    def __init__(self, network: Network, pieces: Array) -> None:
        self.network, self.pieces = network, pieces
        east, north = network.flat
        begin, end = network.piece_from[pieces], network.piece_to[pieces]
        self.x, self.y = east[begin], north[begin]
        self.dx, self.dy = east[end] - self.x, north[end] - self.y
        square = self.dx * self.dx + self.dy * self.dy
        self.inverse = np.where(square > 0, 1 / np.where(square > 0, square, 1), 0.0)
        cuts = np.maximum(1, np.ceil(np.sqrt(square) / CUT)).astype(np.int64)
        self.cut_of = np.repeat(np.arange(len(pieces), dtype=np.int32), cuts)
        number = np.arange(len(self.cut_of)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
        at = (number + 0.5) / cuts[self.cut_of]
        self.middle = np.stack(
            [
                self.x[self.cut_of] + at * self.dx[self.cut_of],
                self.y[self.cut_of] + at * self.dy[self.cut_of],
            ],
            1,
        )
        self._tree: cKDTree | None = None

    def nearest(self, lon: Array, lat: Array) -> tuple[Array, Array, Array]:
        """Piece (-1: there are none), part of it and metres beside it, for each point; of equally near ones the first."""
        count = len(lon)
        piece, part, off = np.full(count, -1, np.int32), np.zeros(count), np.full(count, np.inf)
        x, y = self.network.plane.flat(lon, lat)
        rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if len(self.pieces):
            found, square, where = self._by_tree(x[rows], y[rows])
            piece[rows], part[rows] = self.pieces[found], where
            off[rows] = np.sqrt(square) * self.network.plane.stretch(lat[rows])
        return piece, part, off

    def _by_tree(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """With SciPy: the pieces of the nearest middles, and more of them until no other can be nearer."""
        if self._tree is None:
            self._tree = cKDTree(self.middle)
        best, square, part = np.zeros(len(x), np.int32), np.full(len(x), np.inf), np.zeros(len(x))
        rows, wanted = np.arange(len(x)), 8
        while len(rows):
            wanted = min(wanted, len(self.middle))
            away, near = self._tree.query(np.stack([x[rows], y[rows]], 1), k=np.arange(1, wanted + 1))
            some = self._measured(x[rows], y[rows], self.cut_of[near])
            best[rows], square[rows], part[rows] = some
            open_ = np.sqrt(some[1]) >= away[:, -1] - CUT / 2 - 1e-6
            rows = rows[open_] if wanted < len(self.middle) else rows[:0]
            wanted *= 4
        return best, square, part

    def _measured(self, x: Array, y: Array, among: Array) -> tuple[Array, Array, Array]:
        """The nearest of some pieces for each point."""
        away, along = self._exact(x[:, None], y[:, None], among)
        least = away.min(1, keepdims=True)
        pick = np.where(away == least, among, np.iinfo(np.int32).max).argmin(1)
        rows = np.arange(len(x))
        return among[rows, pick], away[rows, pick], along[rows, pick]

    def _exact(self, x: Array, y: Array, piece: Array) -> tuple[Array, Array]:
        """Squared distance and part along, for points and pieces."""
        bx, by = x - self.x[piece], y - self.y[piece]
        dx, dy = self.dx[piece], self.dy[piece]
        along = np.minimum(1.0, np.maximum(0.0, (bx * dx + by * dy) * self.inverse[piece]))
        ex, ey = bx - along * dx, by - along * dy
        return ex * ex + ey * ey, along
