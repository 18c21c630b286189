"""Minutes from workers to a home by each one's way of going: along streets where they are stored."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import replace
from functools import lru_cache
from math import ceil, isfinite
from typing import TypeVar

import numpy as np

from songhe.areas.visits.limits import terms
from songhe.core.codes import Point, distance_metres
from songhe.core.codes.region import CITY, at_level
from songhe.core.reach import Ground, ground_of
from songhe.core.reach.profile import CAR, PROFILES

K = TypeVar("K", bound=Hashable)
MOST = 40
"""So many of the nearest are looked for along streets."""
FRESH_SECONDS = 15


def minutes_to(home: Point, region: int, places: Iterable[tuple[K, Point, str]]) -> dict[K, int]:
    """Minutes by key; those beyond the nearest ones by the straight line times the detour."""
    known = sorted(places, key=lambda one: distance_metres(one[1], home) / _speed(one[2]))
    out = {key: _straight(point, home, mode) for key, point, mode in known[MOST:]}
    by_mode: defaultdict[str, list[tuple[K, Point]]] = defaultdict(list)
    for key, point, mode in known[:MOST]:
        by_mode[mode].append((key, point))
    for mode, rows in by_mode.items():
        ground = _ground(at_level(region, CITY), mode, int(time.monotonic() // FRESH_SECONDS))
        if ground.approximate:
            out |= {key: _straight(point, home, mode) for key, point in rows}
            continue
        here = ground.snap(np.array([p.lon for _, p in rows]), np.array([p.lat for _, p in rows]))
        seconds = ground.matrix(here, ground.snap(np.array([home.lon]), np.array([home.lat])))[:, 0]
        for (key, point), one in zip(rows, seconds, strict=True):
            out[key] = ceil(float(one) / 60) if isfinite(one) else _straight(point, home, mode)
    return out


@lru_cache(maxsize=16)
def _ground(region: int, mode: str, _fresh: int) -> Ground:
    """Streets for one way of going, looked for anew now and then."""
    profile = replace(PROFILES.get(mode, CAR), code=mode, speed=_speed(mode), speeds=())
    return ground_of(region, profile, detour=terms().detour)


def _speed(mode: str) -> float:
    """Metres a second."""
    speeds = terms().speeds
    return speeds.get(mode, min(speeds.values())) / 3.6


def _straight(point: Point, home: Point, mode: str) -> int:
    return ceil(distance_metres(point, home) * terms().detour / _speed(mode) / 60)
