"""How much care there is for whom if everybody goes where they fare best: a crowded site weighed against a longer way.

The rational agent access model (Saxon and Snow 2020). Everybody is counted once, whatever number of sites is near. Where nobody
gains by going elsewhere is the least of a convex function (Beckmann 1956), found by moving a part of everybody to where it is best
now, as far as that brings most (Frank and Wolfe 1956), and in between those of each home who fare worst, without which the last bit
takes hundreds of rounds (away steps, Guélat and Marcotte 1986).
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
        self.less = np.divide(1.0, self.room, out=np.zeros(len(places)), where=self.room > 0)
        self.rounds = 0
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
        """What could be saved by going elsewhere, as a part of all that is borne; where that is too much, some go there."""
        cost = (self.demand * self.less)[self.site] + self.way
        best = self.best(cost)
        borne = float((self.share * self.weight) @ cost)
        saved = borne - float(self.weight[best] @ cost[best])
        if saved <= within * borne:
            return max(saved, 0.0) / borne if borne else 0.0
        self.rounds += 1
        if self.rounds % 2:
            self._some_of_all(best, saved)
        else:
            self._those_worst_off(best, cost)
        return saved / borne

    def _some_of_all(self, best: Array, saved: float) -> None:
        """The same part of everybody goes where it is best."""
        change = self.demand_of(self._only(best, 1.0)) - self.demand
        part = min(1.0, self._most(change, saved))
        self.share *= 1 - part
        self.share[best] += part
        self.demand += part * change

    def _those_worst_off(self, best: Array, cost: Array) -> None:
        """Of each home those who fare worst go where it is best, as many as would if no other home moved, and all in proportion."""
        worst = self.best(np.where(self.share > 0, -cost, np.inf))
        gap = cost[worst] - cost[best]
        each = self.weight[best] * (self.less[self.site[best]] + self.less[self.site[worst]])
        go = np.minimum(np.divide(gap, each, out=np.zeros(len(gap)), where=each > 0), self.share[worst])
        change = self.demand_of(self._only(best, go)) - self.demand_of(self._only(worst, go))
        there = np.divide(self.share[worst], go, out=np.full(len(go), np.inf), where=go > 0)
        part = min(float(there.min()), self._most(change, float((go * self.weight[best]) @ gap)))
        self.share[worst] -= part * go
        self.share[best] += part * go
        self.demand += part * change

    def _only(self, rows: Array, share: Array | float) -> Array:
        out = np.zeros(len(self.share))
        out[rows] = share
        return out

    def _most(self, change: Array, saved: float) -> float:
        """How far a change brings most, which saves so much for each bit of it at first."""
        against = float(change**2 @ self.less)
        return saved / against if against else 1.0
