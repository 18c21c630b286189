"""Plain rows from which a problem is made, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from songhe.core.codes import Point
from songhe.core.roster import Plan, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One day on which a worker works, from one minute until another. ``rest``: minutes of break, None as usual."""

    day: int
    start: int
    end: int
    rest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who can be sent. ``items``: services he or she may give; ``here``: where the last visit of today was;
    ``left``: minutes of the week's contract that are not taken otherwise, ``most``: with what may be worked beyond it;
    ``ill``: today."""

    key: str
    organisation: str
    base: Point
    duties: tuple[Duty, ...]
    items: frozenset[str]
    gender: str = ""
    languages: frozenset[str] = frozenset()
    mode: str = ""
    left: int | None = None
    most: int | None = None
    here: Point | None = None
    ill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The visit that is promised already: by whom, when; ``begun``: the worker is there."""

    worker: str
    start: datetime
    minutes: int
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Days of the span among which a visit's day is chosen; those of one ``series`` lie ``apart`` days from each other."""

    days: frozenset[int]
    series: str
    apart: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One order. Times are local, on its own day also where it is ``free``; ``among``: the organisations that may take it, where it has none yet and
    not all may; ``pair`` names a double visit of which the lower ``number`` comes first. ``wish``: from when until when it
    is wished to begin, which may be missed as far as the window reaches."""

    key: str
    number: str
    item: str
    minutes: int
    since: datetime
    until: datetime
    place: Point
    wish: tuple[datetime, datetime] | None = None
    free: Free | None = None
    organisation: str = ""
    among: frozenset[str] | None = None
    gender: str = ""
    language: str = ""
    preferred: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    pair: str = ""
    gap: tuple[int, int] = (0, 0)
    priority: int = 2
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Halves:
    """Which order is which task, both ways."""

    of_order: Mapping[str, tuple[str, int]]

    @property
    def of_task(self) -> dict[tuple[str, int], str]:
        """The order of each task."""
        return {task: order for order, task in self.of_order.items()}


@dataclass(frozen=True)
class Built:
    """A problem, what is promised in it, and the orders that it leaves out with why."""

    problem: Problem
    told: Plan
    halves: Halves
    left_out: Mapping[str, str]
    first: date = field(default=date.min)

    def moment(self, day: int, minute: int, like: datetime) -> datetime:
        """A minute of a day of the span, in the zone of ``like``."""
        start = datetime.combine(self.first + timedelta(days=day), time(0), like.tzinfo)
        return start + timedelta(minutes=minute)
