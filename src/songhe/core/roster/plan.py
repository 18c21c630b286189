"""What comes out: who is where when, what it costs, and what could not be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from songhe.core.roster.params import Weights


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """One task given to one worker. ``shift`` is the place among the worker's shifts."""

    worker: str
    shift: int
    start: int
    visit: str
    part: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Rest:
    """A break, begun where the worker then was."""

    worker: str
    shift: int
    start: int


PLACE = attrgetter("worker", "shift", "start", "visit", "part")
"""By which stays are sorted, quicker than by themselves."""


@dataclass(frozen=True)
class Plan:
    """All stays, by worker, shift and start."""

    stays: tuple[Stay, ...] = ()
    rests: tuple[Rest, ...] = ()

    @cached_property
    def tours(self) -> Mapping[tuple[str, int], tuple[Stay, ...]]:
        """The stays of each worker's shift in their order."""
        found: dict[tuple[str, int], list[Stay]] = defaultdict(list)
        for stay in sorted(self.stays, key=PLACE):
            found[stay.worker, stay.shift].append(stay)
        return {key: tuple(stays) for key, stays in found.items()}

    @cached_property
    def breaks(self) -> Mapping[tuple[str, int], tuple[Rest, ...]]:
        """The breaks of each worker's shift."""
        found: dict[tuple[str, int], list[Rest]] = defaultdict(list)
        for rest in sorted(self.rests):
            found[rest.worker, rest.shift].append(rest)
        return {key: tuple(rests) for key, rests in found.items()}

    @cached_property
    def by_task(self) -> Mapping[tuple[str, int], Stay]:
        """The stay of each task."""
        return {(stay.visit, stay.part): stay for stay in self.stays}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is judged by, one by one: minutes and counts."""

    unserved: tuple[int, ...]  # visits left undone, by priority
    travel: int
    late: int
    worst: int
    overtime: int
    continuity: int  # stays of somebody who has not been there, where somebody has
    preference: int  # stays of somebody who is not wished for, where somebody is
    fairness: int
    changed: int

    def cost(self, weights: Weights, per_minute: int = 1) -> int:
        """All of it in one number."""
        times = sum(count * price for count, price in zip(self.unserved, weights.unserved, strict=True))
        times += weights.continuity * self.continuity + weights.preference * self.preference
        times += weights.changed * self.changed
        return (
            per_minute * times
            + weights.travel * self.travel
            + weights.late * self.late
            + weights.worst * self.worst
            + weights.overtime * self.overtime
            + weights.fairness * self.fairness
        )


@dataclass(frozen=True)
class Result:
    """A plan that passed the check, its cost and terms, the visits left undone, and how many moves were tried."""

    plan: Plan
    cost: int
    terms: Terms
    unassigned: tuple[str, ...]
    moves: int
