"""What became of a session, derived from its events in whatever order they came, and however often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from songhe.areas.lines.rules.events import BEGINS, ENDS, RANK, Direction, Event, Kind, Media


@dataclass(frozen=True, slots=True)
class Turn:
    """An agent in conversation from a moment until another; still so where ``until`` is None."""

    agent: str
    since: datetime
    until: datetime | None = None
    held_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """One call from its ringing to its end. A session that the exchange opens again has a leg for each time.

    ``untold``: its end was never told; it ends with the last that was.
    """

    direction: Direction
    media: Media
    received: datetime
    queued: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    turns: tuple[Turn, ...] = ()
    missed: tuple[tuple[str, datetime], ...] = ()
    untold: bool = False

    @property
    def is_known(self) -> bool:
        """Whether its fate is known: answered, or ended in vain."""
        return self.answered is not None or self.is_lost

    @property
    def is_lost(self) -> bool:
        """Whether it ended without anybody having answered, and the exchange said so."""
        return self.ended is not None and self.answered is None and not self.untold

    @property
    def waits(self) -> bool:
        """Whether somebody still waits for an answer."""
        return self.ended is None and self.answered is None

    @property
    def wait_seconds(self) -> float | None:
        """How long it waited, for an answer or in vain; None while it still waits."""
        until = self.answered or self.ended
        return None if until is None else (until - self.received).total_seconds()


@dataclass(frozen=True, slots=True)
class Course:
    """Everything derived from the events of a session. ``clock_moved``: the exchange's clock was set back in between."""

    legs: tuple[Leg, ...] = ()
    recordings: tuple[str, ...] = ()
    state: str = "ended"
    agent: str = ""
    clock_moved: bool = False


def fold(events: Iterable[Event], *, direction: Direction, media: Media) -> Course:
    """The course of one session. The same events in another order or twice give the same course.

    That nothing more was told ends it only as long as that is so: whatever is told of a later moment goes before it.
    """
    told: list[Event] = []
    silent: list[Event] = []
    for event in events:
        (silent if event.kind is Kind.UNTOLD else told).append(event)
    ordered, moved = in_order(told)
    walk = _Walk(direction, media)
    for event, at in ordered:
        walk.take(event, at)
    if silent and max(event.at for event in silent) >= max(
        (event.at for event in told), default=silent[0].at
    ):
        walk.end_untold(ordered[-1][1] if ordered else silent[0].at)
    return Course(
        tuple(leg.closed() for leg in walk.legs), tuple(walk.recordings), walk.state, walk.agent, moved
    )


def in_order(events: Iterable[Event]) -> tuple[list[tuple[Event, datetime]], bool]:
    """Each event once with the moment it counts for, and whether a moment had to be moved.

    Where the exchange counts the events of a session, its count is the order; else its clock is. A clock that was set back
    between two events does not make the later one earlier: no time passes until it has caught up.
    """
    once: dict[str, Event] = {}
    for event in events:
        once.setdefault(event.key, event)
    counted = all(event.seq is not None for event in once.values())

    def place(event: Event) -> tuple[int, datetime, int, str]:
        return (event.seq if counted and event.seq is not None else 0, event.at, RANK[event.kind], event.key)

    out: list[tuple[Event, datetime]] = []
    moved = False
    for event in sorted(once.values(), key=place):
        at = max(event.at, out[-1][1]) if out else event.at
        moved |= at != event.at
        out.append((event, at))
    return out, moved


