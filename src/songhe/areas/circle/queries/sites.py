"""Facilities by service: what everybody may know of them, with where they stand."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np

from songhe.areas.providers.api import Facility, PublicPlace, places, service_kinds
from songhe.core.reach import Spots
from songhe.engines.access.api import elevated

ALL = (0, 10**12)
FRESH_SECONDS = 30.0
COLUMNS = ("pk", "lon", "lat", "kind", "state", "since", "until", "beds", "name", "region_id")


@dataclass(slots=True)
class _Kept:
    stamp: int = 0
    day: date | None = None
    read: float = 0.0
    rows: tuple[PublicPlace, ...] = ()


_kept, _lock = _Kept(), Lock()


def sites(on: date, kind: str | None = None) -> list[PublicPlace]:
    """Everything that operates on a day, or what gives one service, by name. Kept while no facility changes; what else is
    told of a site (its other services, prices, stars) is looked at again every half minute."""
    with elevated():  # where facilities are is public
        stamp = hash(tuple(Facility.everywhere.order_by("pk").values_list(*COLUMNS)))
    with _lock:
        if (stamp, on) != (_kept.stamp, _kept.day) or time.monotonic() - _kept.read > FRESH_SECONDS:
            _kept.rows = tuple(places(*ALL, on=on))
            _kept.stamp, _kept.day, _kept.read = stamp, on, time.monotonic()
        rows = _kept.rows
    return [row for row in rows if kind is None or kind in row.services]


def degrees(rows: list[PublicPlace]) -> tuple[np.ndarray, np.ndarray]:
    """Where they stand; NaN where nobody knows."""
    points = np.array([row.point or (np.nan, np.nan) for row in rows], float).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def known(kind: str | None) -> str:
    """A service of the list; the first where it is none."""
    kinds = service_kinds()
    return kind if kind in kinds else next(iter(kinds))


def nowhere(spots: Spots) -> int:
    """How many have no place on a street."""
    return int((~spots.placed).sum())
