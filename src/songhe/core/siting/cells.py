"""Places that the same sites reach are one cell, which is all that covering can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from songhe.core.siting.ground import Ground, gathered, turned
from songhe.core.siting.kinds import Array

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True)
class Cells:
    """``sites`` are their numbers in the problem; rows and columns of ``starts``, ``cells`` count from 0 in this order.

    ``cell`` is the cell of each place, -1 where nobody is to be reached or no site reaches.
    """

    sites: Array
    starts: Array
    cells: Array
    cell: Array
    size: int

    def summed(self, column: Array) -> Array:
        """A column of the demand, added up by cell."""
        kept = self.cell >= 0
        found = np.bincount(self.cell[kept], weights=column[kept], minlength=self.size)
        return found.astype(np.float64, copy=False)  # of nothing NumPy makes whole numbers

    @cached_property
    def by_site(self) -> scipy.sparse.csr_matrix:
        """Ones where a site (row) reaches a cell (column)."""
        shape = (len(self.sites), self.size)
        return scipy.sparse.csr_matrix((np.ones(len(self.cells)), self.cells, self.starts), shape=shape)

    @cached_property
    def by_cell(self) -> scipy.sparse.csr_matrix:
        """The same with cells as rows."""
        return scipy.sparse.csr_matrix(self.by_site.T)


def merged(ground: Ground, sites: Array, asked: Array, tag: Array | None = None) -> Cells:
    """The cells of the places asked for (mask) as some sites reach them; places with different tags are not put together."""
    reach, size = ground.reach, len(ground.people)
    at = gathered(reach.starts, sites)
    places, lengths = reach.places[at], reach.starts[sites + 1] - reach.starts[sites]
    kept = asked[places]
    starts = np.concatenate([[0], np.concatenate([[0], np.cumsum(kept)])[np.cumsum(lengths)]])
    places = places[kept]
    begins, by_place, _order = turned(starts, places, size)
    cell, first = _alike(begins, by_place, tag)
    new = first[cell[places]] == places
    ends = np.concatenate([[0], np.cumsum(new)])[starts]
    return Cells(sites, ends.astype(np.int64), cell[places][new].astype(np.int32), cell, len(first))


def _alike(begins: Array, sites: Array, tag: Array | None) -> tuple[Array, Array]:
    """The cell of each place, and the first place of each cell. Alike by a hash, then looked at site by site."""
    lengths = np.diff(begins)
    some = np.flatnonzero(lengths)
    keys = [_hashed(begins, sites, some, mix) for mix in _MIX[:2]]
    keys += [lengths[some], (np.zeros(len(lengths)) if tag is None else tag)[some]]
    order = np.lexsort([some, *keys])
    same = np.ones(max(len(some) - 1, 0), bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    ordered = some[order]
    same[same] = _equal(begins, sites, ordered[:-1][same], ordered[1:][same])
    number = np.concatenate([[0], np.cumsum(~same)]) if len(some) else np.zeros(0, np.int64)
    cell = np.full(len(lengths), -1, np.int64)
    cell[ordered] = number
    first = ordered[np.concatenate([[True], ~same])] if len(some) else ordered
    return cell, first


def _hashed(begins: Array, sites: Array, some: Array, mix: np.uint64) -> Array:
    """The sum of the sites' numbers, each mixed up."""
    x = (np.arange(1, int(sites.max(initial=0)) + 2, dtype=np.uint64)) * mix
    for shift in (np.uint64(30), np.uint64(27)):
        x = (x ^ (x >> shift)) * _MIX[2]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(x[sites], dtype=np.uint64)])
    found: Array = sums[begins[some + 1]] - sums[begins[some]]
    return found


def _equal(begins: Array, sites: Array, one: Array, other: Array) -> Array:
    """Whether the same sites reach two places; both lists are as long."""
    differs = sites[gathered(begins, one)] != sites[gathered(begins, other)]
    ends = np.cumsum(begins[one + 1] - begins[one])
    sums = np.concatenate([[0], np.cumsum(differs)])
    found: Array = sums[ends] == sums[np.concatenate([[0], ends[:-1]])] if len(one) else np.zeros(0, bool)
    return found
