"""Searches from sites over crossings, and from there to homes along streets; compiled where Numba is, else with SciPy.

Both give the same seconds to the last bit, since all seconds are exact sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from songhe.core.reach.paths import Homes, Paths

Array = NDArray[Any]
ROWS = 64


@dataclass(frozen=True, eq=False)
class Seeds:
    """Where sites lie: street, seconds between them and its two ends, seconds beside the street. ``toward``: see ``Homes``."""

    street: Array
    by_tail: Array
    by_head: Array
    extra: Array
    toward: bool

    def __len__(self) -> int:
        return len(self.street)


def graph(crossings: int, tail: Array, head: Array, seconds: Array) -> csr_array:
    """A table of arcs; of several from one crossing to another the quickest."""
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    new = np.ones(len(order), bool)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    new &= tail != head
    start = np.concatenate([[0], np.cumsum(np.bincount(tail[new], minlength=crossings))])
    return csr_array(
        (seconds[new], head[new].astype(np.int32), start.astype(np.int32)), shape=(crossings, crossings)
    )


def seeded(paths: Paths, seeds: Seeds) -> csr_array:
    """The graph as it is searched, with a further crossing for each site."""
    table = paths.against if seeds.toward else paths.graph
    network, crossings = paths.network, paths.network.crossings
    ends = np.stack([network.tail[seeds.street], network.head[seeds.street]], 1)
    seconds = np.stack([seeds.by_tail + seeds.extra, seeds.by_head + seeds.extra], 1)
    same = ends[:, 0] == ends[:, 1]  # both ends of a ring are one crossing
    seconds[same] = seconds[same].min(axis=1, keepdims=True)
    there = np.isfinite(seconds)
    there[same, 1] = False
    start = table.indptr[-1] + np.concatenate([[0], np.cumsum(there.sum(1))])
    return csr_array(
        (
            np.concatenate([table.data, seconds[there]]),
            np.concatenate([table.indices, ends[there].astype(np.int32)]),
            np.concatenate([table.indptr[:-1], start.astype(np.int32)]),
        ),
        shape=(crossings + len(seeds), crossings + len(seeds)),
    )


def nearest(paths: Paths, seeds: Seeds, homes: Homes, limit: float) -> tuple[Array, Array]:
    """Seconds and site for each spot of the homes."""
    seconds, site = np.full(len(homes), np.inf), np.full(len(homes), -1, np.int32)
    if not len(seeds) or not len(homes.order):
        return seconds, site
    network, crossings = paths.network, paths.network.crossings
    table = seeded(paths, seeds)
    found, _before, source = dijkstra(
        table,
        indices=np.arange(crossings, crossings + len(seeds)),
        min_only=True,
        return_predecessors=True,
        limit=limit,
    )
    found, source = found[:crossings], source[:crossings] - crossings
    source = _first_of_equals(table, found, source, crossings, seeds)
    tail, head = network.tail[homes.street], network.head[homes.street]
    one, other = found[tail] + homes.by_tail, found[head] + homes.by_head
    best = np.minimum(one, other)
    which = np.where(
        one == other,
        np.minimum(source[tail], source[head]),
        np.where(one < other, source[tail], source[head]),
    )
    home, by, direct = _on_one_street(paths, seeds, homes)
    order = np.lexsort((by, direct, home))
    home, by, direct = home[order], by[order], direct[order]
    lead = np.flatnonzero(np.diff(home, prepend=-1))
    home, by, direct = home[lead], by[lead], direct[lead]
    better = (direct < best[home]) | ((direct == best[home]) & (by < which[home]))
    best[home[better]], which[home[better]] = direct[better], by[better]
    best = best + homes.extra
    far = ~(best <= limit) | ~np.isfinite(best)
    best[far], which[far] = np.inf, -1
    seconds[homes.order], site[homes.order] = best, which
    return seconds, site


def _first_of_equals(table: csr_array, found: Array, source: Array, crossings: int, seeds: Seeds) -> Array:
    """Where several sites are equally near, the first of them."""
    tail = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    start = np.concatenate([found, np.zeros(len(seeds))])
    tight = np.flatnonzero(start[tail] + table.data == found[table.indices])
    tail, head = tail[tight], table.indices[tight]
    own = np.concatenate([np.where(np.isfinite(found), source, len(seeds)), np.arange(len(seeds))])
    while True:
        before = own.copy()
        np.minimum.at(own, head, own[tail])
        if (own == before).all():
            return own[:crossings]


def _on_one_street(paths: Paths, seeds: Seeds, homes: Homes) -> tuple[Array, Array, Array]:
    """Rows of homes that lie on the street of a site, the site, and seconds straight along the street (none beside it)."""
    begin, end = homes.first[seeds.street], homes.first[seeds.street + 1]
    sizes = end - begin
    site = np.repeat(np.arange(len(seeds), dtype=np.int32), sizes)
    row = np.repeat(begin - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    street = seeds.street[site]
    go, come = (
        paths.go,
        paths.come,
    )  # the home's way to one end and the site's from the other overlap between them
    with np.errstate(invalid="ignore"):
        if seeds.toward:
            ahead = homes.by_head[row] + seeds.by_tail[site] - go[street]
            back = homes.by_tail[row] + seeds.by_head[site] - come[street]
        else:
            ahead = seeds.by_head[site] + homes.by_tail[row] - go[street]
            back = seeds.by_tail[site] + homes.by_head[row] - come[street]
    direct = (
        np.minimum(np.where(ahead >= 0, ahead, np.inf), np.where(back >= 0, back, np.inf)) + seeds.extra[site]
    )
    there = np.isfinite(direct)
    return row[there], site[there], direct[there]


def matrix(paths: Paths, seeds: Seeds, homes: Homes, limit: float = np.inf) -> Array:
    """Seconds from each site (a row) to each spot."""
    found = np.full((len(seeds), len(homes)), np.inf)
    if not len(seeds) or not len(homes.order):
        return found
    network, crossings = paths.network, paths.network.crossings
    table = seeded(paths, seeds)
    away = dijkstra(table, indices=np.arange(crossings, crossings + len(seeds)), limit=limit)
    rows = np.minimum(
        away[:, network.tail[homes.street]] + homes.by_tail,
        away[:, network.head[homes.street]] + homes.by_head,
    )
    home, site, direct = _on_one_street(paths, seeds, homes)
    np.minimum.at(rows, (site, home), direct)
    rows += homes.extra
    rows[~(rows <= limit)] = np.inf
    found[:, homes.order] = rows
    return found


def pairs(paths: Paths, seeds: Seeds, homes: Homes, limit: float) -> tuple[Array, Array, Array]:
    """First, home and seconds: see ``Pairs``."""
    first, home, seconds = [0], [], []
    for begin in range(0, len(seeds), ROWS):
        rows = slice(begin, begin + ROWS)
        part = Seeds(
            seeds.street[rows], seeds.by_tail[rows], seeds.by_head[rows], seeds.extra[rows], seeds.toward
        )
        found = matrix(paths, part, homes, limit)
        site, where = np.nonzero(np.isfinite(found))
        first += (first[-1] + np.cumsum(np.bincount(site, minlength=len(found)))).tolist()
        home.append(where.astype(np.int32))
        seconds.append(found[site, where].astype(np.float32))
    none = np.zeros(0)
    return (
        np.array(first, np.int64),
        np.concatenate([none.astype(np.int32), *home]),
        np.concatenate([none.astype(np.float32), *seconds]),
    )
