"""What a map draws: streets as lines, made simpler for small maps, and the hexagons in which points lie."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from songhe.core.reach.network import Network
from songhe.core.reach.profile import KINDS

Array = NDArray[Any]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines in degrees: street ``street[i]`` has the points ``first[i]`` to ``first[i + 1]``."""

    street: Array
    first: Array
    lon: Array
    lat: Array

    def __len__(self) -> int:
        return len(self.street)


def lines(
    network: Network, *, box: Box | None = None, tolerance: float = 0.0, kinds: Collection[str] | None = None
) -> Lines:
    """Streets that touch a box (west, south, east, north), of some kinds, without points that stray less than ``tolerance`` metres."""
    chosen = np.ones(network.streets, bool)
    if kinds is not None:
        chosen &= np.isin(network.kind, [KINDS.index(kind) for kind in kinds])
    if box is not None:
        chosen &= _touching(network, box)
    return lines_of(network, np.flatnonzero(chosen), tolerance=tolerance)


def lines_of(network: Network, street: Array, *, tolerance: float = 0.0) -> Lines:
    """Streets by their numbers, drawn in the same way."""
    pieces = np.diff(network.first)[street]
    first = np.concatenate([[0], np.cumsum(pieces + 1)])
    which = np.repeat(np.arange(len(street)), pieces + 1)
    place = np.arange(first[-1]) - first[which]
    last = place == pieces[which]
    piece = network.first[street][which] + np.where(last, place - 1, place)
    vertex = (
        np.where(last, network.piece_to[piece], network.piece_from[piece]) if len(piece) else np.zeros(0, int)
    )
    if tolerance > 0 and len(street):
        east, north = network.flat
        whole = shapely.linestrings(east[vertex], north[vertex], indices=which)
        simple = shapely.simplify(whole, tolerance, preserve_topology=False)
        xy, which = shapely.get_coordinates(simple, return_index=True)
        first = np.concatenate([[0], np.cumsum(np.bincount(which, minlength=len(street)))])
        return Lines(street, first, *network.plane.round(xy[:, 0], xy[:, 1]))
    return Lines(street, first, network.vertex_lon[vertex], network.vertex_lat[vertex])


def _touching(network: Network, box: Box) -> Array:
    """Streets whose own box meets another."""
    west, south, east, north = box
    start = network.first[:-1]
    ends = []
    for values in (network.vertex_lon, network.vertex_lat):
        one, other = values[network.piece_from], values[network.piece_to]
        ends.append(
            (
                np.minimum.reduceat(np.minimum(one, other), start),
                np.maximum.reduceat(np.maximum(one, other), start),
            )
        )
    (left, right), (low, high) = ends
    found: Array = (left <= east) & (right >= west) & (low <= north) & (high >= south)
    return found


@cache
def _h3() -> Any:
    return import_module("h3.api.basic_int")


def hexes(lon: Array, lat: Array, resolution: int) -> Array:
    """The hexagon (H3) in which each point lies; 9 is 350 metres wide, 8 is 920."""
    cell = _h3().latlng_to_cell
    return np.array(
        [cell(y, x, resolution) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)], np.uint64
    )


def hex_border(cell: int) -> list[tuple[float, float]]:
    """Longitude and latitude of a hexagon's corners."""
    return [(lon, lat) for lat, lon in _h3().cell_to_boundary(int(cell))]
