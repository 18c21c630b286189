"""Searches from sites over crossings, and from there to homes along streets; compiled where Numba is, else with SciPy.

Both give the same seconds to the last bit, since all seconds are exact sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.kernel.loops import Asked, People, Sites
from songhe.core.reach.kernel.points import Ends

if TYPE_CHECKING:
    from songhe.core.reach.paths import Homes, Paths

Array = NDArray[Any]
ROWS = 64


@dataclass(frozen=True, eq=False)
class Seeds:
    """Where sites lie, and whether people go toward them."""

    ends: Ends
    toward: bool

    def __len__(self) -> int:
        return len(self.ends.street)

    @property
    def street(self) -> Array:
        """The street of each."""
        found: Array = self.ends.street
        return found

    def take(self, rows: slice) -> Seeds:
        """Some of them."""
        return Seeds(Ends(*(column[rows] for column in self.ends)), self.toward)


def graph(crossings: int, tail: Array, head: Array, seconds: Array) -> scipy.sparse.csr_array:
    """A table of arcs; of several from one crossing to another the quickest."""
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    new = np.ones(len(order), bool)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    new &= tail != head
    start = np.concatenate([[0], np.cumsum(np.bincount(tail[new], minlength=crossings))])
    return scipy.sparse.csr_array(
        (seconds[new], head[new].astype(np.int32), start.astype(np.int32)), shape=(crossings, crossings)
    )


def seeded(paths: Paths, seeds: Seeds) -> scipy.sparse.csr_array:
    """The graph as it is searched, with a further crossing for each site."""
    table, lanes, ends = paths.searched(seeds.toward), paths.lanes, seeds.ends
    node = np.stack([lanes.tail[ends.street], lanes.head[ends.street]], 1)
    seconds = np.stack([ends.by_tail + ends.extra, ends.by_head + ends.extra], 1)
    ring = node[:, 0] == node[:, 1]  # both ends are one crossing
    seconds[ring] = seconds[ring].min(axis=1, keepdims=True)
    there = np.isfinite(seconds)
    there[ring, 1] = False
    start = table.indptr[-1] + np.concatenate([[0], np.cumsum(there.sum(1))])
    whole = paths.network.crossings + len(seeds)
    return scipy.sparse.csr_array(
        (
            np.concatenate([table.data, seconds[there]]),
            np.concatenate([table.indices, node[there].astype(np.int32)]),
            np.concatenate([table.indptr[:-1], start.astype(np.int32)]),
        ),
        shape=(whole, whole),
    )


def nearest(paths: Paths, seeds: Seeds, homes: Homes, limit: float) -> tuple[Array, Array]:
    """Seconds and site for each spot of the homes."""
    machine, crossings = paths.machine(), paths.network.crossings
    if not len(seeds) or not len(homes.order):
        return np.full(len(homes), np.inf), np.full(len(homes), -1, np.int32)
    if machine is None:
        best, own = _spread(paths, seeds, limit)
        seconds, site = _gather(paths, homes.ends, best, own, limit)
        _straight_there(paths, seeds, homes, limit, seconds, site)
    else:
        best, own = np.full(crossings, np.inf), np.full(crossings, -1, np.int32)
        seconds, site = np.empty(len(homes)), np.empty(len(homes), np.int32)
        machine.spread(paths.ways(seeds.toward), paths.lanes, Sites(*seeds.ends), limit, best, own)
        machine.gather(homes.ends, paths.lanes, (best, own), limit, seconds, site)
        where, asked = (homes.first, homes.order), Asked(limit, seeds.toward)
        machine.beside(homes.ends, paths.lanes, Sites(*seeds.ends), where, asked, (seconds, site))
    return seconds, site


def _spread(paths: Paths, seeds: Seeds, limit: float) -> tuple[Array, Array]:
    """Seconds to each crossing from the nearest site, and which it is."""
    crossings, table = paths.network.crossings, seeded(paths, seeds)
    rows = np.arange(crossings, crossings + len(seeds))
    found, _before, source = scipy.sparse.csgraph.dijkstra(
        table, indices=rows, min_only=True, return_predecessors=True, limit=limit
    )
    return found[:crossings], _first_of_equals(table, found, source, crossings)


def _first_of_equals(table: scipy.sparse.csr_array, found: Array, source: Array, crossings: int) -> Array:
    """Where several sites are equally near, the first of them."""
    tail = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    tight = np.flatnonzero((found[tail] + table.data == found[table.indices]) & np.isfinite(found[tail]))
    tail, head = tail[tight], table.indices[tight]
    own = np.where(np.isfinite(found), source - crossings, -1)
    while True:
        before = own.copy()
        np.minimum.at(own, head, own[tail])
        if (own == before).all():
            return own[:crossings].astype(np.int32)


def _gather(paths: Paths, spots: Ends, best: Array, own: Array, limit: float) -> tuple[Array, Array]:
    """From crossings to spots: the nearer end of each spot's street."""
    tail, head = paths.lanes.tail[spots.street], paths.lanes.head[spots.street]
    one, other = best[tail] + spots.by_tail, best[head] + spots.by_head
    its = (other < one) | ((other == one) & (own[head] < own[tail]))
    found = np.where(its, other, one) + spots.extra
    near = (found <= limit) & (found < np.inf)
    return np.where(near, found, np.inf), np.where(near, np.where(its, own[head], own[tail]), -1).astype(
        np.int32
    )


