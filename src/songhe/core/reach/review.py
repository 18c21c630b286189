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
        streets = np.flatnonzero((part[network.tail] == islands[0]) & paths.usable)
        found.append(
            _finding(
                paths, "network.islands",
                len(islands), network.tail[streets], float(size[islands].sum()),
            )
        )  # fmt: skip
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
    lon, lat = paths.network.vertex_lon[crossings[0]], paths.network.vertex_lat[crossings[0]]
    return Finding(code, count, float(lon), float(lat), tuple(int(one) for one in crossings[:FEW]), metres)


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
            found.append(Finding(code, len(rows), lon, lat, tuple(int(row) for row in rows[:FEW]), metres))
    return tuple(found)
