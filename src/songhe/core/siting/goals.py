"""What is asked: most people within reach, everybody at least cost, most people served, the shortest ways, stage by stage."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from songhe.core.siting.kinds import PEOPLE
from songhe.core.sources import DataError


@dataclass(frozen=True, slots=True)
class Floor:
    """A share that has to be within reach: of everybody or of a group, everywhere together or in one region.

    ``every``: in every region, each for itself.
    """

    share: float
    group: str = PEOPLE
    region: Hashable | None = None
    every: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise DataError("floor: a share lies between 0 and 1.")
        if self.every and self.region is not None:
            raise DataError("floor: one region, or every region, not both.")


@dataclass(frozen=True, slots=True)
class Cover:
    """Maximal covering: reach as many as possible with at most so many new sites, or at most so much money, or both."""

    sites: int | None = None
    budget: int | None = None
    floors: tuple[Floor, ...] = ()

    def __post_init__(self) -> None:
        _limits(self.sites, self.budget)


@dataclass(frozen=True, slots=True)
class Meet:
    """Set covering: keep every floor at least cost; ``count``: with the fewest new sites, whatever they cost."""

    floors: tuple[Floor, ...] = (Floor(1.0),)
    count: bool = False

    def __post_init__(self) -> None:
        if not self.floors:
            raise DataError("meet: name at least one floor.")


@dataclass(frozen=True, slots=True)
class Serve:
    """Give as many people as possible a place in a facility in reach that has room, with so many new sites or so much money."""

    sites: int | None = None
    budget: int | None = None

    def __post_init__(self) -> None:
        _limits(self.sites, self.budget)


@dataclass(frozen=True, slots=True)
class Nearest:
    """p-median: the least way of all people to their nearest facility, with at most so many new sites.

    ``beyond`` is what counts for people without any facility in reach (None: the longest way that is given). The limit of
    the problem plays no part.
    """

    sites: int
    beyond: float | None = None

    def __post_init__(self) -> None:
        _limits(self.sites, None)


@dataclass(frozen=True, slots=True)
class Farthest:
    """p-centre: the least longest way of anybody to the nearest facility. Places that no site reaches are left out, and told."""

    sites: int

    def __post_init__(self) -> None:
        _limits(self.sites, None)


@dataclass(frozen=True, slots=True)
class Stage:
    """One year: what may be added in it. What is left of the money or the number goes on to the next.

    ``weight`` is how much the coverage of this year counts.
    """

    sites: int | None = None
    budget: int | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        _limits(self.sites, self.budget)
        if not self.weight >= 0:
            raise DataError("stage: a weight is not negative.")


@dataclass(frozen=True, slots=True)
class Staged:
    """Maximal covering over years: what is built stays, and what is built early counts longer."""

    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        if not self.stages:
            raise DataError("staged: name at least one stage.")
        kinds = {(one.sites is None, one.budget is None) for one in self.stages}
        if len(kinds) != 1:
            raise DataError("staged: every stage needs a number of sites, or every stage a budget.")


Goal = Cover | Meet | Serve | Nearest | Farthest | Staged


def _limits(sites: int | None, budget: int | None) -> None:
    if sites is None and budget is None:
        raise DataError("say how many sites, or how much money.")
    if sites is not None and sites < 0:
        raise DataError("sites: not negative.")
    if budget is not None and budget < 0:
        raise DataError("budget: not negative, in fen.")
