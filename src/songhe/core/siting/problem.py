"""What is known before anything is chosen: who needs something where, which sites there are, and how far it is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.siting.kinds import PEOPLE, State
from songhe.core.siting.travel import Travel

if TYPE_CHECKING:
    from songhe.core.siting.ground import Ground


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a facility is or could be. ``cost`` is in fen, ``capacity`` in people (None: as many as come).

    ``existing`` serves already, costs nothing and is no choice; ``must`` is built in any case and counts; ``never`` is not.
    """

    code: str
    cost: int = 0
    capacity: int | None = None
    area: float | None = None
    state: State = "free"


@dataclass(frozen=True, eq=False)
class Demand:
    """How many people live at each place, and how many of them belong to groups such as 80+; a person may be in several.

    ``regions`` names each place's county or town, for floors and for what is told by region.
    """

    people: Any
    groups: Mapping[str, Any] = field(default_factory=dict)
    regions: Sequence[Hashable] | None = None
    codes: Sequence[str] | None = None

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """Everybody first, then each group."""
        return {
            PEOPLE: np.asarray(self.people),
            **{name: np.asarray(one) for name, one in self.groups.items()},
        }

    def __len__(self) -> int:
        return len(self.columns[PEOPLE])


@dataclass(frozen=True, eq=False)
class Problem:
    """Sites, demand, ways; a site covers what is within ``limit`` (None: every pair given).

    ``importance`` says how much more somebody of a group counts than 1, for being one of it: with ``{"80+": 1}`` a person of
    80 counts twice. ``smallest`` is the area that a new site needs: smaller ones, and those whose area is not known, are
    left out.
    """

    sites: tuple[Site, ...]
    demand: Demand
    travel: Travel
    limit: float | None = None
    importance: Mapping[str, float] = field(default_factory=dict)
    smallest: float | None = None

    def __post_init__(self) -> None:
        from songhe.core.siting.valid import validate

        validate(self)

    @cached_property
    def ground(self) -> Ground:
        """The same as arrays, made once."""
        from songhe.core.siting.ground import Ground

        return Ground(self)
