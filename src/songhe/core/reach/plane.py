"""Metres on the ellipsoid, and a flat picture of a region in which the nearest street is the nearest one on the ground.

The picture is Mercator's on the ellipsoid: it keeps angles, so at each place lengths are stretched alike in all directions,
and what is nearest stays nearest. Its scale is 1 at the middle latitude; ``stretch`` gives it back elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
AXIS = 6_378_137.0
SQUARED = 0.00669437999014
"""Squared eccentricity of WGS 84; that of CGCS2000 gives the same to a tenth of a millimetre."""
_E = sqrt(SQUARED)

DEGREE = 10_000_000
"""Places are kept in ten-millionths of a degree, about a centimetre, as OpenStreetMap does."""


def fixed(degrees: Array) -> Array:
    """Degrees as they are kept."""
    found: Array = np.rint(np.asarray(degrees, float) * DEGREE).astype(np.int32)
    return found


def metres_between(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Length of short straight pieces; off by less than a millionth below ten kilometres."""
    middle = np.radians((lat + to_lat) / 2)
    inner = 1 - SQUARED * np.sin(middle) ** 2
    north = AXIS * (1 - SQUARED) / (inner * np.sqrt(inner)) * np.radians(to_lat - lat)
    east = AXIS / np.sqrt(inner) * np.cos(middle) * np.radians(to_lon - lon)
    found: Array = np.hypot(east, north)
    return found


@dataclass(frozen=True)
class Plane:
    """The picture round one point, in metres east and north of it."""

    lon: float
    lat: float

    @property
    def scale(self) -> float:
        """How many metres of the picture are a unit of the bare projection."""
        return AXIS * cos(radians(self.lat)) / sqrt(1 - SQUARED * sin(radians(self.lat)) ** 2)

    def flat(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """East and north of points."""
        east = np.radians(np.asarray(lon, float) - self.lon) * self.scale
        north = (_upward(np.radians(np.asarray(lat, float))) - self._north()) * self.scale
        return east, north

    def round(self, east: Array, north: Array) -> tuple[Array, Array]:
        """Longitude and latitude of points of the picture."""
        away = np.exp(-(np.asarray(north, float) / self.scale + self._north()))
        lat = np.pi / 2 - 2 * np.arctan(away)
        for _ in range(5):  # each round is three hundred times as near
            bent = _E * np.sin(lat)
            lat = np.pi / 2 - 2 * np.arctan(away * ((1 - bent) / (1 + bent)) ** (_E / 2))
        return np.degrees(np.asarray(east, float) / self.scale) + self.lon, np.degrees(lat)

    def stretch(self, lat: Array) -> Array:
        """How many metres on the ground a metre of the picture is at some latitudes."""
        angle = np.radians(lat)
        ground: Array = AXIS * np.cos(angle) / np.sqrt(1 - SQUARED * np.sin(angle) ** 2) / self.scale
        return ground

    def _north(self) -> float:
        return float(_upward(np.array(radians(self.lat))))


def _upward(angle: Array) -> Array:
    bent = np.sin(angle)
    up: Array = np.arctanh(bent) - _E * np.arctanh(_E * bent)
    return up
