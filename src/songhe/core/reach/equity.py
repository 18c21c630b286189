"""How evenly something is spread over people: the Lorenz curve and the Gini index."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.sources import DataError

Array = NDArray[Any]


def lorenz(values: Array, people: Array | None = None) -> tuple[Array, Array]:
    """Share of people, those with least first, and the share of the whole that they have; both from 0 to 1.

    Values that are infinite or unknown are left out: say beside the curve how many they are. If there is nothing to share, the
    curve is the diagonal.
    """
    values = np.asarray(values, float)
    people = np.ones(len(values)) if people is None else np.asarray(people, float)
    if len(people) != len(values) or (people < 0).any():
        raise DataError("equity: people are a number of 0 or more for each value.")
    good = np.isfinite(values) & (people > 0)
    values, people = values[good], people[good]
    if (values < 0).any():
        raise DataError("equity: what is spread is 0 or more.")
    order = np.argsort(values, kind="stable")
    share = np.concatenate([[0.0], np.cumsum(people[order])])
    have = np.concatenate([[0.0], np.cumsum(people[order] * values[order])])
    if len(values) == 0:
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    share = share / share[-1]
    return share, have / have[-1] if have[-1] > 0 else share


def gini(values: Array, people: Array | None = None) -> float:
    """0 if all have the same, near 1 if one has everything."""
    share, have = lorenz(values, people)
    return float(1 - np.sum((have[1:] + have[:-1]) * np.diff(share)))
