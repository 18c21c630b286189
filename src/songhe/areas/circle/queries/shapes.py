"""Outlines for maps: how far one gets from a point, hexes, and streets."""

from __future__ import annotations

from functools import lru_cache
from math import cos, radians
from typing import Any

import h3
import numpy as np
from shapely import LineString, MultiLineString, Polygon, get_coordinates, linestrings, simplify, union_all
from shapely.geometry import Point as Dot

from songhe.areas.circle.queries.ground import Streets
from songhe.core.codes import Point
from songhe.core.reach import KINDS, Ground, Network, Paths, Spots, Straight

METRES = 111_195.0
BESIDE = 45.0
"""Metres on both sides of a street that count as reached."""
MAIN = ("motorway", "trunk", "primary", "secondary")
MIDDLE = (*MAIN, "tertiary", "unclassified", "residential", "living_street", "pedestrian")
SHOWN = (MAIN, MIDDLE, KINDS)
TILES = (0.5, 0.1, 0.02)
"""Degrees of a tile's side, from far to near."""
COARSE = (3e-4, 6e-5, 0.0)
Ring = list[tuple[float, float]]


def isochrone(ground: Ground, point: Point, seconds: float) -> list[list[Ring]]:
    """Polygons (each an outer ring and holes) of what one reaches from a point within so many seconds."""
    flat = _Flat(point)
    if isinstance(ground, Straight):
        shape = Dot(0, 0).buffer(seconds * ground.profile.speed / ground.detour, quad_segs=12)
        return [[flat.back(shape.exterior)]]
    spot = ground.snap(np.array([point.lon]), np.array([point.lat]))
    if not isinstance(ground, Paths) or not spot.placed[0]:
        return []
    lines = _reached(ground, spot, seconds, flat)
    shape = union_all(
        [MultiLineString(lines).buffer(BESIDE, quad_segs=3), Dot(0, 0).buffer(BESIDE)]
    ).simplify(8)
    parts: list[Polygon] = list(shape.geoms) if hasattr(shape, "geoms") else [shape]
    return [
        [
            flat.back(part.exterior),
            *(flat.back(hole) for hole in part.interiors if Polygon(hole).area > 8_000),
        ]
        for part in parts
    ]


def _reached(paths: Paths, spot: Spots, seconds: float, flat: _Flat) -> list[LineString]:
    """The pieces of street whose both ends are reached, and the reached part of those with one."""
    network = paths.network
    row, when = paths.pairs(spot, _vertices(paths), limit=seconds).row(0)
    at = np.full(network.vertices, np.inf)
    at[row] = when
    tail, head = network.piece_from, network.piece_to
    near = np.flatnonzero(np.isfinite(at[tail]) | np.isfinite(at[head]))
    a = flat.to(network.vertex_lon[tail[near]], network.vertex_lat[tail[near]])
    b = flat.to(network.vertex_lon[head[near]], network.vertex_lat[head[near]])
    long = np.maximum(np.hypot(*(b - a).T), 0.1)
    left = [np.clip((seconds - at[end[near]]) * paths.profile.afoot / long, 0, 1) for end in (tail, head)]
    whole = left[0] + left[1] >= 1
    starts, ends = [a[whole]], [b[whole]]
    for one, other, part in ((a, b, left[0]), (b, a, left[1])):
        some = ~whole & (part > 0)
        starts.append(one[some])
        ends.append(one[some] + (other - one)[some] * part[some, None])
    lines: list[LineString] = list(linestrings(np.stack([np.concatenate(starts), np.concatenate(ends)], 1)))
    return lines


@lru_cache(maxsize=2)
def _vertices(paths: Paths) -> Any:
    return paths.homes(paths.vertices(), toward=False)


class _Flat:
    """Metres east and north of a point."""

    def __init__(self, middle: Point) -> None:
        self.middle, self.wide = middle, METRES * cos(radians(middle.lat))

    def to(self, lon: Any, lat: Any) -> Any:
        """Degrees as metres."""
        return np.stack([(lon - self.middle.lon) * self.wide, (lat - self.middle.lat) * METRES], 1)

    def back(self, ring: Any) -> Ring:
        """Metres as degrees."""
        xy = get_coordinates(ring)
        lon, lat = xy[:, 0] / self.wide + self.middle.lon, xy[:, 1] / METRES + self.middle.lat
        return [(round(x, 6), round(y, 6)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


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


def tile_lines(streets: Streets, detail: int, box: tuple[float, float, float, float]) -> list[tuple[int, Any]]:
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
