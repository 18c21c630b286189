"""Places on the map in the three frames of China: WGS-84, GCJ-02 and BD-09.

Songhe stores WGS-84 (CGCS2000 is the same for daily use) and converts at the map's edge only.
Points are (longitude, latitude) in degrees; distances are metres.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import asin, cos, pi, radians, sin, sqrt
from typing import Any, Literal, NamedTuple, get_args

from songhe.core.refusal import Refused

Frame = Literal["wgs84", "gcj02", "bd09"]
FRAMES: tuple[Frame, ...] = get_args(Frame)

EARTH_RADIUS_METRES = 6_371_008.8
_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
_BAIDU = pi * 3000.0 / 180.0


class Point(NamedTuple):
    """Longitude first, as in GeoJSON."""

    lon: float
    lat: float


def in_china(point: Point) -> bool:
    """The rectangle inside which the offset frames differ from WGS-84."""
    return 72.004 <= point.lon <= 137.8347 and 0.8293 <= point.lat <= 55.8271


def wgs84_to_gcj02(point: Point) -> Point:
    """Into the frame of domestic web maps; outside China nothing is shifted."""
    return Point(*shifted(*point, math)) if in_china(point) else point


def gcj02_to_bd09(point: Point) -> Point:
    """Into the further shifted frame of one map service."""
    return Point(*shifted_again(*point, math))


def gcj02_to_wgs84(point: Point) -> Point:
    """Back by iteration, within a millimetre."""
    return _undo(wgs84_to_gcj02, point) if in_china(point) else point


def bd09_to_gcj02(point: Point) -> Point:
    """Back by iteration, within a millimetre."""
    return _undo(gcj02_to_bd09, point)


def to_wgs84(point: Point, frame: Frame) -> Point:
    """A point of any frame in the frame that is stored."""
    if frame == "bd09":
        point = bd09_to_gcj02(point)
    return point if frame == "wgs84" else gcj02_to_wgs84(point)


def from_wgs84(point: Point, frame: Frame) -> Point:
    """A stored point in the frame of a map."""
    if frame == "wgs84":
        return point
    there = wgs84_to_gcj02(point)
    return there if frame == "gcj02" else gcj02_to_bd09(there)


def distance_metres(a: Point, b: Point) -> float:
    """Great-circle distance; the sphere is off by at most 0.6 % from the ellipsoid."""
    half_lat, half_lon = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(chord)))


def parse_point(lon: object, lat: object, *, frame: Frame = "wgs84", field: str | None = None) -> Point:
    """Read a place in China and return it in WGS-84; swapped or impossible values are refused."""
    try:
        point = Point(float(str(lon)), float(str(lat)))
    except ValueError:
        raise Refused(
            "point_shape", "Longitude and latitude must be degrees such as 122.42 and 37.16.", field=field
        ) from None
    if not in_china(point):
        hint = in_china(Point(point.lat, point.lon))
        raise Refused(
            "point_swapped" if hint else "point_outside",
            "Longitude and latitude are swapped: longitude is the larger one, 73 to 135."
            if hint
            else "The location ({lon}, {lat}) is outside China. Check longitude and latitude.",
            field=field,
            lon=point.lon,
            lat=point.lat,
        )
    return to_wgs84(point, frame)


def _undo(forward: Callable[[Point], Point], target: Point) -> Point:
    guess = target
    for _ in range(30):
        seen = forward(guess)
        miss_lon, miss_lat = target.lon - seen.lon, target.lat - seen.lat
        guess = Point(guess.lon + miss_lon, guess.lat + miss_lat)
        if abs(miss_lon) < 1e-10 and abs(miss_lat) < 1e-10:
            break
    return guess


def shifted(lon: Any, lat: Any, by: Any) -> tuple[Any, Any]:
    """WGS-84 to GCJ-02; ``by`` is where sines come from: ``math`` for one point, NumPy for columns of them."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * by.sin(6 * x * pi) + 20 * by.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * by.sqrt(abs(x)) + waves
    north += (20 * by.sin(y * pi) + 40 * by.sin(y / 3 * pi)) * 2 / 3
    north += (160 * by.sin(y / 12 * pi) + 320 * by.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * by.sqrt(abs(x)) + waves
    east += (20 * by.sin(x * pi) + 40 * by.sin(x / 3 * pi)) * 2 / 3
    east += (150 * by.sin(x / 12 * pi) + 300 * by.sin(x / 30 * pi)) * 2 / 3
    angle = by.radians(lat)
    magic = 1 - _ECCENTRICITY * by.sin(angle) ** 2
    north = north * 180 / (_AXIS * (1 - _ECCENTRICITY) / (magic * by.sqrt(magic)) * pi)
    east = east * 180 / (_AXIS / by.sqrt(magic) * by.cos(angle) * pi)
    return lon + east, lat + north


def shifted_again(lon: Any, lat: Any, by: Any) -> tuple[Any, Any]:
    """GCJ-02 to BD-09."""
    radius = by.sqrt(lon**2 + lat**2) + 0.00002 * by.sin(lat * _BAIDU)
    angle = by.atan2(lat, lon) + 0.000003 * by.cos(lon * _BAIDU)
    return radius * by.cos(angle) + 0.0065, radius * by.sin(angle) + 0.006
