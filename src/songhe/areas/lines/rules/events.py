"""What an exchange tells about one call. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of events, in the order in which those of one moment are read. ``UNTOLD`` is our own: nothing was told for hours."""

    DIALLED = "dialled"
    RINGING = "ringing"
    QUEUED = "queued"
    TEXTED = "texted"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    RECORDED = "recorded"
    ABANDONED = "abandoned"
    HUNG_UP = "hung_up"
    FAILED = "failed"
    UNTOLD = "untold"


RANK = {kind: place for place, kind in enumerate(Kind)}
ENDS = frozenset({Kind.HUNG_UP, Kind.ABANDONED, Kind.FAILED})
BEGINS = frozenset({Kind.DIALLED, Kind.RINGING, Kind.QUEUED, Kind.TEXTED, Kind.ANSWERED})


class Direction(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


class Media(StrEnum):
    """By voice, or in writing by somebody who cannot hear or speak."""

    VOICE = "voice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ``key`` is the exchange's own number of it, ``seq`` its count within the session where it keeps one.

    ``agent`` is who is rung, answers or is transferred to; empty where nobody of the desk is.
    """

    key: str
    kind: Kind
    at: datetime
    seq: int | None = None
    agent: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("events happen at aware moments")


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as an exchange told it, read and bounded. ``extension`` is of the seat it is about.

    ``words``: what a caller wrote. ``recording``: the exchange's reference of one. ``body``: what was received, as it was.
    """

    key: str
    ref: str
    kind: Kind
    at: datetime
    seq: int | None = None
    direction: Direction = Direction.IN
    media: Media = Media.VOICE
    number: str = ""
    extension: str = ""
    queue: str = ""
    recording: str = ""
    words: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class SeatNews:
    """What an exchange tells about a seat: logged on or off, ready, on a break."""

    extension: str
    state: str
    at: datetime
    reason: str = ""
