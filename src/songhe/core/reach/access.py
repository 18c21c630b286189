"""How much care there is for whom: places shared out among the people who can reach them.

Enhanced two-step floating catchment areas (Luo and Qi 2009): each site counts everybody near it, so who is near three sites is
counted three times. ``rational`` counts everybody once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any, Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.profile import Profile
from songhe.core.reach.spots import Pairs
from songhe.core.sources import DataError

Array = NDArray[Any]


class Decay(Protocol):
    """How much a way of so many seconds counts, from 0 to 1."""

    def __call__(self, seconds: Array) -> Array: ...


@dataclass(frozen=True, slots=True)
class Gaussian:
    """The bell curve with width ``sigma`` seconds."""

    sigma: float

    def __call__(self, seconds: Array) -> Array:
        found: Array = np.exp(-(np.asarray(seconds, float) ** 2) / (2 * self.sigma**2))
        return found


@dataclass(frozen=True, slots=True)
class Bell:
    """The bell curve that reaches 0 at ``limit`` seconds (Dai 2010)."""

    limit: float

    def __call__(self, seconds: Array) -> Array:
        away = np.asarray(seconds, float) / self.limit
        found: Array = np.where(away <= 1, (np.exp(-0.5 * away**2) - exp(-0.5)) / (1 - exp(-0.5)), 0.0)
        return found


@dataclass(frozen=True, slots=True)
class Steps:
    """So much up to so many seconds, for one step after the other; nothing beyond the last."""

    steps: tuple[tuple[float, float], ...]

    def __call__(self, seconds: Array) -> Array:
        ends = np.array([end for end, _much in self.steps])
        much = np.array([much for _end, much in self.steps] + [0.0])
        found: Array = much[np.searchsorted(ends, np.asarray(seconds, float), side="left")]
        return found


@dataclass(frozen=True, eq=False)
class Access:
    """Places for each person of a home, and for each site the places it has for one person of its demand.

    ``confidence`` is the part of a home's reach whose places are known; what is not known counts as ``assumed`` places. Homes
    that reach nothing have 0 and a confidence of 1: that they have nothing is certain. ``left`` is the part of what all bear that
    they could still save by going elsewhere, where people choose.
    """

    per_person: Array
    per_demand: Array
    unused: Array
    confidence: Array
    assumed: float
    profile: Profile
    approximate: bool
    left: float = 0.0


def e2sfca(pairs: Pairs, places: Array, people: Array, decay: Decay) -> Access:
    """Each site shares its places among the people who reach it, near ones first; each person adds up what they are given.

    What all people are given adds up to the places of all sites that anybody reaches. ``places`` are NaN where unknown.
    """
    known = places_of(pairs, places)
    people = people_of(pairs, people)
    table = scipy.sparse.csr_array(
        (decay(pairs.seconds), pairs.home, pairs.first), shape=(pairs.sites, pairs.homes)
    )
    demand = table @ people
    each = np.divide(known.places, demand, out=np.zeros(pairs.sites), where=demand > 0)
    confidence = np.ones(pairs.homes)
    if not known.known.all():
        reach = table.T @ np.ones(pairs.sites)
        np.divide(table.T @ known.known.astype(float), reach, out=confidence, where=reach > 0)
    return Access(
        table.T @ each,
        each,
        np.flatnonzero(demand <= 0),
        confidence,
        known.assumed,
        pairs.profile,
        pairs.approximate,
    )


@dataclass(frozen=True, eq=False)
class Places:
    """Places of each site, what is not known as ``assumed``, and which are known."""

    places: Array
    known: Array
    assumed: float


def places_of(pairs: Pairs, places: Array) -> Places:
    """Places as they are given, NaN where unknown; DataError for what cannot be."""
    places = np.asarray(places, float)
    if len(places) != pairs.sites or (places < 0).any() or np.isinf(places).any():
        raise DataError("access: places are a number of 0 or more for each site, NaN where unknown.")
    known = ~np.isnan(places)
    assumed = float(np.median(places[known])) if known.any() else 0.0
    return Places(np.where(known, places, assumed), known, assumed)


def people_of(pairs: Pairs, people: Array) -> Array:
    """People of each home; DataError for what cannot be."""
    people = np.asarray(people, float)
    if len(people) != pairs.homes or not (people >= 0).all():
        raise DataError("access: people are a number of 0 or more for each home.")
    return people
