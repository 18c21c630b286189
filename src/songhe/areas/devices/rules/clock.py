"""Whether a device's clock can be believed, and when something happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Fault(StrEnum):
    """How a clock lies."""

    NONE = ""
    AHEAD = "ahead"
    BEHIND = "behind"
    JUMPING = "jumping"


@dataclass(frozen=True, slots=True)
class Limits:
    """What can be true: see ``clock`` in devices.yaml."""

    ahead: timedelta
    live: timedelta
    late: timedelta
    jump: timedelta
    again: timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of a device's clock: the fault that stands, and how far it was off at the last live message."""

    fault: Fault = Fault.NONE
    off: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """When a message is taken to be of, whether its clock lied, and what is known of the clock now."""

    at: datetime
    fault: Fault
    clock: Clock


def judge(sent: datetime | None, received: datetime, *, live: bool, before: Clock, limits: Limits) -> Judged:
    """Believe what can be true; else the moment of receipt.

    A message that was kept while there was no network is rightly old, a live one is not. Where the clock was seen to lie,
    other messages are not believed either, until one fits again.
    """
    if sent is None:
        return Judged(received, Fault.NONE, before)
    off = sent - received
    fault = _fault(off, live=live, before=before, limits=limits)
    fits = -limits.live <= off <= limits.ahead
    if fault:
        clock = Clock(fault, off if live or fault is not Fault.JUMPING else before.off)
        return Judged(received, fault, clock)
    if live or fits:
        return Judged(min(sent, received), Fault.NONE, Clock(Fault.NONE, off if live else before.off))
    if before.fault:
        return Judged(received, before.fault, before)
    return Judged(sent, Fault.NONE, before)


def _fault(off: timedelta, *, live: bool, before: Clock, limits: Limits) -> Fault:
    if off > limits.ahead:
        return Fault.AHEAD
    if off < -limits.late or (live and off < -limits.live):
        return Fault.BEHIND
    if live and before.off is not None and abs(off - before.off) > limits.jump:
        return Fault.JUMPING
    return Fault.NONE
