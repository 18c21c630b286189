"""Minutes from helpers to a place: along streets where they are stored, else the straight line times the detour."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import ceil, isfinite
from typing import Any

import numpy as np

from songhe.areas.grid.limits import terms
from songhe.core.codes import Point, distance_metres
from songhe.core.reach import Ground, ground_of
from songhe.core.reach.profile import CAR, PROFILES

MOST = 40
"""So many of the nearest are looked for along streets."""
FRESH_SECONDS = 15


def ways(region: int, to: Point, places: Iterable[tuple[Any, Point, str]]) -> dict[Any, tuple[int, bool]]:
    """Minutes by key, and whether they are only approximate; the nearest in a straight line are asked for along streets."""
    known = list(places)
    known.sort(key=lambda one: distance_metres(one[1], to) / _speed(one[2]))
    out = {key: (_straight(point, to, mode), True) for key, point, mode in known[MOST:]}
    by_mode: Mapping[str, list[tuple[Any, Point]]] = defaultdict(list)
    for key, point, mode in known[:MOST]:
        by_mode[mode].append((key, point))
    for mode, rows in by_mode.items():
        out |= _along(region, to, mode, rows)
    return out


def _along(region: int, to: Point, mode: str, rows: list[tuple[Any, Point]]) -> dict[Any, tuple[int, bool]]:
    ground = _ground(region, mode, int(time.monotonic() // FRESH_SECONDS))
    if ground.approximate:
        return {key: (_straight(point, to, mode), True) for key, point in rows}
    here = ground.snap(np.array([p.lon for _, p in rows]), np.array([p.lat for _, p in rows]))
    seconds = ground.matrix(here, ground.snap(np.array([to.lon]), np.array([to.lat])))[:, 0]
    return {
        key: (ceil(float(one) / 60), False) if isfinite(one) else (_straight(point, to, mode), True)
        for (key, point), one in zip(rows, seconds, strict=True)
    }


@lru_cache(maxsize=16)
def _ground(region: int, mode: str, _fresh: int) -> Ground:
    """Streets for one way of going, looked for anew now and then."""
    profile = replace(PROFILES.get(mode, CAR), code=mode, speed=_speed(mode), speeds=())
    return ground_of(region, profile, detour=terms().detour)


def _speed(mode: str) -> float:
    """Metres a second."""
    speeds = terms().speeds
    return speeds.get(mode, speeds["walk"]) / 3.6


def _straight(point: Point, to: Point, mode: str) -> int:
    return ceil(distance_metres(point, to) * terms().detour / _speed(mode) / 60)
