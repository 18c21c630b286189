"""Who goes, and how quickly: part of every answer, since the speed decides it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.sources import DataError

Array = NDArray[Any]
MODES = ("foot", "wheelchair", "cycle", "car")
KINDS = (
    "other", "footway", "path", "pedestrian", "steps", "crossing", "living_street", "residential", "service", "unclassified",
    "tertiary", "secondary", "primary", "trunk", "motorway", "track", "cycleway", "corridor", "lift", "ferry",
)  # fmt: skip
"""What kinds of streets there are; a street goes by its place in this list."""


class Open(IntFlag):
    """Who may pass: in the direction in which a street is written, and against it."""

    FOOT = 1
    FOOT_BACK = 2
    WHEELCHAIR = 4
    WHEELCHAIR_BACK = 8
    CYCLE = 16
    CYCLE_BACK = 32
    CAR = 64
    CAR_BACK = 128
    ALL = 255


class Barrier(IntFlag):
    """What lies in the way."""

    STEPS = 1
    KERB = 2
    GATE = 4
    NARROW = 8
    """A bollard, a stile, a turnstile."""
    ROUGH = 16
    """Sand, mud, cobbles: hard for wheels."""


NOTHING = Barrier(0)


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of going about.

    ``speed`` is metres a second on the level; ``speeds`` overrides it for kinds of streets. Streets with a barrier of ``avoid``
    are closed. ``slopes`` says whether known slopes count, ``steepest`` (rise by length) closes what is steeper.
    """

    code: str
    mode: str
    speed: float
    avoid: Barrier = NOTHING
    slopes: bool = True
    steepest: float | None = None
    speeds: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise DataError(
                f"profile {self.code}: mode must be one of {', '.join(MODES)}, not “{self.mode}”."
            )
        if not all(0.05 <= one <= 60 for one in (self.speed, *(speed for _kind, speed in self.speeds))):
            raise DataError(f"profile {self.code}: speeds lie between 0.05 and 60 metres a second.")
        unknown = sorted({kind for kind, _speed in self.speeds} - set(KINDS))
        if unknown:
            raise DataError(f"profile {self.code}: there is no kind of street “{unknown[0]}”.")

    @property
    def forward(self) -> int:
        """The bit of ``Open`` for passing a street as it is written; the next one is for passing it against that."""
        return 1 << 2 * MODES.index(self.mode)

    @property
    def afoot(self) -> float:
        """The speed off the streets: that of whoever walks, also from where a car was left."""
        return self.speed if self.mode in ("foot", "wheelchair") else 1.2

    def pace(self, kinds: Array) -> Array:
        """Metres a second on the level, for streets of some kinds."""
        table = np.full(len(KINDS), self.speed)
        for kind, speed in self.speeds:
            table[KINDS.index(kind)] = speed
        found: Array = table[kinds]
        return found

    def effort(self, slope: Array) -> Array:
        """How much longer a way takes uphill or downhill (positive is up), after Tobler (1993), for who walks.

        Gentle downhill is not counted as quicker: old people brake.
        """
        if not self.slopes or self.mode == "car":
            return np.ones(len(slope))
        found: Array = np.maximum(1.0, np.exp(3.5 * (np.abs(slope + 0.05))) / exp(3.5 * 0.05))
        return found


ELDER = Profile("elder", "foot", 0.9)
"""How old people walk: 0.8 to 1.0 metres a second."""
WALK = Profile("walk", "foot", 4000 / 3600)
WHEELCHAIR = Profile(
    "wheelchair", "wheelchair", 0.8, avoid=Barrier.STEPS | Barrier.KERB | Barrier.NARROW, steepest=0.083
)
BIKE = Profile("bike", "cycle", 12_000 / 3600)
EBIKE = Profile("ebike", "cycle", 18_000 / 3600, slopes=False)
CAR = Profile(
    "car", "car", 25_000 / 3600,
    speeds=(
        ("motorway", 90 / 3.6), ("trunk", 60 / 3.6), ("primary", 40 / 3.6), ("secondary", 35 / 3.6), ("tertiary", 30 / 3.6),
        ("living_street", 10 / 3.6), ("service", 15 / 3.6), ("track", 15 / 3.6), ("ferry", 10 / 3.6),
    ),
)  # fmt: skip
PROFILES = {one.code: one for one in (ELDER, WALK, WHEELCHAIR, BIKE, EBIKE, CAR)}
