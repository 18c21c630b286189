"""How much care there is for whom if everybody goes where they fare best: a crowded site weighed against a longer way.

The rational agent access model (Saxon and Snow 2020). Everybody is counted once, whatever number of sites is near. Where nobody
gains by going elsewhere is the least of a convex function (Beckmann 1956), found by moving a part of everybody to where it is best
now, as far as that brings most (Frank and Wolfe 1956).
"""

from __future__ import annotations

import numpy as np

from songhe.core.reach.access import Access, Array, people_of, places_of
from songhe.core.reach.spots import Pairs

WITHIN, ROUNDS = 0.002, 300


def rational(
    pairs: Pairs, places: Array, people: Array, walk: float, *, within: float = WITHIN, rounds: int = ROUNDS
) -> Access:
    """Places for each person at the sites to which they go: those in reach where crowding and way together are least.

    A site as crowded as all are on average weighs as much as ``walk`` seconds on the way. It ends when all together could save
    at most ``within`` of what they bear, or after so many rounds; ``left`` says what they could. What all people are given adds
    up to the places of the sites to which anybody goes.
    """
    known, people = places_of(pairs, places), people_of(pairs, people)
    rows = np.flatnonzero(known.places[pairs.site] > 0)
    rows = rows[np.argsort(pairs.home[rows], kind="stable")]
    home, site = pairs.home[rows], pairs.site[rows]
    spread = _Spread(home, site, pairs.seconds[rows] / walk, people, known.places)
    left = 0.0
    for _round in range(rounds):
        left = spread.settle(within)
        if left <= within:
            break
    demand = spread.demand_of(spread.share)
    each = np.divide(known.places, demand, out=np.zeros(pairs.sites), where=demand > 0)
    confidence = np.ones(pairs.homes)
    confidence[home] = 0.0
    confidence += np.bincount(home, spread.share * known.known[site], pairs.homes)
    return Access(
        np.bincount(home, spread.share * each[site], pairs.homes),
        each,
        np.flatnonzero(demand <= 0),
        np.minimum(confidence, 1.0),
        known.assumed,
        pairs.profile,
        pairs.approximate,
        left,
    )


class _Spread:
    """Pairs by home, and which part of a home's people goes where; everybody begins at the nearest site."""

    def __init__(self, home: Array, site: Array, way: Array, people: Array, places: Array) -> None:
        self.home, self.site, self.way, self.weight = home, site, way, people[home]
        self.first = np.flatnonzero(np.diff(home, prepend=-1))
        self.sizes = np.diff(self.first, append=len(home))
        there, used = self.weight[self.first].sum(), np.bincount(site, minlength=len(places)) > 0
        self.room = places * (there / max(float(places[used].sum()), 1e-300))
        self.share = np.zeros(len(home))
        self.share[self.best(way)] = 1.0
        self.demand = self.demand_of(self.share)

    def demand_of(self, share: Array) -> Array:
        """How many people come to each site."""
        return np.bincount(self.site, share * self.weight, len(self.room))

    def best(self, cost: Array) -> Array:
        """For each home the pair that costs least; of equals the first."""
        if not len(cost):
            return self.first
        least = np.minimum.reduceat(cost, self.first)
        at = np.flatnonzero(cost == np.repeat(least, self.sizes))
        return at[np.diff(self.home[at], prepend=-1) > 0]

    def settle(self, within: float) -> float:
        """What could be saved by going elsewhere, as a part of all that is borne; where that is too much, a part of all goes."""
        crowded = np.divide(self.demand, self.room, out=np.zeros(len(self.room)), where=self.room > 0)
        cost = crowded[self.site] + self.way
        best = self.best(cost)
        borne = float((self.share * self.weight) @ cost)
        saved = borne - float(self.weight[best] @ cost[best])
        if saved <= within * borne:
            return max(saved, 0.0) / borne if borne else 0.0
        change = np.bincount(self.site[best], self.weight[best], len(self.room)) - self.demand
        against = np.divide(change**2, self.room, out=np.zeros(len(self.room)), where=self.room > 0).sum()
        part = min(1.0, saved / against) if against else 1.0
        self.share *= 1 - part
        self.share[best] += part
        self.demand += part * change
        return saved / borne
