"""Outlines for maps: how far one gets from a point, hexes, and streets."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import h3
import numpy as np
from shapely import LineString, get_coordinates, get_parts, simplify

from songhe.areas.circle.queries.ground import Streets
from songhe.core.codes import Point
from songhe.core.reach import KINDS, Ground, Network, isochrones

METRES = 111_195.0
MAIN = ("motorway", "trunk", "primary", "secondary")
MIDDLE = (*MAIN, "tertiary", "unclassified", "residential", "living_street", "pedestrian")
SHOWN = (MAIN, MIDDLE, KINDS)
TILES = (0.5, 0.1, 0.02)
"""Degrees of a tile's side, from far to near."""
COARSE = (3e-4, 6e-5, 0.0)
Ring = list[tuple[float, float]]


def isochrone(ground: Ground, point: Point, seconds: float) -> list[list[Ring]]:
    """Polygons (each an outer ring and holes) from which one gets to a point within so many seconds."""
    spot = ground.snap(np.array([point.lon]), np.array([point.lat]))
    area = isochrones(ground, spot, [seconds])[0]
    return [
        [_ring(part.exterior), *(_ring(hole) for hole in part.interiors)]
        for part in get_parts(area)
        if not part.is_empty
    ]


def _ring(ring: Any) -> Ring:
    """Every point to about a metre."""
    xy = get_coordinates(ring.simplify(2e-5))
    return [(round(x, 6), round(y, 6)) for x, y in xy.tolist()]


@lru_cache(maxsize=20_000)
def outline(cell: str) -> tuple[tuple[float, float], ...]:
    """The corners of a hex, longitude first."""
    return tuple((round(lon, 6), round(lat, 6)) for lat, lon in h3.cell_to_boundary(cell))


def tile(streets: Streets, detail: int, x: int, y: int) -> bytes:
    """Streets that begin in a tile, simplified: for each its class (int32), how many points, then their degrees × 10⁶ (int32)."""
    return _tiles(streets, detail).get((x, y), b"")


@lru_cache(maxsize=6)
def _tiles(streets: Streets, detail: int) -> dict[tuple[int, int], bytes]:
    network, side = streets.network, TILES[detail]
    wanted = np.isin(network.kind, [KINDS.index(kind) for kind in SHOWN[detail]])
    out: dict[tuple[int, int], list[bytes]] = {}
    for street in np.flatnonzero(wanted).tolist():
        line = _line(network, street)
        if COARSE[detail]:
            line = get_coordinates(simplify(LineString(line), COARSE[detail]))
        key = (int(line[0, 0] // side), int(line[0, 1] // side))
        head = np.array([_class(int(network.kind[street])), len(line)], "<i4").tobytes()
        out.setdefault(key, []).append(head + np.rint(line * 1e6).astype("<i4").tobytes())
    return {key: b"".join(parts) for key, parts in out.items()}


def _line(network: Network, street: int) -> Any:
    first, last = int(network.first[street]), int(network.first[street + 1])
    points = np.append(network.piece_from[first:last], network.piece_to[last - 1])
    return np.stack([network.vertex_lon[points], network.vertex_lat[points]], 1)


def _class(kind: int) -> int:
    """0 for main streets, 1 for others, 2 for paths."""
    name = KINDS[kind]
    return 0 if name in MAIN else 1 if name in MIDDLE else 2


def tile_lines(
    streets: Streets, detail: int, box: tuple[float, float, float, float]
) -> list[tuple[int, Any]]:
    """The streets of all tiles that meet a box, as class and degrees."""
    side = TILES[detail]
    west, south, east, north = (int(edge // side) for edge in box)
    out: list[tuple[int, Any]] = []
    for (x, y), body in _tiles(streets, detail).items():
        if west <= x <= east and south <= y <= north:
            flat, at = np.frombuffer(body, "<i4"), 0
            while at < len(flat):
                count = int(flat[at + 1])
                out.append((int(flat[at]), flat[at + 2 : at + 2 + 2 * count].reshape(-1, 2) / 1e6))
                at += 2 + 2 * count
    return out