@dataclass
class _Open:
    """A leg while it is being read."""

    direction: Direction
    media: Media
    received: datetime
    queued: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    turns: list[Turn] = field(default_factory=list)
    missed: list[tuple[str, datetime]] = field(default_factory=list)
    agent: str | None = None
    since: datetime | None = None
    held: int = 0
    held_since: datetime | None = None
    offered: tuple[str, datetime] | None = None
    untold: bool = False

    def close_turn(self, at: datetime) -> None:
        if self.since is None:
            return
        self.resume(at)
        self.turns.append(Turn(self.agent or "", self.since, at, self.held))
        self.agent, self.since, self.held = None, None, 0

    def resume(self, at: datetime) -> None:
        if self.held_since is not None:
            self.held += int((at - self.held_since).total_seconds())
            self.held_since = None

    def not_taken(self) -> None:
        if self.offered is not None:
            self.missed.append(self.offered)
            self.offered = None

    def closed(self) -> Leg:
        turns: Sequence[Turn] = self.turns
        if self.since is not None:
            turns = [*turns, Turn(self.agent or "", self.since, None, self.held)]
        return Leg(
            self.direction, self.media, self.received, self.queued, self.answered, self.ended,
            tuple(turns), tuple(self.missed), self.untold,
        )  # fmt: skip


class _Walk:
    """Reads events one after the other."""

    def __init__(self, direction: Direction, media: Media) -> None:
        self.direction, self.media = direction, media
        self.legs: list[_Open] = []
        self.recordings: list[str] = []
        self.state, self.agent = "ended", ""

    def take(self, event: Event, at: datetime) -> None:
        """One more event."""
        if event.kind is Kind.RECORDED:
            if event.note and event.note not in self.recordings:
                self.recordings.append(event.note)
            return
        leg = self._leg(event, at)
        if leg is None:
            return
        if event.kind in ENDS:
            self._end(leg, event, at)
        elif event.kind is Kind.ANSWERED:
            self._answer(leg, event, at)
        elif event.kind in (Kind.RINGING, Kind.DIALLED, Kind.QUEUED):
            self._ring(leg, event, at)
        else:
            self._during(leg, event, at)

    def end_untold(self, at: datetime) -> None:
        """Nothing more was told: what is open ends with what was told last."""
        if self.legs and self.legs[-1].ended is not None:
            return
        for leg in self.legs[-1:]:
            leg.close_turn(at)
            leg.ended, leg.untold = at, True
        self.state = "untold"

    def _leg(self, event: Event, at: datetime) -> _Open | None:
        """The leg that is open, or a new one where this event begins one; an end alone is a call that was over at once."""
        if self.legs and self.legs[-1].ended is None:
            return self.legs[-1]
        if event.kind in BEGINS or (event.kind in ENDS and not self.legs):
            self.legs.append(_Open(self.direction, self.media, at))
            return self.legs[-1]
        return None

    def _ring(self, leg: _Open, event: Event, at: datetime) -> None:
        if event.kind is Kind.QUEUED:
            leg.queued = leg.queued or at
        if event.agent and leg.since is None:
            leg.not_taken()
            leg.offered = (event.agent, at)
            self.agent = event.agent
        if leg.since is None:
            self.state = "queued" if event.kind is Kind.QUEUED else "ringing"

    def _answer(self, leg: _Open, event: Event, at: datetime) -> None:
        if leg.offered is not None and leg.offered[0] == event.agent:
            leg.offered = None
        leg.not_taken()
        leg.close_turn(at)
        leg.answered = leg.answered or at
        leg.agent, leg.since = event.agent, at
        self.state, self.agent = "talking", event.agent

    def _during(self, leg: _Open, event: Event, at: datetime) -> None:
        if event.kind is Kind.TEXTED:
            if leg.since is None and self.state != "queued":
                self.state = "ringing"
        elif event.kind is Kind.TRANSFERRED:
            leg.close_turn(at)
            if event.agent:
                leg.not_taken()
            self.state, self.agent = "ringing", event.agent
            if event.agent:
                leg.offered = (event.agent, at)
        elif event.kind is Kind.HELD and leg.since is not None:
            leg.held_since = leg.held_since or at
            self.state = "held"
        elif event.kind is Kind.RESUMED and leg.since is not None:
            leg.resume(at)
            self.state = "talking"

    def _end(self, leg: _Open, event: Event, at: datetime) -> None:
        leg.close_turn(at)
        leg.not_taken()
        leg.ended = at
        self.state = "ended" if leg.answered else "failed" if event.kind is Kind.FAILED else "abandoned"
