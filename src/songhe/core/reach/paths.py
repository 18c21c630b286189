"""A network for one way of going: seconds along every street, and the questions that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from songhe.core.reach import search
from songhe.core.reach.network import Network
from songhe.core.reach.profile import Profile
from songhe.core.reach.snapping import Snapper
from songhe.core.reach.spots import Nearest, Pairs, Spots

Array = NDArray[Any]
GRAIN = 2.0**20
"""Seconds are kept in parts of a 2²⁰th: sums of them are exact in floating point, in whatever order they are added."""
FARTHEST = 500.0
"""Metres beyond which no street is near."""


def grained(seconds: Array) -> Array:
    """Seconds, rounded to the grain."""
    found: Array = np.rint(seconds * GRAIN) / GRAIN
    return found


class Ground(Protocol):
    """What can be asked, with a network (``Paths``) or without one (``Straight``)."""

    profile: Profile
    approximate: bool

    def snap(self, lon: Array, lat: Array) -> Spots:
        """Tie points to streets."""

    def homes(self, spots: Spots, *, toward: bool = True) -> Any:
        """Make many spots ready to be asked about often; ``toward``: people go from homes to sites, else the other way."""

    def nearest(self, sites: Spots, homes: Any, *, limit: float | None = None) -> Nearest:
        """The nearest site of every home."""

    def pairs(self, sites: Spots, homes: Any, *, limit: float) -> Pairs:
        """Every site and home within ``limit`` seconds of each other."""

    def matrix(self, origins: Spots, targets: Spots) -> Array:
        """Seconds from each origin to each target, infinite where there is no way."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Spots street by street: rows ``first[e]`` to ``first[e + 1]`` lie on street e, and are the spots ``order``.

    ``by_tail`` and ``by_head`` are the seconds along the street between the spot and its two ends, ``extra`` those between the
    spot and the street.
    """

    spots: Spots
    toward: bool
    first: Array
    order: Array
    street: Array
    by_tail: Array
    by_head: Array
    extra: Array

    def __len__(self) -> int:
        return len(self.spots)


class Paths:
    """The streets of a network for one profile."""

    approximate = False

    def __init__(self, network: Network, profile: Profile) -> None:
        self.network, self.profile = network, profile
        pace = profile.pace(network.kind)[network.street_of]
        flat = network.metres / pace
        slope = np.nan_to_num(network.slope) if len(network.slope) else np.zeros(0)
        self.piece_go = self.piece_back = grained(np.maximum(self._timed(flat, slope), 1 / GRAIN))
        if len(slope) and profile.slopes:
            self.piece_back = grained(np.maximum(self._timed(flat, -slope), 1 / GRAIN))
        self.ahead, go = self._along(self.piece_go)
        behind, come = self._along(self.piece_back)
        self.behind = come[network.street_of] - behind - self.piece_back
        forward, back = self._open(slope)
        self.go, self.come = np.where(forward, go, np.inf), np.where(back, come, np.inf)

    def _timed(self, flat: Array, slope: Array) -> Array:
        seconds = flat * self.profile.effort(slope) if len(slope) else flat
        given = self.network.minutes
        return np.where(np.isnan(given), seconds, given * 60) if len(given) else seconds

    def _along(self, seconds: Array) -> tuple[Array, Array]:
        """Seconds from the beginning of the street to that of each piece, and along each whole street."""
        network = self.network
        sums = np.concatenate([[0.0], np.cumsum(seconds)])
        start = sums[network.first[:-1]]
        return sums[:-1] - start[network.street_of], sums[network.first[1:]] - start

    def _open(self, slope: Array) -> tuple[Array, Array]:
        network, profile = self.network, self.profile
        free = (network.barrier & int(profile.avoid)) == 0
        if profile.steepest is not None and len(slope):
            steep = np.zeros(network.streets, bool)
            steep[network.street_of[np.abs(slope) > profile.steepest]] = True
            free &= ~steep
        bit = profile.forward
        return free & (network.open & bit > 0), free & (network.open & bit << 1 > 0)

    @cached_property
    def usable(self) -> Array:
        """Streets that can be passed in some direction."""
        found: Array = np.isfinite(self.go) | np.isfinite(self.come)
        return found

    @cached_property
    def snapper(self) -> Snapper:
        """What finds the nearest usable piece."""
        return Snapper(self.network, np.flatnonzero(self.usable[self.network.street_of]))

    @cached_property
    def graph(self) -> csr_array:
        """Seconds from crossing to crossing."""
        return search.graph(self.network.crossings, *self._arcs())

    @cached_property
    def against(self) -> csr_array:
        """Seconds from crossing to crossing, each way turned round."""
        tail, head, seconds = self._arcs()
        return search.graph(self.network.crossings, head, tail, seconds)

    def _arcs(self) -> tuple[Array, Array, Array]:
        network, forward, back = self.network, np.isfinite(self.go), np.isfinite(self.come)
        return (
            np.concatenate([network.tail[forward], network.head[back]]),
            np.concatenate([network.head[forward], network.tail[back]]),
            np.concatenate([self.go[forward], self.come[back]]),
        )

    def snap(self, lon: Array, lat: Array, *, farthest: float = FARTHEST) -> Spots:
        """Tie points to the nearest street that this profile may use."""
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        piece, part, off = self.snapper.nearest(lon, lat)
        piece[~(off <= farthest)] = -1
        return Spots(lon, lat, piece, part, off)

    def vertices(self) -> Spots:
        """A spot on every vertex of the network; those without a usable street are not placed."""
        network = self.network
        piece = np.full(network.vertices, -1, np.int32)
        part = np.zeros(network.vertices)
        rows = np.flatnonzero(self.usable[network.street_of])[::-1].astype(np.int32)
        piece[network.piece_to[rows]], part[network.piece_to[rows]] = rows, 1.0
        piece[network.piece_from[rows]], part[network.piece_from[rows]] = rows, 0.0
        return Spots(network.vertex_lon, network.vertex_lat, piece, part, np.zeros(network.vertices))

    def ends(self, spots: Spots, *, leaving: bool) -> tuple[Array, Array, Array, Array]:
        """Street, seconds to (``leaving``) or from its two ends, and seconds beside the street; infinite if closed."""
        placed = spots.placed
        piece = np.where(placed, spots.piece, 0)
        street = self.network.street_of[piece]
        from_tail = self.ahead[piece] + grained(spots.part * self.piece_go[piece])
        from_head = self.behind[piece] + grained((1 - spots.part) * self.piece_back[piece])
        go, come = np.where(placed, self.go[street], np.inf), np.where(placed, self.come[street], np.inf)
        if leaving:
            by_tail, by_head = come - from_head, go - from_tail
        else:
            by_tail = np.where(np.isfinite(go), from_tail, np.inf)
            by_head = np.where(np.isfinite(come), from_head, np.inf)
        usable = np.isfinite(go) | np.isfinite(come)  # who stands on a crossing is there, also in a one-way street
        by_tail[usable & (from_tail == 0)] = 0.0
        by_head[usable & (from_head == 0)] = 0.0
        return street, by_tail, by_head, grained(spots.off / self.profile.afoot)

    def homes(self, spots: Spots, *, toward: bool = True) -> Homes:
        """Make many spots ready to be asked about often."""
        street, by_tail, by_head, extra = self.ends(spots, leaving=toward)
        rows = np.flatnonzero(spots.placed)
        table = csr_array(
            (np.ones(len(rows), bool), (street[rows], rows)), shape=(self.network.streets, max(len(spots), 1))
        )
        order = table.indices
        return Homes(
            spots, toward, table.indptr.astype(np.int64), order, street[order], by_tail[order], by_head[order], extra[order]
        )  # fmt: skip

    def nearest(self, sites: Spots, homes: Homes, *, limit: float | None = None) -> Nearest:
        """The nearest site of every home."""
        seconds, site = search.nearest(
            self, self._seeds(sites, homes.toward), homes, np.inf if limit is None else limit
        )
        return Nearest(seconds, site, self.profile, self.approximate)

    def pairs(self, sites: Spots, homes: Homes, *, limit: float) -> Pairs:
        """Every site and home within ``limit`` seconds of each other."""
        first, home, seconds = search.pairs(self, self._seeds(sites, homes.toward), homes, limit)
        return Pairs(first, home, seconds, len(homes), limit, self.profile, self.approximate)

    def matrix(self, origins: Spots, targets: Spots) -> Array:
        """Seconds from each origin to each target, infinite where there is no way."""
        homes = self.homes(targets, toward=False)
        found = np.full((len(origins), len(targets)), np.inf)
        for begin in range(0, len(origins), 64):
            rows = np.arange(begin, min(begin + 64, len(origins)))
            found[rows] = search.matrix(self, self._seeds(origins.take(rows), False), homes)
        return found

    def _seeds(self, sites: Spots, toward: bool) -> search.Seeds:
        return search.Seeds(*self.ends(sites, leaving=not toward), toward)
