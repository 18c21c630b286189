"""Doubt: points that lie systematically off the streets were given in another frame than was said."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.codes.columns import many_from_wgs84, many_to_wgs84
from songhe.core.codes.coordinates import Frame
from songhe.core.reach.findings import gettext_noop
from songhe.core.reach.paths import Paths

Array = NDArray[Any]
FEWEST, SAMPLE = 30, 2_000
FAR = 3_000.0
BETTER, SHARE, SURE = 0.7, 0.6, 4.0
"""The other frame brings the middle point this much nearer, this share of points nearer, and that is no chance."""
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
NAMES: dict[Frame, str] = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}
GIVEN = gettext_noop(
    "{count} locations look given in {frame}, not in the stated coordinate system: they are shifted by {metres} m. As they are, half of them are within {before} m of a street; taken as {frame}, within {after} m."
)
TWICE = gettext_noop(
    "{count} locations look converted from {frame} once too often: they are shifted by {metres} m. As they are, half of them are within {before} m of a street; shifted back, within {after} m."
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """The points look as if they were in ``frame`` (``twice``: as if they had been converted from it once too often).

    Half of ``count`` points lie at most ``before`` metres off a street as they are, ``after`` if they are taken so; ``share`` of
    them lie nearer then. They are shifted by ``metres`` toward ``wind``.
    """

    frame: Frame
    twice: bool
    count: int
    before: float
    after: float
    share: float
    metres: float
    wind: str

    @property
    def what(self) -> str:
        """The sentence, to be translated and then filled in with ``values``."""
        return TWICE if self.twice else GIVEN

    @property
    def values(self) -> dict[str, str]:
        """What is filled in."""
        metres = {name: f"{getattr(self, name):,.0f}" for name in ("metres", "before", "after")}
        return {"count": f"{self.count:,}", "frame": NAMES[self.frame], **metres}

    def __str__(self) -> str:
        return self.what.format(**self.values)


def doubt(paths: Paths, lon: Array, lat: Array, *, seed: int = 0) -> Doubt | None:
    """Whether points said to be WGS-84 lie nearer to the streets in another frame; None if there is no reason to think so.

    It may as well be the streets that are shifted: whoever imports them says so of them.
    """
    lon, lat = _sample(np.asarray(lon, float), np.asarray(lat, float), seed)
    here = _off(paths, lon, lat)
    best: Doubt | None = None
    for frame in ("gcj02", "bd09"):
        for twice in (False, True):
            there = (many_from_wgs84 if twice else many_to_wgs84)(lon, lat, frame)
            found = _judged(here, _off(paths, *there))
            if found is None or (best is not None and best.after <= found[1]):
                continue
            metres, wind = _shift(paths, there, (lon, lat))
            best = Doubt(frame, twice, len(lon), *found, metres, wind)
    return best


def _sample(lon: Array, lat: Array, seed: int) -> tuple[Array, Array]:
    good = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(good) > SAMPLE:
        good = np.random.default_rng(seed).choice(good, SAMPLE, replace=False)
    return lon[good], lat[good]


def _off(paths: Paths, lon: Array, lat: Array) -> Array:
    return np.minimum(paths.snap(lon, lat, farthest=FAR).off, FAR)


def _judged(here: Array, there: Array) -> tuple[float, float, float] | None:
    count = len(here)
    if count < FEWEST:
        return None
    before, after = float(np.median(here)), float(np.median(there))
    share = float(((there < here) + 0.5 * (there == here)).mean())
    sure = (share - 0.5) * 2 * float(np.sqrt(count)) >= SURE
    return (before, after, share) if after < BETTER * before and share >= SHARE and sure else None


def _shift(paths: Paths, right: tuple[Array, Array], given: tuple[Array, Array]) -> tuple[float, str]:
    """How far, and whither, points given lie from where they should."""
    plane = paths.network.plane
    x, y = plane.flat(*right)
    to_x, to_y = plane.flat(*given)
    east, north = float(np.median(to_x - x)), float(np.median(to_y - y))
    metres = float(np.hypot(east, north)) * float(plane.stretch(np.array(np.median(given[1]))))
    return metres, WINDS[round(degrees(atan2(east, north)) / 45) % 8]
