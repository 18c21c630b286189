"""What is wrong with a network for a profile, and with points on it: islands, traps, points in the sea, twins, no places."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.findings import Finding
from songhe.core.reach.paths import FARTHEST, Paths
from songhe.core.reach.spots import Spots

Array = NDArray[Any]
FEW = 20
SAME = 7
"""Points alike to this many decimals of a degree are the same place."""


def review_network(paths: Paths) -> tuple[Finding, ...]:
    """What the network as a whole has, and what this profile meets: islands, and streets entered but not left."""
    network = paths.network
    if not network.streets or not paths.usable.any():
        return (*network.findings, Finding("network.empty", 1))
    _count, part = scipy.sparse.csgraph.connected_components(paths.graph, directed=False)
    metres = np.add.reduceat(network.metres, network.first[:-1]) * paths.usable
    size = np.bincount(part[network.tail], metres, minlength=int(part.max()) + 1)
    main = int(size.argmax())
    found = list(network.findings)
    islands = np.flatnonzero((size > 0) & (np.arange(len(size)) != main))
    if len(islands):
        islands = islands[np.argsort(-size[islands], kind="stable")]
        streets = np.flatnonzero(paths.usable)
        parts, first = np.unique(part[network.tail[streets]], return_index=True)
        one = network.tail[streets[first[np.searchsorted(parts, islands)]]]
        found.append(_finding(paths, "network.islands", len(islands), one, float(size[islands].sum())))
    found += _traps(paths, part == main)
    return tuple(found)


def _traps(paths: Paths, main: Array) -> list[Finding]:
    """Crossings that can be entered and not left, or left and not entered, as seen from the largest part that has both."""
    count, part = scipy.sparse.csgraph.connected_components(paths.graph, directed=True, connection="strong")
    size = np.bincount(part[main], minlength=count)
    start = int(np.flatnonzero(part == size.argmax())[0])
    reached, reaching = (
        _reach(graph, start, paths.network.crossings) for graph in (paths.graph, paths.against)
    )
    told = (
        ("network.trap", reached & ~reaching),
        ("network.closed", reaching & ~reached),
    )  # fmt: skip
    return [
        _finding(paths, code, int(where.sum()), np.flatnonzero(where)) for code, where in told if where.any()
    ]


def _reach(graph: Any, start: int, crossings: int) -> Array:
    found = np.zeros(crossings, bool)
    found[scipy.sparse.csgraph.breadth_first_order(graph, start, return_predecessors=False)] = True
    return found


def _finding(paths: Paths, code: str, count: int, crossings: Array, metres: float = 0.0) -> Finding:
    few = crossings[:FEW]
    lon, lat = paths.network.vertex_lon[few].tolist(), paths.network.vertex_lat[few].tolist()
    places = tuple(zip(lon, lat, strict=True))
    return Finding(code, count, *places[0], tuple(few.tolist()), metres, places[1:])


def review_points(spots: Spots, *, places: Array | None = None) -> tuple[Finding, ...]:
    """Points that no street is near, that lie where another lies, and sites without a place."""
    known = np.isfinite(spots.lon) & np.isfinite(spots.lat)
    key = np.stack([np.round(spots.lon, SAME), np.round(spots.lat, SAME)], 1)
    _unique, first, where = np.unique(key, axis=0, return_index=True, return_inverse=True)
    wrong = {
        "points.nowhere": ~known,
        "points.far": ~spots.placed & known,
        "points.twice": (first[where.reshape(-1)] != np.arange(len(spots))) & known,
    }
    if places is not None:
        wrong["points.no_places"] = np.asarray(places, float) == 0
    found = []
    for code, here in wrong.items():
        rows = np.flatnonzero(here)
        if len(rows):
            one = int(rows[0])
            lon, lat = (float(spots.lon[one]), float(spots.lat[one])) if known[one] else (None, None)
            metres = FARTHEST if code == "points.far" else 0.0
            told = rows[:FEW]
            more = told[1:][known[told[1:]]]
            further = tuple(zip(spots.lon[more].tolist(), spots.lat[more].tolist(), strict=True))
            found.append(Finding(code, len(rows), lon, lat, tuple(told.tolist()), metres, further))
    return tuple(found)
