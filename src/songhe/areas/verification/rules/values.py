"""What is known of a visit when it is verified, and what is found. Plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from songhe.core.codes import Point


@dataclass(frozen=True, slots=True)
class Fix:
    """A place as a phone sent it: WGS-84, and exact to so many metres (None: not said)."""

    point: Point
    accuracy: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One visit that ended, as it was claimed. ``home`` is None where nobody knows the place; ``pictures`` are hashes of 128
    bits; ``pair`` joins the halves of a double visit; ``vain``: the worker says that the person could not be served."""

    visit: UUID
    worker: UUID
    person: UUID
    promised: tuple[datetime, datetime]
    arrived: datetime
    left: datetime
    day: date
    came: Fix | None = None
    went: Fix | None = None
    home: Point | None = None
    pair: UUID | None = None
    device: str = ""
    pictures: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    metres: int | None = None
    vain: bool = False

    @property
    def minutes(self) -> int:
        """Whole minutes of the stay."""
        return int((self.left - self.arrived).total_seconds()) // 60

    @property
    def promised_minutes(self) -> int:
        """Whole minutes promised."""
        return int((self.promised[1] - self.promised[0]).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Away:
    """A person was not at home from a day until before another (None: since then on). ``kind``: dead, hospital or
    institution; ``source``: who says so."""

    kind: str
    since: date
    until: date | None = None
    source: str = ""

    def holds(self, day: date) -> bool:
        """Whether the person was away the whole of a day; on the first and last day of a stay somebody may be at home."""
        return self.since < day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign at one visit; ``other`` is the visit it was seen beside."""

    visit: UUID
    sign: str
    other: UUID | None = None
    evidence: Mapping[str, int | str] = field(default_factory=dict)
