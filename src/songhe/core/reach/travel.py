"""Minutes between places along streets, for whoever plans visits: the ``Travel`` of ``core.roster``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.kept import kept_streets
from songhe.core.reach.paths import Paths
from songhe.core.reach.profile import CAR, PROFILES, Profile
from songhe.core.reach.straight import DETOUR, Straight
from songhe.core.sources import DataError

Array = NDArray[Any]
FARTHEST = 90 * 60.0
"""Seconds beyond which a way is not looked for along streets: nobody is sent farther."""


class StreetTravel:
    """Along streets where both places have one and are not too far apart; else the straight line times the detour.

    ``modes`` have a network's paths, or none where there is no network. Parts of a minute count as a minute.
    """

    def __init__(
        self,
        points: Sequence[tuple[float, float]],
        modes: Mapping[str, tuple[Profile, Paths | None]],
        *,
        detour: float = DETOUR,
        farthest: float = FARTHEST,
    ) -> None:
        given = np.asarray(points, float).reshape(-1, 2)
        self.lon, self.lat = given[:, 0], given[:, 1]
        self.modes, self.detour, self.farthest = dict(modes), detour, farthest
        self.guessed: dict[str, int] = {}
        self._minutes: dict[str, Array] = {}

    def places(self) -> int:
        """How many places there are."""
        return len(self.lon)

    def minutes(self, mode: str) -> Array:
        """A square of whole minutes, from row to column. ``guessed`` then says how many of them are not along streets."""
        if mode not in self.modes:
            raise DataError(f"travel: no speed is given for the mode “{mode}”.")
        if mode not in self._minutes:
            self._minutes[mode] = self._worked_out(mode)
        return self._minutes[mode]

    def _worked_out(self, mode: str) -> Array:
        profile, paths = self.modes[mode]
        straight = Straight(profile, detour=self.detour)
        points = straight.snap(self.lon, self.lat)
        seconds = np.full((len(self.lon), len(self.lon)), np.inf)
        if paths is not None:
            spots = paths.snap(self.lon, self.lat)
            found = paths.pairs(spots, paths.homes(spots, toward=False), limit=self.farthest)
            seconds[found.site, found.home] = found.seconds
        unknown = ~np.isfinite(seconds)
        np.fill_diagonal(unknown, False)
        np.fill_diagonal(seconds, 0.0)
        self.guessed[mode] = int(unknown.sum())
        if unknown.any():
            seconds = np.where(unknown, straight.matrix(points, points), seconds)
        whole: Array = np.ceil(seconds / 60 - 1e-4).astype(np.int32)
        return whole


def street_travel(
    region: int, points: Sequence[tuple[float, float]], speeds: Mapping[str, float], *, detour: float = DETOUR
) -> StreetTravel | None:
    """The travel of a region where a network is stored for it; ``speeds`` are kilometres an hour for each mode."""
    streets = kept_streets()
    if streets is None or streets.network(region) is None:
        return None
    modes = {}
    for mode, speed in speeds.items():
        profile = _profile(mode, speed)
        modes[mode] = (profile, streets.paths(region, profile))
    return StreetTravel(points, modes, detour=detour)


def _profile(mode: str, speed: float) -> Profile:
    """The profile of a mode with a speed from door to door."""
    if not isfinite(speed) or speed <= 0:
        raise DataError("travel: speeds are above 0.")
    known = PROFILES.get(mode, CAR)
    return replace(known, code=mode, speed=speed / 3.6, speeds=())
