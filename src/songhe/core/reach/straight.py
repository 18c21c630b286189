"""Where no network is known: straight lines times a detour, behind the same questions, and marked as approximate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.paths import grained
from songhe.core.reach.plane import Plane
from songhe.core.reach.profile import Profile
from songhe.core.reach.spots import Nearest, Pairs, Spots
from songhe.core.sources import DataError

Array = NDArray[Any]
DETOUR = 1.4
"""A way along streets for each way in a straight line; see data/nation/roster.yaml."""
ROWS = 256
NOWHERE = 1e9


@dataclass(frozen=True, eq=False)
class Points:
    """Spots as points of a plane."""

    spots: Spots
    plane: Plane
    xy: Array
    tree: scipy.spatial.cKDTree

    def __len__(self) -> int:
        return len(self.spots)


class Straight:
    """The ground without streets."""

    approximate = True

    def __init__(self, profile: Profile, *, detour: float = DETOUR) -> None:
        if not 1 <= detour <= 5:
            raise DataError("straight: a detour lies between 1 and 5.")
        self.profile, self.detour = profile, detour

    def snap(self, lon: Array, lat: Array) -> Spots:
        """Points as they are; what is no number is not placed."""
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        good = np.isfinite(lon) & np.isfinite(lat)
        return Spots(lon, lat, np.where(good, 0, -1).astype(np.int32), np.zeros(len(lon)), np.zeros(len(lon)))

    def homes(self, spots: Spots, *, toward: bool = True) -> Points:
        """Make many spots ready to be asked about often. Straight lines are alike in both directions."""
        del toward
        rows = spots.placed
        plane = (
            Plane(float(np.median(spots.lon[rows])), float(np.median(spots.lat[rows])))
            if rows.any()
            else Plane(105, 35)
        )
        xy = _flat(spots, plane)
        return Points(spots, plane, xy, scipy.spatial.cKDTree(xy))

    def nearest(self, sites: Spots, homes: Points, *, limit: float | None = None) -> Nearest:
        """The nearest site of every home."""
        seconds, site = np.full(len(homes), np.inf), np.full(len(homes), -1, np.int32)
        rows, targets = np.flatnonzero(homes.spots.placed), np.flatnonzero(sites.placed)
        if len(rows) and len(targets):
            tree = scipy.spatial.cKDTree(_flat(sites, homes.plane)[targets])
            away, which = tree.query(homes.xy[rows])
            found = self._seconds(homes.plane, away, homes.spots.lat[rows])
            near = found <= (np.inf if limit is None else limit)
            seconds[rows[near]], site[rows[near]] = found[near], targets[which[near]]
        return Nearest(seconds, site, self.profile, self.approximate)

    def pairs(self, sites: Spots, homes: Points, *, limit: float) -> Pairs:
        """Every site and home within ``limit`` seconds of each other."""
        xy, first, home, seconds = (
            _flat(sites, homes.plane),
            [0],
            [np.zeros(0, np.int32)],
            [np.zeros(0, np.float32)],
        )
        widest = (
            float(homes.plane.stretch(homes.spots.lat[homes.spots.placed]).min(initial=1.0))
            if len(homes)
            else 1.0
        )
        radius = limit * self.profile.speed / self.detour / widest * 1.000001
        for number in range(len(sites)):
            near = np.array(
                homes.tree.query_ball_point(xy[number], radius) if sites.placed[number] else [], np.int32
            )
            away = np.hypot(*(homes.xy[near] - xy[number]).T)
            found = self._seconds(homes.plane, away, homes.spots.lat[near])
            good = (found <= limit) & homes.spots.placed[near]
            home.append(near[good])
            seconds.append(found[good].astype(np.float32))
            first.append(first[-1] + int(good.sum()))
        return Pairs(
            np.array(first, np.int64), np.concatenate(home), np.concatenate(seconds), len(homes), limit, self.profile, self.approximate
        )  # fmt: skip

    def matrix(self, origins: Spots, targets: Spots) -> Array:
        """Seconds from each origin to each target."""
        points = self.homes(targets)
        start = _flat(origins, points.plane)
        found = np.full((len(origins), len(targets)), np.inf)
        for begin in range(0, len(origins), ROWS):
            rows = slice(begin, begin + ROWS)
            away = np.hypot(
                start[rows, 0, None] - points.xy[None, :, 0], start[rows, 1, None] - points.xy[None, :, 1]
            )
            found[rows] = self._seconds(points.plane, away, targets.lat)
        found[~origins.placed] = np.inf
        found[:, ~targets.placed] = np.inf
        return found

    def _seconds(self, plane: Plane, away: Array, lat: Array) -> Array:
        return grained(away * plane.stretch(lat) * self.detour / self.profile.speed)


def _flat(spots: Spots, plane: Plane) -> Array:
    """Points of the plane; those not placed lie out of everybody's reach."""
    placed = spots.placed
    xy = np.stack(
        plane.flat(np.where(placed, spots.lon, plane.lon), np.where(placed, spots.lat, plane.lat)), 1
    )
    xy[~placed] = NOWHERE
    return xy
