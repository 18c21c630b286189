"""Points in the course of a street are taken out of the graph; the pieces between them stay, with all they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach.network import Network
from songhe.core.reach.plane import fixed
from songhe.core.reach.streets import Streets, Whole

Array = NDArray[Any]
_EVEN, _ODD = 0x55, 0xAA


@dataclass(frozen=True)
class Built:
    """A network, and the number of each point of the file in it: crossings first, then points within streets; -1: unused."""

    network: Network
    vertex: Array


def build(streets: Streets, *, contract: bool = True) -> Built:
    """A network of streets. Without contraction every point stays a crossing, for those who want to compare."""
    whole = streets.whole()
    points, pieces = len(whole.lon), len(whole.tail)
    links = _Links(whole)
    inner = links.within() if contract else np.zeros(points, bool)
    inner = links.opened(inner)
    halves, first = links.chains(inner)
    piece, against = halves >> 1, (halves & 1).astype(bool)
    crossing = np.zeros(points, bool)
    crossing[whole.tail] = crossing[whole.head] = True
    crossing &= ~inner
    vertex = np.full(points, -1, np.int64)
    crossings = np.flatnonzero(crossing)
    vertex[crossings] = np.arange(len(crossings))
    begins, ends = links.origin[halves], links.origin[halves ^ 1]
    last = first[1:] - 1
    begun = np.zeros(pieces, bool)
    begun[first[:-1]] = True
    inside = begins[~begun]
    vertex[inside] = len(crossings) + np.arange(len(inside))
    lead, turned = piece[first[:-1]], against[first[:-1]]
    network = Network(
        lon=fixed(whole.lon[crossings]), lat=fixed(whole.lat[crossings]),
        tail=vertex[begins[first[:-1]]].astype(np.int32), head=vertex[ends[last]].astype(np.int32),
        first=first.astype(np.int32), open=turn(whole.open[lead], turned),
        kind=whole.kind[lead], barrier=whole.barrier[lead], name=whole.name[lead],
        inner_lon=fixed(whole.lon[inside]), inner_lat=fixed(whole.lat[inside]),
        metres=whole.metres[piece],
        slope=_some(np.where(against, -whole.slope[piece], whole.slope[piece]).astype(np.float32)),
        minutes=_some(whole.minutes[piece]),
        names=whole.names, findings=whole.findings, base=streets.base,
    )  # fmt: skip
    return Built(network, vertex)


def turn(open_: Array, turned: Array) -> Array:
    """Who may pass a piece that is looked at from its other end."""
    other = ((open_ & _EVEN) << 1) | ((open_ & _ODD) >> 1)
    found: Array = np.where(turned, other, open_).astype(np.uint8)
    return found


def _some(values: Array) -> Array:
    """Nothing where nothing is known."""
    return values if len(values) and not np.isnan(values).all() else values[:0]


class _Links:
    """Half pieces: 2p is piece p as it is written, 2p + 1 the same from its other end; each begins at its ``origin``."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.origin = np.stack([whole.tail, whole.head], 1).reshape(-1)
        degree = np.bincount(self.origin, minlength=len(whole.lon))
        order = np.argsort(self.origin, kind="stable")
        start = np.cumsum(degree) - degree
        two = np.flatnonzero(degree == 2)
        self.point = two
        self.one, self.other = order[start[two]], order[start[two] + 1]

    def within(self) -> Array:
        """Points where one street goes on as it came: two pieces alike meet and nothing else."""
        whole, found = self.whole, np.zeros(len(self.whole.lon), bool)
        p, q = self.one >> 1, self.other >> 1
        # Seen along the way through the point: p is arrived on (its half against its origin), q is left on.
        through = turn(whole.open[p], (self.one & 1) == 0)
        onward = turn(whole.open[q], (self.other & 1) == 1)
        alike = (p != q) & (through == onward)
        for column in (whole.kind, whole.barrier, whole.name):
            alike &= column[p] == column[q]
        found[self.point[alike]] = True
        return found

    def opened(self, inner: Array) -> Array:
        """A ring without any crossing is opened at its first point."""
        at = inner[self.point]
        pieces = len(self.whole.tail)
        p, q = self.one[at] >> 1, self.other[at] >> 1
        _count, part = scipy.sparse.csgraph.connected_components(
            scipy.sparse.coo_array((np.ones(len(p), bool), (p, q)), (pieces, pieces)), directed=False
        )
        loose = np.zeros(pieces, bool)
        np.logical_or.at(loose, part, ~(inner[self.whole.tail] & inner[self.whole.head]))
        rings = np.flatnonzero(~loose[part])
        if len(rings):
            _which, where = np.unique(part[rings], return_index=True)
            inner = inner.copy()
            inner[self.whole.tail[rings[where]]] = False
        return inner

    def chains(self, inner: Array) -> tuple[Array, Array]:
        """Half pieces street by street in order, and where each street begins among them."""
        after = np.full(len(self.origin), -1, np.int64)
        at = inner[self.point]
        one, other = self.one[at], self.other[at]
        after[one ^ 1], after[other ^ 1] = other, one
        starts = np.flatnonzero(~inner[self.origin])
        steps, chains = [starts], [np.arange(len(starts))]
        final = starts.copy()
        while len(steps[-1]):
            following = after[steps[-1]]
            on = following >= 0
            steps.append(following[on])
            chains.append(chains[-1][on])
            final[chains[-1]] = steps[-1]
        halves, chain = np.concatenate(steps), np.concatenate(chains)
        kept = (starts < (final ^ 1))[chain]
        halves, chain = halves[kept], chain[kept]
        order = np.argsort(chain, kind="stable")
        halves, chain = halves[order], chain[order]
        new = np.flatnonzero(np.diff(chain, prepend=-1))
        return halves, np.append(new, len(halves))
