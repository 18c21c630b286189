"""Ways for p-median as two lists: the sites of each place from the nearest on, and the places of each site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songhe.core.siting.ground import Ground, gathered
from songhe.core.siting.kinds import Array
from songhe.core.siting.travel import Table

WHOLE_TABLE = 2_000_000
"""Pairs of a table that are all looked at; of larger ones, those of each place that are likely to matter."""
LEAST_NEAR, TIMES = 60, 8


@dataclass(frozen=True)
class Lists:
    """Costs are way × weight. A place pays ``out`` where none of its listed sites is open; what costs that much is not listed.

    Where lists are cut (``cut``), ``out`` is the cost of the first site left out, so that no value is ever too high.
    """

    rows: Array
    places: Array
    costs: Array
    heads: Array
    by_place: Array
    ways: Array
    out: Array
    whole: bool
    cut: bool = False

    @property
    def sites(self) -> int:
        """How many sites can be opened."""
        return len(self.rows) - 1


def listed(ground: Ground, sites: Array, out: Array, most: int) -> Lists:
    """The lists of some sites, where existing ones give a place no more than ``out`` (already weighted)."""
    place, site, cost, out, cut = _pairs(ground, sites, out, most)
    kept = cost < out[place]
    place, site, cost = place[kept], site[kept], cost[kept]
    order = np.lexsort((site, cost, place))
    size, many = len(out), len(sites)
    by_site = np.lexsort((place, site))
    whole = bool((cost == np.rint(cost)).all() and (out == np.rint(out)).all() and out.sum() < 2**52)
    return Lists(
        rows=_ends(site, many),
        places=place[by_site].astype(np.int32),
        costs=cost[by_site],
        heads=_ends(place, size),
        by_place=site[order].astype(np.int32),
        ways=cost[order],
        out=out,
        whole=whole,
        cut=cut,
    )


def _pairs(ground: Ground, sites: Array, out: Array, most: int) -> tuple[Array, Array, Array, Array, bool]:
    """Place, number among the sites and cost of every pair that may matter, and what places pay without."""
    travel, weight = ground.problem.travel, ground.weight
    some = np.flatnonzero(weight > 0)
    if not isinstance(travel, Table):
        at = gathered(travel.starts, sites)
        place, number = travel.places[at], np.repeat(np.arange(len(sites)), np.diff(travel.starts)[sites])
        kept = weight[place] > 0
        return place[kept], number[kept], (travel.ways[at] * weight[travel.places[at]])[kept], out, False
    table = travel.ways[np.ix_(sites, some)] * weight[some]
    near = max(LEAST_NEAR, TIMES * len(sites) // max(most, 1))
    if table.size <= WHOLE_TABLE or near >= len(sites):
        number, column = np.divmod(np.arange(table.size), max(len(some), 1))
        return some[column], number, table.ravel(), out, False
    nearest = np.argpartition(table, near, axis=0)[: near + 1]
    costs = np.take_along_axis(table, nearest, axis=0)
    limit, shorter = costs.max(0), out.copy()
    shorter[some] = np.minimum(out[some], limit)
    return np.tile(some, near + 1), nearest.ravel(), costs.ravel(), shorter, bool((limit < out[some]).any())


def _ends(numbers: Array, size: int) -> Array:
    found: Array = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=size))]).astype(np.int64)
    return found
