"""Which ways lead to somebody, when a message may go, and when it is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum

IN_APP, SMS, VOICE, ROBOT = "in_app", "sms", "voice", "robot"
TO_A_NUMBER = (SMS, VOICE)
LONGEST_WAIT = timedelta(minutes=10)
MOST_DOUBLINGS = 12


class Urgency(IntEnum):
    """What goes first."""

    ORDINARY = 0
    SOON = 1
    URGENT = 2


class Goal(StrEnum):
    """When a message has done its work."""

    DELIVERED = "delivered"
    READ = "read"
    ANSWERED = "answered"


def ways(
    channels: Sequence[str], *, has_user: bool, has_number: bool, has_robot: bool, may_contact: bool
) -> tuple[str, ...]:
    """Those of the channels, in order, by which somebody can be reached and has not forbidden it."""
    number = has_number and may_contact
    open_ = {IN_APP: has_user, SMS: number, VOICE: number, ROBOT: has_robot}
    return tuple(channel for channel in dict.fromkeys(channels) if open_[channel])


def not_before(at: datetime, quiet: tuple[time, time] | None) -> datetime:
    """The first moment from ``at`` on (local time) outside the quiet hours, which may reach over midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return at
    since, until = quiet
    now = at.timetz().replace(tzinfo=None)
    inside = since <= now < until if since < until else (now >= since or now < until)
    if not inside:
        return at
    end = at.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return end if end > at else end + timedelta(days=1)


def back_off(tries: int, *, first: timedelta, share: float) -> timedelta:
    """How long to wait after so many failed tries: twice as long each time, at most ten minutes.

    ``share`` from 0 to 1 spreads repeats over half of the wait, so that a provider that comes back is not run over.
    """
    whole = first * 2.0 ** min(max(tries - 1, 0), MOST_DOUBLINGS)
    whole = min(whole, LONGEST_WAIT)
    return whole / 2 + whole / 2 * share
