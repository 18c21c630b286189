"""What the clock does with an open alarm, and when it looks again. Every open alarm has such a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from songhe.areas.alarms.rules.terms import Clock

FAR = timedelta(days=36_500)
"""Where nobody ever loses an alarm, which is a fault made on purpose."""


@dataclass(frozen=True, slots=True)
class Held:
    """How an open alarm stands: whether it rings and since when, the last rung and its moment, who holds it, and until
    when each responder is waited for."""

    state: str
    rings_from: datetime | None
    rung: int
    rung_at: datetime | None
    agent: bool
    seen_at: datetime | None
    acted_at: datetime | None
    waits: Mapping[UUID, datetime]


class What(StrEnum):
    """What is due."""

    RING = "ring"
    LOSE = "lose"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is due: a rung, the loss of a silent agent (``why``), or a responder who did not answer in time."""

    what: What
    due_at: datetime
    rung: int = 0
    why: str = ""
    response: UUID | None = None


def due(held: Held, clock: Clock) -> datetime:
    """When the clock must look at an alarm next."""
    moments = [*held.waits.values(), *_hold(held, clock).values()]
    if held.rings_from is not None:
        moments.append(_next_ring(held, clock)[1])
    if not moments:  # only where somebody holds it and nothing takes it away
        assert held.acted_at is not None
        return held.acted_at + FAR
    return min(moments)


def deeds(held: Held, clock: Clock, at: datetime) -> tuple[Deed, ...]:
    """What is due by a moment, in the order of its being due; after a pause every rung that was missed is named."""
    found = [Deed(What.LAPSE, when, response=key) for key, when in held.waits.items() if when <= at]
    ends = {why: when for why, when in _hold(held, clock).items() if when <= at}
    if ends:
        why = min(ends, key=lambda one: ends[one])
        found.append(Deed(What.LOSE, ends[why], why=why))
    return tuple(sorted([*found, *_rings(held, clock, at)], key=lambda one: one.due_at))


def _hold(held: Held, clock: Clock) -> dict[str, datetime]:
    """Until when the agent may hold the alarm without a sign of the page, and without a deed."""
    if not held.agent or held.seen_at is None or held.acted_at is None:
        return {}
    found = {"idle": held.acted_at + (clock.idle if held.state == "taken" else clock.idle_sent)}
    if clock.silent is None:
        return {}
    return found | {"silent": held.seen_at + clock.silent}


def _next_ring(held: Held, clock: Clock) -> tuple[int, datetime]:
    assert held.rings_from is not None
    last = len(clock.ring) - 1
    if held.rung < last:
        return held.rung + 1, held.rings_from + clock.ring[held.rung + 1].after
    return last, (held.rung_at or held.rings_from) + clock.repeat


def _rings(held: Held, clock: Clock, at: datetime) -> list[Deed]:
    if held.rings_from is None:
        return []
    found = [
        Deed(What.RING, held.rings_from + rung.after, rung=nth)
        for nth, rung in enumerate(clock.ring)
        if nth > held.rung and held.rings_from + rung.after <= at
    ]
    nth, when = _next_ring(held, clock)
    if not found and when <= at:
        found.append(Deed(What.RING, when, rung=nth))
    return found
