"""What counts how much, how long to look, and how the search goes about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral

from songhe.core.sources import DataError


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost of one minute or of one time that it happens, as whole numbers; 0 switches a term off.

    ``unserved`` has a price for each priority, first things first. ``fairness`` weighs the squared load of each worker, for
    loads of 8 hours as much as the load itself. ``changed`` is another worker than promised.
    """

    unserved: tuple[int, ...] = (20_000, 5_000, 1_000)
    travel: int = 1
    late: int = 1
    worst: int = 1
    overtime: int = 2
    continuity: int = 10
    preference: int = 10
    fairness: int = 0
    changed: int = 60

    def __post_init__(self) -> None:
        rest = (
            self.travel, self.late, self.worst, self.overtime, self.continuity, self.preference, self.fairness,
            self.changed,
        )  # fmt: skip
        whole = all(isinstance(one, Integral) for one in (*self.unserved, *rest))
        if not (whole and self.unserved and self.travel >= 1 and min(*self.unserved, *rest) >= 0) or (
            max(*self.unserved, *rest) > 1_000_000
        ):
            raise DataError(
                "weights: whole numbers from 0 to 1,000,000, travel at least 1, and a price for at least one priority."
            )


@dataclass(frozen=True, slots=True)
class Search:
    """How the search goes about it. Heats are minutes that a move may cost and still be tried.

    ``chains`` run beside each other, ``near`` neighbours are looked at on each side of a task. Problems of up to ``small``
    tasks are cooled several times, larger ones once. Beyond ``large`` tasks there is not the time to melt a plan and
    freeze it again, so it is warmed less, the more tasks there are.
    """

    hot: float = 20.0
    cold: float = 0.5
    chains: int = 2
    near: int = 30
    large: int = 1000
    small: int = 140

    def __post_init__(self) -> None:
        if not (0 < self.cold <= self.hot) or self.chains < 1 or self.near < 0 or self.large < 1:
            raise DataError(
                "search: hot at least as cold, cold above 0, one chain at least, near not negative."
            )

    def warm(self, tasks: int) -> float:
        """The heat at which a problem of so many tasks is begun."""
        cooler: float = min(1.0, self.large / max(tasks, 1)) ** 1.5
        return max(self.cold, self.hot * cooler)


@dataclass(frozen=True, slots=True)
class Params:
    """Both."""

    weights: Weights = field(default_factory=Weights)
    search: Search = field(default_factory=Search)


@dataclass(frozen=True, slots=True)
class Stop:
    """When to stop: after so many seconds, or after so many moves of each chain, which gives the same plan each time."""

    seconds: float | None = None
    moves: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.moves is None):
            raise DataError("stop: give seconds or moves, one of them.")
        if (self.seconds or 0) < 0 or (self.moves or 0) < 0:
            raise DataError("stop: not negative.")
