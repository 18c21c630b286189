"""What somebody at the desk does, from a moment until another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SeatState(StrEnum):
    """Where an agent is."""

    OFF = "off"
    READY = "ready"
    TALKING = "talking"
    WRAPPING = "wrapping"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Spell:
    """One agent in one state; still so where ``until`` is None."""

    agent: str
    state: SeatState
    since: datetime
    until: datetime | None = None
