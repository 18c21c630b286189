"""Who has a site within so many minutes, by community, kept up to date as sites come, go and move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.arrays import numbered
from songhe.core.reach.paths import Ground
from songhe.core.reach.spots import BANDS, Pairs, Spots
from songhe.core.sources import DataError

Array = NDArray[Any]
Row = tuple[Array, Array]
MOST = 65_535


@dataclass(frozen=True, eq=False)
class Change:
    """What one site that came or went changes: homes newly covered (or no longer) and what they weigh, a row for each band."""

    gained: tuple[Array, ...]
    lost: tuple[Array, ...]
    gain: Array
    loss: Array


@dataclass(frozen=True, eq=False)
class Table:
    """Figures of regions: ``total`` has a row for each region and a column for each weight, ``covered`` that for each band."""

    region: Array
    total: Array
    covered: Array

    @property
    def share(self) -> Array:
        """Covered by total; NaN where there is nobody."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Array = self.covered / self.total
        return found


class Coverage:
    """One service kind: its sites, and for each home and band how many of them are near.

    ``weights`` are whole numbers by name, such as people, people of 80 and more, living alone, disabled; ``region`` is the
    12-digit code of each home's community. ``homes`` may be what makes them ready, asked when they are first needed.
    """

    def __init__(
        self,
        ground: Ground,
        homes: Any | Callable[[], Any],
        weights: Mapping[str, Array],
        region: Array,
        *,
        bands: tuple[float, ...] = BANDS,
    ) -> None:
        count = len(region)
        self.ground, self.bands = ground, tuple(sorted(bands))
        self._homes = homes
        self.names = tuple(weights)
        self.weights = [_whole(name, one, count) for name, one in weights.items()]
        if not self.bands or (not callable(homes) and len(homes) != count):
            raise DataError("coverage: a region for each home and at least one band are needed.")
        self.regions, self.group = numbered(np.asarray(region, np.int64))
        self.near = np.zeros((len(self.bands), count), np.uint16)
        self._covered: Array | None = None
        self._rows: dict[int, Row] = {}
        self._later: Callable[[], Pairs] | None = None
        self._next = 0

    @cached_property
    def homes(self) -> Any:
        """The homes, ready to be asked about."""
        return self._homes() if callable(self._homes) else self._homes

    @cached_property
    def total(self) -> Array:
        """All weights by community."""
        return self._added(slice(None))

    @property
    def covered(self) -> Array:
        """The same of the homes with a site near, for each band; worked out when first asked, then kept up to date."""
        if self._covered is None:
            self._covered = np.stack([self._added(np.flatnonzero(near)) for near in self.near])
        return self._covered

    @property
    def rows(self) -> dict[int, Row]:
        """Homes and seconds of each site."""
        if self._later is not None:
            pairs, self._later = self._later(), None
            self._rows = {number: pairs.row(number) for number in range(pairs.sites)} | self._rows
        return self._rows

    def resume(self, near: Array, sites: int, pairs: Callable[[], Pairs]) -> tuple[int, ...]:
        """Go on from what was counted before for so many sites; their pairs are asked for when they are first needed."""
        if near.shape != self.near.shape or self._next:
            raise DataError("coverage: what was counted before is of other homes, or comes too late.")
        self.near, self._next, self._later = near.astype(np.uint16), sites, pairs
        return tuple(range(sites))

    @property
    def sites(self) -> tuple[int, ...]:
        """The numbers of the sites that are there."""
        return tuple(self.rows)

    def add_all(self, sites: Spots) -> tuple[int, ...]:
        """Add many sites at once; their numbers."""
        return self.add_pairs(self.ground.pairs(sites, self.homes, limit=self.bands[-1]))

    def add_pairs(self, pairs: Pairs) -> tuple[int, ...]:
        """Add sites whose pairs were found before."""
        if pairs.homes != self.near.shape[1] or pairs.limit < self.bands[-1]:
            raise DataError("coverage: the pairs are of other homes, or end before the last band.")
        numbers = tuple(range(self._next, self._next + pairs.sites))
        if len(self.rows) + pairs.sites > MOST:
            raise DataError(f"coverage: at most {MOST} sites.")
        more, before = np.zeros(pairs.homes, np.int64), -np.inf
        for band, seconds in enumerate(self.bands):
            fresh = pairs.home[(pairs.seconds > before) & (pairs.seconds <= seconds)]
            more += np.bincount(fresh, minlength=len(more))
            if self._covered is not None:
                self._covered[band] += self._added(np.flatnonzero((self.near[band] == 0) & (more > 0)))
            self.near[band] += more.astype(np.uint16)
            before = seconds
        self.rows.update({number: pairs.row(place) for place, number in enumerate(numbers)})
        self._next += pairs.sites
        return numbers

    def add(self, site: Spots) -> tuple[int, Change]:
        """Add one site; its number and what it changes."""
        number, row = self._next, self._row(site)
        self._next += 1
        self.rows[number] = row
        gained = self._counted(row, 1)
        return number, self._changed(gained, self._none())

    def remove(self, number: int) -> Change:
        """Take a site away."""
        if number not in self.rows:
            raise DataError(f"coverage: there is no site {number}.")
        return self._changed(self._none(), self._counted(self.rows.pop(number), -1))

    def move(self, number: int, site: Spots) -> Change:
        """Put a site elsewhere; homes near both places neither come nor go."""
        if number not in self.rows:
            raise DataError(f"coverage: there is no site {number}.")
        row = self._row(site)
        gained = self._counted(row, 1)
        lost = self._counted(self.rows[number], -1)
        self.rows[number] = row
        return self._changed(gained, lost)

    def gain(self, site: Spots) -> Change:
        """What a site would change, without adding it."""
        home, seconds = self._row(site)
        fresh = tuple(
            home[(seconds <= band) & (near[home] == 0)]
            for band, near in zip(self.bands, self.near, strict=True)
        )
        none = self._none()
        return Change(fresh, none, self._sums(fresh), self._sums(none))

    def uncovered(self, band: float) -> Array:
        """Homes without a site within a band."""
        return np.flatnonzero(self.near[self.bands.index(band)] == 0)

    def table(self, unit: int = 1) -> Table:
        """Figures by community; by town with a unit of 1,000, by county with 1,000,000, by city with 100,000,000."""
        region, group = np.unique(self.regions // unit * unit, return_inverse=True)
        total = np.zeros((len(region), len(self.names)), np.int64)
        covered = np.zeros((len(self.bands), len(region), len(self.names)), np.int64)
        np.add.at(total, group, self.total)
        for band in range(len(self.bands)):
            np.add.at(covered[band], group, self.covered[band])
        return Table(region, total, covered)

    def _row(self, site: Spots) -> Row:
        if len(site) != 1:
            raise DataError("coverage: one site at a time; many with add_all.")
        return self.ground.pairs(site, self.homes, limit=self.bands[-1]).row(0)

    def _counted(self, row: Row, step: int) -> tuple[Array, ...]:
        """Count a site in or out; the homes whose cover begins or ends with it, for each band."""
        home, seconds = row
        changed = []
        for band, limit in enumerate(self.bands):
            some = home[seconds <= limit]
            before = self.near[band][some]
            after = before + np.uint16(1) if step > 0 else before - np.uint16(1)
            self.near[band][some] = after
            turned = some[(before == 0) | (after == 0)]
            if self._covered is not None:
                self._covered[band] += step * self._added(turned)
            changed.append(turned)
        return tuple(changed)

    def _changed(self, gained: tuple[Array, ...], lost: tuple[Array, ...]) -> Change:
        both = [
            np.intersect1d(one, other) if len(one) and len(other) else one[:0]
            for one, other in zip(gained, lost, strict=True)
        ]
        gained = tuple(
            np.setdiff1d(one, same) if len(same) else one for one, same in zip(gained, both, strict=True)
        )
        lost = tuple(
            np.setdiff1d(one, same) if len(same) else one for one, same in zip(lost, both, strict=True)
        )
        return Change(gained, lost, self._sums(gained), self._sums(lost))

    def _none(self) -> tuple[Array, ...]:
        return tuple(np.zeros(0, np.int64) for _ in self.bands)

    def _sums(self, homes: tuple[Array, ...]) -> Array:
        return np.array([[column[rows].sum() for column in self.weights] for rows in homes])

    def _added(self, rows: Array | slice) -> Array:
        """The weights of some homes by community."""
        group = self.group[rows]
        columns = [np.bincount(group, column[rows], len(self.regions)) for column in self.weights]
        return np.rint(np.stack(columns, 1)).astype(np.int64)


def _whole(name: str, weights: Array, count: int) -> Array:
    given = np.asarray(weights)
    if len(given) != count or (
        not np.issubdtype(given.dtype, np.integer) and not np.issubdtype(given.dtype, np.bool_)
    ):
        raise DataError(f"coverage: “{name}” must be a whole number for each home.")
    return given.astype(np.int64, copy=False)
