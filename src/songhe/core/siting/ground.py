"""A problem as arrays, made once and then looked at by everything else."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from songhe.core.refusal import Refused
from songhe.core.siting.kinds import PEOPLE, Array, Counts
from songhe.core.siting.travel import Pairs, Table

if TYPE_CHECKING:
    from songhe.core.siting.problem import Problem


class Ground:
    """Sites by state, what each place weighs, and who reaches what."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.codes = tuple(one.code for one in problem.sites)
        self.number = {code: at for at, code in enumerate(self.codes)}
        state = np.array([one.state for one in problem.sites], dtype="U8")
        self.existing = state == "existing"
        self.must = state == "must"
        fits = np.array([self._fits(one.area) for one in problem.sites], bool)
        self.open_to_choice = (self.must | (state == "free")) & fits
        self.too_small = (state == "free") & ~fits
        self.cost = np.array([one.cost for one in problem.sites], np.int64)
        self.columns = problem.demand.columns
        self.people = self.columns[PEOPLE].astype(np.float64)
        self.weight = self.people.copy()
        for name, much in problem.importance.items():
            self.weight += much * self.columns[name]
        self.whole = bool((self.weight == np.rint(self.weight)).all()) and self.weight.sum() < 2**52

    def _fits(self, area: float | None) -> bool:
        smallest = self.problem.smallest
        return smallest is None or (area is not None and area >= smallest)

    @cached_property
    def reach(self) -> Pairs:
        """The pairs within the limit."""
        return self.problem.travel.within(self.problem.limit)

    def at(self, limit: float) -> Ground:
        """The same with another limit."""
        other = copy(self)
        for name in ("base", "reachable"):
            other.__dict__.pop(name, None)
        other.__dict__["reach"] = self.problem.travel.within(limit)
        return other

    @cached_property
    def choices(self) -> Array:
        """The sites that can be chosen."""
        return np.flatnonzero(self.open_to_choice)

    @cached_property
    def base(self) -> Array:
        """How many existing sites reach each place."""
        return self.count(np.flatnonzero(self.existing))

    @cached_property
    def reachable(self) -> Array:
        """Whether an existing site or one that can be chosen reaches a place."""
        return self.count(np.flatnonzero(self.existing | self.open_to_choice)) > 0

    @cached_property
    def region_names(self) -> tuple[Hashable, ...]:
        """The regions by number."""
        return tuple(dict.fromkeys(self.problem.demand.regions or ()))

    @cached_property
    def region_of(self) -> Array:
        """The number of each place's region."""
        numbers = {name: at for at, name in enumerate(self.region_names)}
        given = self.problem.demand.regions or [None] * len(self.people)
        return np.array([numbers.get(one, 0) for one in given], np.int64)

    def count(self, sites: Array) -> Array:
        """How many of some sites reach each place."""
        found: Array = np.bincount(
            self.reach.places[gathered(self.reach.starts, sites)], minlength=len(self.people)
        )
        return found

    def rows(self, site: int) -> Array:
        """The places that a site reaches."""
        return self.reach.places[self.reach.starts[site] : self.reach.starts[site + 1]]

    def told(self, places: Array) -> Counts:
        """People and groups at some places, given by mask or by number."""
        return {name: column[places].sum().item() for name, column in self.columns.items()}

    @cached_property
    def total(self) -> Counts:
        """Everybody."""
        return {name: column.sum().item() for name, column in self.columns.items()}

    def chosen(self, codes: Collection[str]) -> Array:
        """The numbers of some new sites; existing ones among them are there anyway."""
        strange = [code for code in codes if code not in self.number]
        if strange:
            raise Refused(
                "unknown_site",
                "There is no site {codes}. Choose among the sites of the problem.",
                field="chosen",
                codes=", ".join(strange[:5]),
            )
        numbers = np.array(sorted({self.number[code] for code in codes}), np.int64)
        new: Array = numbers[~self.existing[numbers]]
        return new

    def ways(self, site: int) -> tuple[Array | slice, Array]:
        """Every place that is given for a site, whatever the limit, and the way there."""
        travel = self.problem.travel
        if isinstance(travel, Table):
            return slice(None), travel.ways[site]
        row = slice(travel.starts[site], travel.starts[site + 1])
        places: Array = travel.places[row]
        return places, travel.ways[row]

    @cached_property
    def longest(self) -> float:
        """The longest way that is given."""
        return float(self.problem.travel.ways.max(initial=0))


def gathered(starts: Array, rows: Array) -> Array:
    """Where the entries of some rows lie, one row after the other."""
    lengths = starts[rows + 1] - starts[rows]
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(rows) else lengths
    found: Array = np.repeat(starts[rows] - before, lengths) + np.arange(lengths.sum())
    return found


def turned(starts: Array, places: Array, demand: int) -> tuple[Array, Array, Array]:
    """The same pairs place by place: starts, sites, and where each pair was before."""
    order = np.argsort(places, kind="stable")
    sites = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))[order]
    ends = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=demand))])
    return ends.astype(np.int64), sites, order
