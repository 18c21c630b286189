"""What Lagrange's bound leaves open of a p-median, as a small programme for HiGHS.

With prices of a bound, a place that is served dearer than its price makes every choice dearer by as much. So in anything better than
the best, each place is served below its price and the gap, and only sites that the bound leaves open take part. For each
place there is a variable for each step of cost, from near to far: whether nothing open is that near.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from songhe.core.siting.kinds import Array
from songhe.core.siting.lists import Lists
from songhe.core.siting.model import Answer, Model


@dataclass(frozen=True)
class Left:
    """The state of sites (1 open, 2 closed for good), prices with their bound, the cost that has to be beaten.

    ``pairs`` is how many a programme may have.
    """

    state: Array
    prices: Array
    bound: float
    ceiling: float
    pairs: int


def finished(
    lists: Lists, most: int, left: Left, *, seconds: float | None, nodes: int | None
) -> Answer | None:
    """The best sites below the ceiling (infeasible: there are none); None where the programme would be too large."""
    place = np.repeat(np.arange(len(lists.out)), np.diff(lists.heads))
    reach = left.prices + (left.ceiling - left.bound) + 1e-6 * max(1.0, abs(left.bound))
    kept = (left.state[lists.by_place] != 2) & (lists.ways < reach[place])
    alone = np.bincount(place[kept], minlength=len(reach)) == 0
    if (alone & (lists.out >= reach)).any():
        return Answer(None, np.inf, np.inf, proved=True, infeasible=True)
    if kept.sum() > left.pairs:
        return None
    model = _model(lists, (place[kept], lists.by_place[kept], lists.ways[kept]), reach, most, left)
    return model.solve(seconds=seconds, nodes=nodes, slack=0.999 if lists.whole else 1e-6)


def _model(lists: Lists, pairs: tuple[Array, Array, Array], reach: Array, most: int, left: Left) -> Model:
    """Sites first, then the steps of all places; a place without a site so near pays ``out`` if that is within reach."""
    place, site, way = pairs
    many, size = len(left.state), len(lists.out)
    new = np.ones(len(place), bool)
    new[1:] = (place[1:] != place[:-1]) | (way[1:] != way[:-1])
    step = np.cumsum(new) - 1
    at_place, at_way = place[new], way[new]
    count = len(at_place)
    first = np.ones(count, bool)
    first[1:] = at_place[1:] != at_place[:-1]
    last = np.roll(first, -1)
    pays = lists.out < reach
    following = np.where(last, np.where(pays[at_place], lists.out[at_place], 0.0), np.roll(at_way, -1))
    ends = last & ~pays[at_place]
    cost = np.where(ends, 0.0, following - at_way)
    rows = scipy.sparse.csr_matrix((np.ones(len(place)), (step, site)), shape=(count, many))
    before = np.flatnonzero(~first)
    links = scipy.sparse.identity(count, format="csr") - scipy.sparse.csr_matrix(
        (np.ones(len(before)), (before, before - 1)), shape=(count, count)
    )
    number = scipy.sparse.csr_matrix(
        (np.ones(many), (np.zeros(many, int), np.arange(many))), shape=(1, many + count)
    )
    empty = np.setdiff1d(np.arange(size), at_place)
    base = float(at_way[first].sum() + lists.out[empty].sum())
    return Model(
        cost=np.concatenate([np.zeros(many), cost]),
        rows=scipy.sparse.csr_matrix(scipy.sparse.vstack([scipy.sparse.hstack([rows, links]), number])),
        below=np.append(np.where(first, 1.0, 0.0), 0.0),
        above=np.append(np.full(count, np.inf), float(most)),
        upper=np.concatenate([(left.state != 2).astype(float), np.where(ends, 0.0, 1.0)]),
        whole=np.arange(many + count) < many,
        lower=np.concatenate([(left.state == 1).astype(float), np.zeros(count)]),
        offset=base,
    )
