"""A network for one way of going: seconds along every street, and the questions that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from songhe.core.reach import search
from songhe.core.reach.kernel.loops import Lanes, Ways
from songhe.core.reach.kernel.machine import Machine, at_hand, made
from songhe.core.reach.kernel.points import Ends, Pieces
from songhe.core.reach.network import Network
from songhe.core.reach.profile import Profile
from songhe.core.reach.snapping import Snapper
from songhe.core.reach.spots import Nearest, Pairs, Spots

Array = NDArray[Any]
GRAIN = 2.0**28
"""Seconds are kept in parts of a 2²⁸th (a few nanometres of a walk): sums of them are exact in floating point, in whatever order they are added."""
FARTHEST = 500.0
"""Metres beyond which no street is near."""
SOME = 5_000
"""For so many spots NumPy is quick enough if the compiled loops are not there yet."""


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
    """Spots with their streets, ready to be asked about.

    ``ends`` has the street of each spot, the seconds along it between the spot and its two ends, and those between the spot and
    the street. The spots ``order[first[e]]`` to ``order[first[e + 1]]`` lie on street e.
    """

    spots: Spots
    toward: bool
    ends: Ends
    first: Array
    order: Array
    _lanes: list[Lanes] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.spots)

    @cached_property
    def rows(self) -> tuple[Array, Array, Array]:
        """Seconds to both ends and beside the street, street by street."""
        return self.ends.by_tail[self.order], self.ends.by_head[self.order], self.ends.extra[self.order]

    def lanes(self, paths: Paths) -> Lanes:
        """The streets, with those that have homes at each crossing."""
        if not self._lanes:
            network, lived = paths.network, np.flatnonzero(np.diff(self.first))
            node = np.concatenate([network.tail[lived], network.head[lived]])
            order = np.argsort(node, kind="stable")
            begins = np.concatenate([[0], np.cumsum(np.bincount(node, minlength=network.crossings))])
            meeting = np.tile(lived.astype(np.int32), 2)[order]
            self._lanes.append(paths.lanes._replace(begins=begins.astype(np.int32), meeting=meeting))
        return self._lanes[0]


class Paths:
    """The streets of a network for one profile. It keeps what it works out, so it should be kept."""

    approximate = False

    def __init__(self, network: Network, profile: Profile, *, compiled: bool = True) -> None:
        self.network, self.profile, self.compiled = network, profile, compiled
        flat = network.metres / profile.pace(network.kind)[network.street_of]
        slope = np.nan_to_num(network.slope) if len(network.slope) else np.zeros(0)
        piece_go = piece_come = self._timed(flat, slope)
        if len(slope) and profile.slopes:
            piece_come = self._timed(flat, -slope)
        ahead, go = self._along(piece_go)
        behind, come = self._along(piece_come)
        behind = come[network.street_of] - behind - piece_come
        self.pieces = Pieces(network.street_of, ahead, behind, piece_go, piece_come)
        forward, back = self._open(slope)
        none = np.zeros(0, np.int32)
        self.lanes = Lanes(
            network.tail,
            network.head,
            np.where(forward, go, np.inf),
            np.where(back, come, np.inf),
            none,
            none,
        )

    def _timed(self, flat: Array, slope: Array) -> Array:
        """Seconds along each piece; none takes no time at all."""
        seconds = flat * self.profile.effort(slope) if len(slope) else flat
        given = self.network.minutes
        if len(given):
            seconds = np.where(np.isnan(given), seconds, given * 60)
        return grained(np.maximum(seconds, 1 / GRAIN))

    def _along(self, seconds: Array) -> tuple[Array, Array]:
        """Seconds from the beginning of the street to that of each piece, and along each whole street."""
        network = self.network
        sums = np.concatenate(
            [[0], np.cumsum((seconds * GRAIN).astype(np.int64))]
        )  # whole grains, exact for any size
        start = sums[network.first[:-1]]
        along = sums[:-1] - start[network.street_of], sums[network.first[1:]] - start
        return along[0] / GRAIN, along[1] / GRAIN

    def _open(self, slope: Array) -> tuple[Array, Array]:
        network, profile = self.network, self.profile
        free = (network.barrier & int(profile.avoid)) == 0
        if profile.steepest is not None and len(slope):
            free[network.street_of[np.abs(slope) > profile.steepest]] = False
        bit = profile.forward
        return free & (network.open & bit > 0), free & (network.open & bit << 1 > 0)

    @cached_property
    def usable(self) -> Array:
        """Streets that can be passed in some direction."""
        found: Array = np.isfinite(self.lanes.go) | np.isfinite(self.lanes.come)
        return found

    @cached_property
    def snapper(self) -> Snapper:
        """What finds the nearest usable piece."""
        return Snapper(self.network, np.flatnonzero(self.usable[self.network.street_of]).astype(np.int32))

    @cached_property
    def graph(self) -> scipy.sparse.csr_array:
        """Seconds from crossing to crossing."""
        return search.graph(self.network.crossings, *self._arcs())

    @cached_property
    def against(self) -> scipy.sparse.csr_array:
        """Seconds from crossing to crossing, each way turned round."""
        tail, head, seconds = self._arcs()
        return search.graph(self.network.crossings, head, tail, seconds)

    def searched(self, toward: bool) -> scipy.sparse.csr_array:
        """The graph in which a search goes out from sites: against the ways, where people go toward them."""
        return self.against if toward else self.graph

    def ways(self, toward: bool) -> Ways:
        """The same as arrays."""
        table = self.searched(toward)
        return Ways(table.indptr, table.indices, table.data)

    def machine(self, many: bool = True) -> Machine | None:
        """The compiled loops, where they are there and wanted; for a few points nobody waits for them."""
        return (at_hand() if many else made()) if self.compiled else None

    def _arcs(self) -> tuple[Array, Array, Array]:
        lanes = self.lanes
        forward, back = np.isfinite(lanes.go), np.isfinite(lanes.come)
        return (
            np.concatenate([lanes.tail[forward], lanes.head[back]]),
            np.concatenate([lanes.head[forward], lanes.tail[back]]),
            np.concatenate([lanes.go[forward], lanes.come[back]]),
        )

    def snap(self, lon: Array, lat: Array, *, farthest: float = FARTHEST) -> Spots:
        """Tie points to the nearest street that this profile may use."""
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        machine = self.machine(len(lon) > SOME)
        return Spots(lon, lat, *self.snapper.nearest(lon, lat, farthest, machine))

    def vertices(self) -> Spots:
        """A spot on every vertex of the network; those without a usable street are not placed."""
        network = self.network
        piece = np.full(network.vertices, -1, np.int32)
        part = np.zeros(network.vertices)
        rows = np.flatnonzero(self.usable[network.street_of])[::-1].astype(np.int32)
        piece[network.piece_to[rows]], part[network.piece_to[rows]] = rows, 1.0
        piece[network.piece_from[rows]], part[network.piece_from[rows]] = rows, 0.0
        return Spots(network.vertex_lon, network.vertex_lat, piece, part, np.zeros(network.vertices))

    def ends(self, spots: Spots, *, leaving: bool) -> Ends:
        """Streets, and seconds to (``leaving``) or from their two ends; infinite where that way is closed."""
        machine, count = self.machine(len(spots) > SOME), len(spots)
        if machine is None:
            return self._ends(spots, leaving)
        out = Ends(np.empty(count, np.int32), np.empty(count), np.empty(count), np.empty(count))
        scale = (self.profile.afoot, GRAIN)
        machine.place((spots.piece, spots.part, spots.off), self.pieces, self.lanes, leaving, scale, out)
        return out

    def _ends(self, spots: Spots, leaving: bool) -> Ends:
        placed, pieces = spots.placed, self.pieces
        piece = np.where(placed, spots.piece, 0)
        street = pieces.street[piece]
        from_tail = pieces.ahead[piece] + grained(spots.part * pieces.go[piece])
        from_head = pieces.behind[piece] + grained((1 - spots.part) * pieces.come[piece])
        go = np.where(placed, self.lanes.go[street], np.inf)
        come = np.where(placed, self.lanes.come[street], np.inf)
        if leaving:
            by_tail, by_head = come - from_head, go - from_tail
        else:
            by_tail = np.where(np.isfinite(go), from_tail, np.inf)
            by_head = np.where(np.isfinite(come), from_head, np.inf)
        usable = np.isfinite(go) | np.isfinite(come)
        # Who stands on a crossing is there, also in a one-way street.
        by_tail[usable & (from_tail == 0)] = 0.0
        by_head[usable & (from_head == 0)] = 0.0
        extra = grained(np.where(usable, spots.off, 0.0) / self.profile.afoot)
        return Ends(street, by_tail, by_head, extra)

    def homes(self, spots: Spots, *, toward: bool = True) -> Homes:
        """Make many spots ready to be asked about often."""
        ends = self.ends(spots, leaving=toward)
        first, order = np.zeros(self.network.streets + 1, np.int64), np.empty(len(spots), np.int32)
        machine = self.machine(len(spots) > SOME)
        if machine is not None:
            order = order[: machine.arrange(ends.street, spots.piece, first, order)]
        else:
            rows = np.flatnonzero(spots.placed)
            order = rows[np.argsort(ends.street[rows], kind="stable")].astype(np.int32)
            np.cumsum(np.bincount(ends.street[rows], minlength=self.network.streets), out=first[1:])
        return Homes(spots, toward, ends, first, order)

    def nearest(self, sites: Spots, homes: Homes, *, limit: float | None = None) -> Nearest:
        """The nearest site of every home."""
        most = np.inf if limit is None else float(limit)
        seconds, site = search.nearest(self, self._seeds(sites, homes.toward), homes, most)
        return Nearest(seconds, site, self.profile, self.approximate)

    def pairs(self, sites: Spots, homes: Homes, *, limit: float) -> Pairs:
        """Every site and home within ``limit`` seconds of each other."""
        first, home, seconds = search.pairs(self, self._seeds(sites, homes.toward), homes, float(limit))
        return Pairs(first, home, seconds, len(homes), limit, self.profile, self.approximate)

    def matrix(self, origins: Spots, targets: Spots) -> Array:
        """Seconds from each origin to each target, infinite where there is no way."""
        homes = self.homes(targets, toward=False)
        found = np.full((len(origins), len(targets)), np.inf)
        for begin in range(0, len(origins), search.ROWS):
            rows = np.arange(begin, min(begin + search.ROWS, len(origins)))
            found[rows] = search.matrix(self, self._seeds(origins.take(rows), False), homes)
        return found

    def _seeds(self, sites: Spots, toward: bool) -> search.Seeds:
        return search.Seeds(self.ends(sites, leaving=not toward), toward)
