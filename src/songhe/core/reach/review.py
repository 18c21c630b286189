"""What is wrong with a network for a profile, and with points on it: islands, traps, points in the sea, twins, no places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order, connected_components

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
        return (*network.findings, Finding("network.empty", "Nobody of this profile can pass any street.", 1))
    _count, part = connected_components(paths.graph, directed=False)
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
                "{count} groups of streets are not connected with the rest; together they are {metres} metres long.",
                len(islands), network.tail[streets], float(size[islands].sum()),
            )
        )  # fmt: skip
    found += _traps(paths, part == main)
    return tuple(found)


def _traps(paths: Paths, main: Array) -> list[Finding]:
    """Crossings that can be entered and not left, or left and not entered, as seen from the largest part that has both."""
    count, part = connected_components(paths.graph, directed=True, connection="strong")
    size = np.bincount(part[main], minlength=count)
    start = int(np.flatnonzero(part == size.argmax())[0])
    reached, reaching = (
        _reach(graph, start, paths.network.crossings) for graph in (paths.graph, paths.against)
    )
    told = (
        ("network.trap", "{count} crossings can be entered and not left again: is a one-way street written the wrong way?", reached & ~reaching),
        ("network.closed", "{count} crossings can be left and not entered: is a one-way street written the wrong way?", reaching & ~reached),
    )  # fmt: skip
    return [
        _finding(paths, code, what, int(where.sum()), np.flatnonzero(where))
        for code, what, where in told
        if where.any()
    ]


def _reach(graph: Any, start: int, crossings: int) -> Array:
    found = np.zeros(crossings, bool)
    found[breadth_first_order(graph, start, return_predecessors=False)] = True
    return found


def _finding(
    paths: Paths, code: str, what: str, count: int, crossings: Array, metres: float = 0.0
) -> Finding:
    lon, lat = paths.network.vertex_lon[crossings[0]], paths.network.vertex_lat[crossings[0]]
    return Finding(
        code, what, count, float(lon), float(lat), tuple(int(one) for one in crossings[:FEW]), metres
    )


def review_points(spots: Spots, *, places: Array | None = None) -> tuple[Finding, ...]:
    """Points that no street is near, that lie where another lies, and sites without a place."""
    wrong = [
        ("points.nowhere", "{count} points have no coordinates.", ~(np.isfinite(spots.lon) & np.isfinite(spots.lat))),
    ]  # fmt: skip
    wrong.append(
        ("points.far", f"{{count}} points lie more than {FARTHEST:.0f} metres from any street.", ~spots.placed & ~wrong[0][2])
    )  # fmt: skip
    key = np.stack([np.round(spots.lon, SAME), np.round(spots.lat, SAME)], 1)
    _unique, first, where = np.unique(key, axis=0, return_index=True, return_inverse=True)
    twin = first[where.reshape(-1)] != np.arange(len(spots))
    wrong.append(("points.twice", "{count} points lie exactly where another one lies.", twin & ~wrong[0][2]))
    if places is not None:
        wrong.append(("points.no_places", "{count} sites have no places.", np.asarray(places, float) == 0))
    found = []
    for code, what, here in wrong:
        rows = np.flatnonzero(here)
        if len(rows):
            lon, lat = float(spots.lon[rows[0]]), float(spots.lat[rows[0]])
            seen = np.isfinite(lon) and np.isfinite(lat)
            found.append(
                Finding(
                    code,
                    what,
                    len(rows),
                    lon if seen else None,
                    lat if seen else None,
                    tuple(int(row) for row in rows[:FEW]),
                )
            )
    return tuple(found)
