"""Outlines for maps: how far one gets from a point, and hexes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import h3
import numpy as np
from shapely import get_coordinates, get_parts

from songhe.core.codes import Point
from songhe.core.reach import Ground, isochrones

METRES = 111_195.0
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
