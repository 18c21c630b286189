"""What comes out: the sites, what they are worth, how near to the best that is, and what each of them brings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

from songhe.core.decision import Reason
from songhe.core.siting.goals import Goal
from songhe.core.siting.kinds import Counts

Proof = Literal["exact", "lp", "lagrange", "none"]
"""How the bound was found: the best is proved; a linear programme; a Lagrange relaxation; there is no bound."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What one new site brings. Sites are told in the order in which they bring most.

    ``reaches``: people within the limit. ``newly``: of them those whom neither existing sites nor those told before reach;
    these add up to everything newly covered. ``lost``: whom nobody would reach without it. ``shared``: whom others reach too.
    ``serves``: who goes there (the nearest, or by the room there is), ``mean`` and ``longest`` their ways, ``saved`` by how
    much the goal's value would be worse without it.
    """

    code: str
    cost: int
    reaches: Counts = field(default_factory=dict)
    newly: Counts = field(default_factory=dict)
    lost: Counts = field(default_factory=dict)
    shared: Counts = field(default_factory=dict)
    serves: Counts = field(default_factory=dict)
    capacity: int | None = None
    mean: float | None = None
    longest: float | None = None
    saved: float | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """One county or town: everybody, whom existing sites reach, and whom they reach together with the new ones."""

    name: Hashable
    total: Counts
    before: Counts
    covered: Counts


@dataclass(frozen=True, slots=True)
class Year:
    """One stage: what is added in it, what that costs, and who is within reach at its end."""

    chosen: tuple[str, ...]
    cost: int
    covered: Counts


@dataclass(frozen=True, slots=True)
class Judged:
    """What a set of new sites is worth, whoever chose it.

    ``value`` is in the goal's own measure: weight within reach (people, with what groups count more), cost or count, weight
    served, weighted way, longest way. ``faults`` say what of the goal it breaks. ``uncovered`` are the places with people
    out of reach, ``unreachable`` those of them that no site at all would reach.
    """

    chosen: tuple[str, ...]
    value: float
    cost: int
    faults: tuple[Reason, ...]
    total: Counts
    before: Counts
    covered: Counts
    uncovered: NDArray[Any]
    unreachable: NDArray[Any]
    sites: tuple[Opened, ...]
    regions: tuple[Region, ...] = ()
    years: tuple[Year, ...] = ()
    served: float | None = None
    mean: float | None = None
    longest: float | None = None

    @property
    def newly(self) -> Counts:
        """Whom the new sites reach and existing ones do not."""
        return {name: self.covered[name] - self.before[name] for name in self.covered}

    @property
    def missing(self) -> Counts:
        """Who stays out of reach."""
        return {name: self.total[name] - self.covered[name] for name in self.covered}


@dataclass(frozen=True, slots=True)
class Result:
    """The sites found. No choice can be better than ``bound``; ``gap`` is how far the value is from it, as a part of it.

    Where existing sites count in the value, the gap is a part of what the new ones bring. ``plan`` has the sites of each
    stage.
    """

    goal: Goal
    chosen: tuple[str, ...]
    value: float
    bound: float | None
    gap: float | None
    proof: Proof
    judged: Judged
    plan: tuple[tuple[str, ...], ...] = ()
    rounds: int = 0
    left_out: tuple[str, ...] = ()
    """Free sites that are smaller than what a new site needs, or whose area is not known."""
