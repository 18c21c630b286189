"""How far one gets in so many minutes: the parts of streets within reach, and polygons round them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy
import shapely
from numpy.typing import NDArray

from songhe.core.reach.paths import Ground, Paths
from songhe.core.reach.plane import Plane
from songhe.core.reach.search import Seeds, seeded
from songhe.core.reach.spots import Spots
from songhe.core.reach.straight import Straight

Array = NDArray[Any]
WIDE = 50.0
"""Metres on both sides of a street that count as reached from it."""
HOLE = 40_000.0
"""Square metres up to which a hole between streets is filled: a block of houses."""


def isochrones(ground: Ground, site: Spots, seconds: Sequence[float], *, toward: bool = True) -> list[Any]:
    """For each limit the area from which one gets to the site (or that one gets to from it), in degrees; each holds the less."""
    if len(site) != 1 or not site.placed[0]:
        return [shapely.MultiPolygon() for _ in seconds]
    if isinstance(ground, Straight):
        return [_circle(ground, site, limit) for limit in seconds]
    assert isinstance(ground, Paths)
    away = _away(ground, site, max(seconds, default=0.0), toward)
    return [_area(ground, site, away, limit, toward) for limit in seconds]


def _circle(ground: Straight, site: Spots, limit: float) -> Any:
    plane = Plane(float(site.lon[0]), float(site.lat[0]))
    return _round(
        plane, shapely.Point(0, 0).buffer(limit * ground.profile.speed / ground.detour, quad_segs=16)
    )


def _away(paths: Paths, site: Spots, limit: float, toward: bool) -> Array:
    """Seconds to each crossing."""
    seeds = Seeds(paths.ends(site, leaving=not toward), toward)
    crossings = paths.network.crossings
    found: Array = scipy.sparse.csgraph.dijkstra(seeded(paths, seeds), indices=[crossings], limit=limit)[
        0, :crossings
    ]
    return found


def reached(paths: Paths, site: Spots, away: Array, limit: float, toward: bool) -> Array:
    """The reached parts of pieces in the flat picture: x and y of both ends, a row for each."""
    network, lanes, pieces = paths.network, paths.lanes, paths.pieces
    near = np.flatnonzero((away[lanes.tail] <= limit) | (away[lanes.head] <= limit))
    own = int(network.street_of[site.piece[0]])
    near = np.union1d(near, [own])
    rows = np.concatenate([np.arange(network.first[e], network.first[e + 1]) for e in near])
    street = network.street_of[rows]
    # Toward the site one leaves by the tail against the street, and by the head along it.
    by_tail, by_head = (pieces.come, pieces.go) if toward else (pieces.go, pieces.come)
    open_tail = np.isfinite((lanes.come if toward else lanes.go)[street])
    open_head = np.isfinite((lanes.go if toward else lanes.come)[street])
    before, after = _sums(by_tail, network, rows, street), _sums(by_head, network, rows, street)
    length_head = np.add.reduceat(by_head, network.first[:-1])[street]
    left_tail = np.where(open_tail, limit - away[lanes.tail[street]] - before, -1.0)
    left_head = np.where(
        open_head, limit - away[lanes.head[street]] - (length_head - after - by_head[rows]), -1.0
    )
    from_tail = np.clip(left_tail / by_tail[rows], 0, 1)
    from_head = np.clip(left_head / by_head[rows], 0, 1)
    whole = from_tail + from_head >= 1
    east, north = network.flat
    a, b = network.piece_from[rows], network.piece_to[rows]
    parts = [
        _cut(east, north, a, b, np.where(whole, 1.0, from_tail)),
        _cut(east, north, b, a, np.where(whole, 0.0, from_head)),
    ]
    return np.concatenate([_own(paths, site, limit), *parts])


def _sums(seconds: Array, network: Any, rows: Array, street: Array) -> Array:
    """Seconds from the tail of the street to the beginning of each piece."""
    sums = np.concatenate([[0.0], np.cumsum(seconds)])
    found: Array = sums[rows] - sums[network.first[:-1]][street]
    return found


def _cut(east: Array, north: Array, begin: Array, end: Array, part: Array) -> Array:
    some = part > 0
    x, y, part = east[begin][some], north[begin][some], part[some]
    to_x, to_y = east[end][some], north[end][some]
    return np.stack([x, y, x + part * (to_x - x), y + part * (to_y - y)], 1)


def _own(paths: Paths, site: Spots, limit: float) -> Array:
    """The street just before the door, as far as it is reached without coming to a crossing: its piece alone."""
    network, piece = paths.network, int(site.piece[0])
    left = limit - float(site.off[0]) / paths.profile.afoot
    if left < 0:
        return np.zeros((0, 4))
    east, north = network.flat
    a, b = int(network.piece_from[piece]), int(network.piece_to[piece])
    at, whole = float(site.part[0]), float(paths.pieces.go[piece])
    low, high = max(0.0, at - left / whole), min(1.0, at + left / whole)
    ends = [
        (east[a] + part * (east[b] - east[a]), north[a] + part * (north[b] - north[a]))
        for part in (low, high)
    ]
    return np.array([[*ends[0], *ends[1]]])


def _area(paths: Paths, site: Spots, away: Array, limit: float, toward: bool) -> Any:
    parts = reached(paths, site, away, limit, toward)
    if not len(parts):
        return shapely.MultiPolygon()
    plane = paths.network.plane
    wide = WIDE / float(plane.stretch(site.lat[:1])[0])
    lines = shapely.multilinestrings(shapely.linestrings(parts.reshape(-1, 2, 2)))
    area = shapely.union_all(shapely.get_parts(shapely.buffer(lines, wide, quad_segs=3)))
    return _round(plane, _filled(area))


def _filled(area: Any) -> Any:
    polygons = []
    for part in shapely.get_parts(area):
        holes = [ring for ring in part.interiors if shapely.Polygon(ring).area > HOLE]
        polygons.append(shapely.Polygon(part.exterior, holes))
    return shapely.union_all(polygons)


def _round(plane: Plane, area: Any) -> Any:
    """From the flat picture to degrees."""
    return shapely.transform(area, lambda xy: np.stack(plane.round(xy[:, 0], xy[:, 1]), 1))
