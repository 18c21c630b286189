"""The ground of a map in tiles: what lies beneath the streets, and the streets."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from songhe.areas.circle.queries.beneath import beneath
from songhe.areas.circle.queries.ground import Streets
from songhe.core.reach import KINDS, lines_of

MAIN = ("motorway", "trunk", "primary", "secondary")
MIDDLE = (*MAIN, "tertiary", "unclassified", "residential", "living_street", "pedestrian")
SHOWN = (MAIN, MIDDLE, KINDS)
CLASSES = np.array([0 if kind in MAIN else 1 if kind in MIDDLE else 2 for kind in KINDS], "<i4")
"""0 for main streets, 1 for others, 2 for paths."""
TILES = (0.5, 0.1, 0.02)
"""Degrees of a tile's side, from far to near."""
COARSE = (35.0, 7.0, 0.0)
"""Metres by which a street may stray from its own line."""
COLUMN = 100_000
BENEATH, HOLE = {"water": 3, "river": 5, "stream": 6, "county": 7, "town": 8}, 4
BRIM = 0.004
"""Of a tile's side, by which water reaches beyond it, so that no seam shows."""


def tile(streets: Streets, detail: int, x: int, y: int) -> bytes:
    """Lines of a tile, simplified: for each its class (int32), how many points, then their degrees × 10⁶ (int32).

    Streets that begin in it are of a class in ``CLASSES``. Before them come parts of what lies beneath, in the order in
    which they are drawn: 3 is a ring of water, 4 one that is cut out of the ring before it, then rivers, brooks, borders.
    """
    side = TILES[detail]
    brim = side * BRIM
    box = (x * side - brim, y * side - brim, (x + 1) * side + brim, (y + 1) * side + brim)
    under = [
        (HOLE if at else BENEATH[shape.layer], part)
        for shape in beneath(streets, detail, box)
        for at, part in enumerate(shape.parts)
    ]
    kinds = np.array([kind for kind, _part in under], "<i4")
    first = np.cumsum([0, *(len(part) for _kind, part in under)])
    points = np.concatenate([part for _kind, part in under] or [np.zeros((0, 2))])
    return _packed(kinds, first, points) + _packed(*tile_lines(streets, detail, (x, y, x, y)))


def _packed(kinds: Any, first: Any, points: Any) -> bytes:
    """Lines one after the other; number i has the points ``first[i]`` to ``first[i + 1]``."""
    out = np.empty(2 * (len(kinds) + len(points)), "<i4")
    head = 2 * (first[:-1] + np.arange(len(kinds)))
    free = np.ones(len(out), bool)
    free[head] = free[head + 1] = False
    out[head], out[head + 1] = kinds, np.diff(first)
    out[free] = np.rint(points * 1e6).ravel()
    return out.tobytes()


def tile_lines(streets: Streets, detail: int, tiles: tuple[int, int, int, int]) -> tuple[Any, Any, Any]:
    """The streets that begin in the tiles from west and south to east and north: class, first point, and degrees of points."""
    network, (key, order) = streets.network, _order(streets, detail)
    west, south, east, north = tiles
    found = [
        order[slice(*np.searchsorted(key, [column * COLUMN + south, column * COLUMN + north + 1]))]
        for column in range(west, east + 1)
    ]
    drawn = lines_of(network, np.concatenate(found), tolerance=COARSE[detail])
    return CLASSES[network.kind[drawn.street]], drawn.first, np.stack([drawn.lon, drawn.lat], 1)


@lru_cache(maxsize=6)
def _order(streets: Streets, detail: int) -> tuple[Any, Any]:
    """The tiles in which streets begin, sorted by column and row, and these streets."""
    network, side = streets.network, TILES[detail]
    wanted = np.flatnonzero(np.isin(network.kind, [KINDS.index(kind) for kind in SHOWN[detail]]))
    begin = network.tail[wanted]
    column, row = (
        np.floor(ends[begin] / side).astype(int) for ends in (network.vertex_lon, network.vertex_lat)
    )
    key = column * COLUMN + row
    order = np.argsort(key, kind="stable")
    return key[order], wanted[order]


def tiles_of(detail: int, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The tiles in which the corners of a box lie."""
    west, south, east, north = (int(edge // TILES[detail]) for edge in box)
    return west, south, east, north
