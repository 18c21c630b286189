"""Points tied to streets, and what is found for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.reach.profile import Profile

Array = NDArray[Any]
BANDS = (300, 600, 900, 1200, 1800)
"""5, 10, 15, 20 and 30 minutes, in seconds."""


@dataclass(frozen=True, eq=False)
class Spots:
    """Points with the piece of street that is nearest to each.

    ``part`` is how far along the piece (0 to 1), ``off`` how many metres beside it. ``piece`` is -1 where no street is near
    enough: nobody gets there. Without a network, every piece is 0 and every ``off`` 0.
    """

    lon: Array
    lat: Array
    piece: Array
    part: Array
    off: Array

    def __len__(self) -> int:
        return len(self.piece)

    @property
    def placed(self) -> Array:
        """Which points have a street."""
        found: Array = self.piece >= 0
        return found

    def take(self, rows: Array) -> Spots:
        """Some of them."""
        return Spots(self.lon[rows], self.lat[rows], self.piece[rows], self.part[rows], self.off[rows])

    def joined(self, other: Spots) -> Spots:
        """These and then those."""
        mine = (self.lon, self.lat, self.piece, self.part, self.off)
        theirs = (other.lon, other.lat, other.piece, other.part, other.off)
        return Spots(*(np.concatenate(both) for both in zip(mine, theirs, strict=True)))


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each home the seconds to the nearest site (infinite: none) and which it is (-1: none; of equals the first)."""

    seconds: Array
    site: Array
    profile: Profile
    approximate: bool

    def within(self, bands: tuple[float, ...] = BANDS) -> Array:
        """A row for each band: which homes have a site within so many seconds."""
        return np.stack([self.seconds <= band for band in bands])


@dataclass(frozen=True, eq=False)
class Pairs:
    """All pairs of a site and a home within ``limit`` seconds: site i has the entries ``first[i]`` to ``first[i + 1]``.

    The order of homes within a site is not said.
    """

    first: Array
    home: Array
    seconds: Array
    homes: int
    limit: float
    profile: Profile
    approximate: bool

    def __len__(self) -> int:
        return len(self.home)

    @property
    def sites(self) -> int:
        """How many sites were asked for."""
        return len(self.first) - 1

    @cached_property
    def site(self) -> Array:
        """The site of each pair."""
        return np.repeat(np.arange(self.sites, dtype=np.int32), np.diff(self.first))

    def row(self, site: int) -> tuple[Array, Array]:
        """Homes and seconds of one site."""
        part = slice(int(self.first[site]), int(self.first[site + 1]))
        return self.home[part], self.seconds[part]

    def counts(self, bands: tuple[float, ...] = BANDS) -> Array:
        """A row for each band: how many sites each home has within so many seconds."""
        return np.stack(
            [
                np.bincount(self.home[self.seconds <= band], minlength=self.homes).astype(np.int32)
                for band in bands
            ]
        )

    def only(self, sites: Array) -> Pairs:
        """The pairs of some sites, which are numbered anew."""
        sites = np.asarray(sites)
        sizes = (self.first[1:] - self.first[:-1])[sites]
        first = np.concatenate([[0], np.cumsum(sizes)])
        rows = np.repeat(self.first[:-1][sites] - first[:-1], sizes) + np.arange(first[-1])
        return Pairs(
            first, self.home[rows], self.seconds[rows], self.homes, self.limit, self.profile, self.approximate
        )

    def of_homes(self, homes: Array) -> Pairs:
        """The pairs of some homes, which are numbered anew."""
        number = np.full(self.homes, -1, np.int32)
        number[homes] = np.arange(len(homes), dtype=np.int32)
        home = number[self.home]
        rows = np.flatnonzero(home >= 0)
        return Pairs(
            np.searchsorted(rows, self.first),
            home[rows],
            self.seconds[rows],
            len(homes),
            self.limit,
            self.profile,
            self.approximate,
        )

    def in_order(self) -> Pairs:
        """The same with the homes of each site in order."""
        order = np.lexsort((self.home, self.site))
        return Pairs(
            self.first,
            self.home[order],
            self.seconds[order],
            self.homes,
            self.limit,
            self.profile,
            self.approximate,
        )
