"""How far demand is from sites: only the pairs in reach, or a whole table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.sources import DataError

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs in reach, site by site: the row of site i is ``places[starts[i]:starts[i + 1]]``, with what the way takes.

    Ways are in any one unit (seconds, minutes, metres). A pair that is not there is out of reach.
    """

    starts: Array
    places: Array
    ways: Array
    demand: int

    def __post_init__(self) -> None:
        starts, places, ways = (np.asarray(one) for one in (self.starts, self.places, self.ways))
        if starts.ndim != 1 or len(starts) == 0 or starts[0] != 0 or (np.diff(starts) < 0).any():
            raise DataError("travel: starts must begin with 0 and never fall.")
        if starts[-1] != len(places) or len(places) != len(ways):
            raise DataError(
                f"travel: starts end at {starts[-1]}, but there are {len(places)} places and {len(ways)} ways."
            )
        if len(places) and (places.min() < 0 or places.max() >= self.demand):
            raise DataError(f"travel: a pair names a place outside 0 to {self.demand - 1}.")
        sites = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        _no_holes(ways, lambda at: (int(sites[at]), int(places[at])))
        object.__setattr__(self, "starts", starts.astype(np.int64))
        object.__setattr__(self, "places", places.astype(np.int32))
        object.__setattr__(self, "ways", ways.astype(np.float64))
        keys = sites * np.int64(self.demand) + places
        if len(keys) > 1 and (np.diff(keys) <= 0).any():
            self._sort(keys)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.starts) - 1

    def within(self, limit: float | None) -> Pairs:
        """Only what is at most so far."""
        if limit is None or not len(self.ways) or self.ways.max() <= limit:
            return self
        kept = self.ways <= limit
        ends = np.concatenate([[0], np.cumsum(kept)])[self.starts]
        return Pairs(ends, self.places[kept], self.ways[kept], self.demand)

    def _sort(self, keys: Array) -> None:
        order = np.argsort(keys, kind="stable")
        twice = np.flatnonzero(np.diff(keys[order]) == 0)
        if len(twice):
            key = int(keys[order][twice[0]])
            raise DataError(
                f"travel: {len(twice)} pairs are there twice, the first is site {key // self.demand}, place {key % self.demand}."
            )
        object.__setattr__(self, "places", self.places[order])
        object.__setattr__(self, "ways", self.ways[order])


@dataclass(frozen=True, eq=False)
class Table:
    """The way from every site (row) to every place of demand (column)."""

    ways: Array

    def __post_init__(self) -> None:
        ways = np.asarray(self.ways)
        if ways.ndim != 2:
            raise DataError("travel: a table has a row for each site and a column for each place of demand.")
        _no_holes(ways.ravel(), lambda at: divmod(at, ways.shape[1]))
        object.__setattr__(self, "ways", ways)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return int(self.ways.shape[0])

    @property
    def demand(self) -> int:
        """How many places of demand there are."""
        return int(self.ways.shape[1])

    def within(self, limit: float | None) -> Pairs:
        """As pairs, only what is at most so far."""
        kept = np.ones(self.ways.shape, bool) if limit is None else self.ways <= limit
        starts = np.concatenate([[0], np.cumsum(kept.sum(1))])
        return Pairs(starts, np.nonzero(kept)[1], self.ways[kept], self.demand)


Travel = Pairs | Table


def _no_holes(ways: Array, named: Any) -> None:
    if ways.dtype.kind not in "iuf":
        raise DataError("travel: ways must be numbers.")
    bad = np.flatnonzero(~np.isfinite(ways) | (ways < 0))
    if len(bad):
        site, place = named(int(bad[0]))
        raise DataError(
            f"travel: {len(bad)} pairs have no way or a negative one, the first is site {site}, place {place}. "
            "Leave out pairs that are out of reach."
        )
