"""The nearest and the second nearest of some sites, for each place."""

from __future__ import annotations

from typing import Any

import numpy as np

from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array


def two_nearest(ground: Ground, existing: Array, sites: Array, beyond: float) -> tuple[Array, Array, Array]:
    """The nearest way, the second nearest, and which site is the nearest (-1: nobody nearer than ``beyond``)."""
    size = len(ground.people)
    first, second, who = np.full(size, beyond), np.full(size, beyond), np.full(size, -1)
    for site in [*existing.tolist(), *sites.tolist()]:
        places, ways = ground.ways(site)
        _take(first, second, who, places, ways, site)
    return first, second, who


def _take(first: Array, second: Array, who: Array, places: Any, ways: Array, site: int) -> None:
    """Let one more site into the two nearest."""
    one, two, nobody = first[places], second[places], who[places]
    nearer = (ways < one) | ((ways <= one) & (nobody < 0))
    second[places] = np.where(nearer, np.where(nobody < 0, two, one), np.minimum(two, ways))
    first[places] = np.where(nearer, ways, one)
    who[places] = np.where(nearer, site, nobody)
