"""What is to be planned: visits, who can do them, when, and what is fixed already.

Times are whole minutes of the day, legs are whole minutes, places are rows of the travel matrix. Days count from 0. Whoever
measures finer says so (``per_minute``) and gives every time in that unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from songhe.core.roster.travel import Travel

NEVER = 1 << 28
"""Later than any minute: a shift that ends then has no end, and there is no way where a leg is as long."""


@dataclass(frozen=True, slots=True)
class Break:
    """A pause begun between two minutes, wherever the worker then is. Who stops working before ``latest`` needs none.

    One whose ``latest`` is past, by the clock or by the end of what has begun, is not planned any more.
    """

    earliest: int
    latest: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of work on one day; two on a day are two shifts. ``overtime``: minutes beyond the end, at a price."""

    day: int
    start: int
    end: int
    overtime: int = 0
    rest: Break | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Who can be sent. ``grade`` is the qualification, the higher the more; ``end`` is the start place if not given.

    ``contract`` is the work (service and ways) over all days after which it is overtime, ``most`` what is never passed.
    """

    code: str
    start: int
    shifts: tuple[Shift, ...]
    end: int | None = None
    skills: frozenset[str] = frozenset()
    grade: int = 0
    gender: str = ""
    languages: frozenset[str] = frozenset()
    mode: str = ""
    longest: int | None = None
    contract: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker does during a visit."""

    minutes: int
    skills: frozenset[str] = frozenset()
    grade: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes from the start of the first task of a double visit to the start of the second; 0 and 0: at once."""

    least: int = 0
    most: int = 0

    def holds(self, step: int) -> bool:
        """Whether two full steps lie that far apart."""
        return self.most // step * step >= self.least


@dataclass(frozen=True, slots=True)
class Visit:
    """One promised stay with a person, of one worker or of two.

    It begins between ``earliest`` and ``latest``; up to ``grace`` minutes later at a price (None: however late). Of the
    days allowed one is chosen. Visits of one ``series`` lie ``apart`` days from each other: 3 visits with the days 0 … 6 and
    apart 2 are three a week, never on consecutive days. ``priority`` 0 is served first.
    """

    code: str
    place: int
    tasks: tuple[Task, ...]
    earliest: int
    latest: int
    grace: int | None = 0
    gap: Gap = Gap()
    days: frozenset[int] = frozenset({0})
    series: str = ""
    apart: int = 1
    gender: str = ""
    language: str = ""
    preferred: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    priority: int = 0

    @property
    def last(self) -> int:
        """The latest start of all."""
        return NEVER if self.grace is None else self.latest + self.grace


@dataclass(frozen=True, slots=True)
class Pin:
    """What is fixed of one task: who, which day, when. ``begun``: it is under way or done and keeps its place in the tour.

    What has begun needs worker, day and start.
    """

    visit: str
    part: int = 0
    worker: str | None = None
    day: int | None = None
    start: int | None = None
    begun: bool = False


@dataclass(frozen=True)
class Problem:
    """One day or one week to plan. Nobody sets out before minute ``now`` of day ``today``, and days before are over.

    ``promised`` says which worker was told for a task (visit and part): another one costs. Tasks begin at the beginning of
    their window or at a full ``step``, so that persons are told times that they can keep in mind. ``rested`` are the shifts
    (worker and number) whose break was had.
    """

    workers: tuple[Worker, ...]
    visits: tuple[Visit, ...]
    travel: Travel
    days: int = 1
    pins: tuple[Pin, ...] = ()
    promised: Mapping[tuple[str, int], str] = field(default_factory=dict)
    today: int = 0
    now: int = 0
    per_minute: int = 1
    step: int = 1
    rested: frozenset[tuple[str, int]] = frozenset()

    def __post_init__(self) -> None:
        from songhe.core.roster.valid import validate

        validate(self)

    def earliest_on(self, day: int) -> int:
        """The minute before which nobody sets out on a day."""
        return self.now if day == self.today else 0 if day > self.today else NEVER