def _straight_there(
    paths: Paths, seeds: Seeds, homes: Homes, limit: float, seconds: Array, site: Array
) -> None:
    """What is nearer along the home's own street."""
    spot, by, direct = _on_one_street(paths, seeds, homes)
    order = np.lexsort((by, direct, spot))
    spot, by, direct = spot[order], by[order], direct[order]
    lead = np.flatnonzero(np.diff(spot, prepend=-1))
    spot, by, direct = spot[lead], by[lead], direct[lead]
    nearer = (direct < seconds[spot]) | ((direct == seconds[spot]) & (by < site[spot]))
    nearer &= direct <= limit
    seconds[spot[nearer]], site[spot[nearer]] = direct[nearer], by[nearer]


def _on_one_street(paths: Paths, seeds: Seeds, homes: Homes) -> tuple[Array, Array, Array]:
    """Spots that lie on the street of a site, the site, and seconds straight along the street from door to door."""
    which, row = _spans(homes.first[seeds.street], homes.first[seeds.street + 1])
    spot = homes.order[row]
    direct = _direct(paths, seeds, homes.ends, which, spot)
    there = np.isfinite(direct)
    return spot[there], which[there].astype(np.int32), direct[there]


def _direct(paths: Paths, seeds: Seeds, homes: Ends, site: Array, spot: Array) -> Array:
    """Seconds straight along the street that a site and a spot share.

    The spot's way to one end and the site's from the other overlap in what lies between them.
    """
    mine = seeds.ends
    go, come = paths.lanes.go[mine.street[site]], paths.lanes.come[mine.street[site]]
    with np.errstate(invalid="ignore"):
        if seeds.toward:
            ahead = homes.by_head[spot] + mine.by_tail[site] - go
            back = homes.by_tail[spot] + mine.by_head[site] - come
        else:
            ahead = mine.by_head[site] + homes.by_tail[spot] - go
            back = mine.by_tail[site] + homes.by_head[spot] - come
    found: Array = np.minimum(np.where(ahead >= 0, ahead, np.inf), np.where(back >= 0, back, np.inf))
    found += mine.extra[site] + homes.extra[spot]
    return found


def _spans(begin: Array, end: Array) -> tuple[Array, Array]:
    """The span of each number of many spans, and all these numbers."""
    sizes = end - begin
    which = np.repeat(np.arange(len(sizes)), sizes)
    return which, (begin - (np.cumsum(sizes) - sizes))[which] + np.arange(len(which))


def matrix(paths: Paths, seeds: Seeds, homes: Homes) -> Array:
    """Seconds from each site (a row) to each spot."""
    found = np.full((len(seeds), len(homes)), np.inf)
    if not len(seeds) or not len(homes.order):
        return found
    lanes, ends, crossings = paths.lanes, homes.ends, paths.network.crossings
    away = scipy.sparse.csgraph.dijkstra(
        seeded(paths, seeds), indices=np.arange(crossings, crossings + len(seeds))
    )
    one, other = away[:, lanes.tail[ends.street]], away[:, lanes.head[ends.street]]
    np.minimum(one + ends.by_tail, other + ends.by_head, out=found)
    found += ends.extra
    spot, site, direct = _on_one_street(paths, seeds, homes)
    np.minimum.at(found, (site, spot), direct)
    return found


def pairs(paths: Paths, seeds: Seeds, homes: Homes, limit: float) -> tuple[Array, Array, Array]:
    """First, home and seconds: see ``Pairs``."""
    machine = paths.machine()
    if machine is None or not len(seeds):
        return _pairs(paths, seeds, homes, limit)
    first = np.zeros(len(seeds) + 1, np.int64)
    people = People(homes.first, homes.order, *homes.rows)
    found = machine.touch(
        paths.ways(seeds.toward),
        homes.lanes(paths),
        people,
        Sites(*seeds.ends),
        Asked(limit, seeds.toward),
        first,
    )
    return first, found.home, found.seconds


def _pairs(paths: Paths, seeds: Seeds, homes: Homes, limit: float) -> tuple[Array, Array, Array]:
    """With SciPy, a few sites at a time: crossings in reach, the streets that meet there, and the homes in them."""
    streets, crossings = paths.network.streets, paths.network.crossings
    lanes, ends = homes.lanes(paths), homes.ends
    first, home, seconds = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for begin in range(0, len(seeds), ROWS):
        part = seeds.take(slice(begin, begin + ROWS))
        rows = np.arange(crossings, crossings + len(part))
        away = scipy.sparse.csgraph.dijkstra(seeded(paths, part), indices=rows, limit=limit)[:, :crossings]
        site, node = np.nonzero(np.isfinite(away))
        which, place = _spans(lanes.begins[node], lanes.begins[node + 1])
        touched = site[which] * streets + lanes.meeting[place]
        own = np.arange(len(part)) * streets + part.street
        site, street = np.divmod(np.unique(np.concatenate([touched, own])), streets)
        which, row = _spans(homes.first[street], homes.first[street + 1])
        site, street, spot = site[which], street[which], homes.order[row]
        one, other = away[site, lanes.tail[street]], away[site, lanes.head[street]]
        found = np.minimum(one + ends.by_tail[spot], other + ends.by_head[spot]) + ends.extra[spot]
        same = np.flatnonzero(street == part.street[site])
        found[same] = np.minimum(found[same], _direct(paths, part, ends, site[same], spot[same]))
        near = (found <= limit) & (found < np.inf)
        home.append(spot[near])
        seconds.append(found[near].astype(np.float32))
        first.append(first[-1][-1] + np.cumsum(np.bincount(site[near], minlength=len(part))))
    return np.concatenate(first), np.concatenate(home), np.concatenate(seconds)
