"""p-centre: the shortest way within which so few sites reach everybody, found by halving over the ways that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from songhe.core.refusal import Refused
from songhe.core.siting.asked import possible, somebody
from songhe.core.siting.cells import Cells, merged
from songhe.core.siting.floors import greedy
from songhe.core.siting.found import Effort, Found
from songhe.core.siting.goals import Farthest
from songhe.core.siting.ground import Ground
from songhe.core.siting.judge import reached
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Model
from songhe.core.siting.ways import two_nearest

Told = Literal["yes", "no", "open"]


def farthest(ground: Ground, goal: Farthest, effort: Effort) -> Found:
    """The sites with the shortest longest way, with a bound."""
    possible(ground, goal.sites, None)
    asked = (ground.people > 0) & reached(ground)
    somebody(ground.at(np.inf))
    search = _Search(ground, goal.sites, asked, effort)
    ways = search.ways()
    low, high, best, decided = 0, len(ways) - 1, None, True
    while low <= high:
        at = (low + high) // 2
        told, sites = search.within(float(ways[at]))
        if told == "yes":
            best, high = sites, at - 1
        elif told == "no":
            low = at + 1
        else:
            decided = False
            break
    if best is None or not decided:
        best = search.quick(ways, low, best)
    bound = float(ways[min(low, len(ways) - 1)])
    return Found(best, bound, "exact" if decided else "lp")


@dataclass
class _Search:
    ground: Ground
    most: int
    asked: Array
    effort: Effort

    def ways(self) -> Array:
        """The ways that can be the longest: from the least one on that every place has to some site."""
        ground = self.ground
        sites = [np.flatnonzero(ground.existing), ground.choices]
        first, _second, _who = two_nearest(ground, sites[0], sites[1], np.inf)
        least = float(first[self.asked].max(initial=0))
        given = np.unique(ground.problem.travel.ways)
        found: Array = given[given >= least]
        return found

    def cells(self, limit: float) -> Cells:
        """Cells of the places that existing sites do not reach within a way."""
        ground = self.ground.at(limit)
        return merged(ground, ground.choices, self.asked & (ground.base == 0))

    def within(self, limit: float) -> tuple[Told, Array]:
        """Whether so few sites reach everybody within a way; and which."""
        cells = self.cells(limit)
        sites = self._greedy(cells)
        if sites is not None:
            return "yes", sites
        many, must = len(cells.sites), self.ground.must[cells.sites]
        rows = scipy.sparse.vstack([cells.by_cell, scipy.sparse.csr_matrix(np.ones((1, many)))])
        model = Model(
            cost=np.zeros(many),
            rows=scipy.sparse.csr_matrix(rows),
            below=np.append(np.ones(cells.size), 0.0),
            above=np.append(np.full(cells.size, np.inf), self.most),
            upper=np.ones(many),
            whole=np.ones(many, bool),
            lower=must.astype(float),
        )
        answer = model.solve(seconds=self.effort.left(), nodes=self.effort.nodes())
        if answer.infeasible:
            return "no", cells.sites[:0]
        if answer.x is None:
            return "open", cells.sites[:0]
        return "yes", cells.sites[answer.x > 0.5]

    def _greedy(self, cells: Cells) -> Array | None:
        must = self.ground.must[cells.sites]
        picked = greedy(cells, np.ones(len(must)), must, [(np.ones(cells.size), 0.0)])
        return cells.sites[picked] if len(picked) <= self.most else None

    def quick(self, ways: Array, low: int, best: Array | None) -> Array:
        """The shortest way from ``low`` on for which greedy choice is enough; by halving, so not surely the shortest."""
        high = len(ways) - 1
        while low <= high:
            at = (low + high) // 2
            sites = self._greedy(self.cells(float(ways[at])))
            if sites is None:
                low = at + 1
            else:
                best, high = sites, at - 1
        if best is None:
            raise Refused(
                "centre_out_of_reach",
                "So few sites cannot reach everybody within the given travel. Ask for more sites, or allow longer travel.",
                field="sites",
            )
        return best
