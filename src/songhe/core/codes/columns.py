"""Columns of places in the three frames of China, by the same formulas as single ones.

They stand apart from those, since NumPy is more to load than many a process needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.codes.coordinates import Frame, shifted, shifted_again

Array = NDArray[Any]


def in_china_many(lon: Array, lat: Array) -> Array:
    """Which points lie in the rectangle of ``in_china``; what is no number lies nowhere."""
    found: Array = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return found


def many_to_wgs84(lon: Array, lat: Array, frame: Frame) -> tuple[Array, Array]:
    """Columns of points of any frame in the frame that is stored, within a millimetre."""
    if frame == "bd09":
        lon, lat = _undo_many(shifted_again, lon, lat)
    return (lon, lat) if frame == "wgs84" else _where_in_china(_undo_shift, lon, lat)


def many_from_wgs84(lon: Array, lat: Array, frame: Frame) -> tuple[Array, Array]:
    """Columns of stored points in the frame of a map."""
    if frame == "wgs84":
        return lon, lat
    lon, lat = _where_in_china(lambda x, y: shifted(x, y, np), lon, lat)
    return (lon, lat) if frame == "gcj02" else shifted_again(lon, lat, np)


def _undo_shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    return _undo_many(shifted, lon, lat)


def _undo_many(
    forward: Callable[[Any, Any, Any], tuple[Any, Any]], lon: Array, lat: Array
) -> tuple[Array, Array]:
    guess_lon, guess_lat = np.array(lon, float), np.array(lat, float)
    for _ in range(30):
        seen_lon, seen_lat = forward(guess_lon, guess_lat, np)
        miss_lon, miss_lat = lon - seen_lon, lat - seen_lat
        guess_lon += miss_lon
        guess_lat += miss_lat
        if not ((np.abs(miss_lon) >= 1e-10) | (np.abs(miss_lat) >= 1e-10)).any():
            break
    return guess_lon, guess_lat


def _where_in_china(
    change: Callable[[Array, Array], tuple[Array, Array]], lon: Array, lat: Array
) -> tuple[Array, Array]:
    """Change the points inside China and leave the others."""
    inside = in_china_many(lon, lat)
    if inside.all():
        return change(lon, lat)
    out_lon, out_lat = np.array(lon, float), np.array(lat, float)
    out_lon[inside], out_lat[inside] = change(out_lon[inside], out_lat[inside])
    return out_lon, out_lat
