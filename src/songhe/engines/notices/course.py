"""How a message moves on: to its next channel, or to its end. Rows are changed here and saved by whoever asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from songhe.core.notices import Goal, Urgency, not_before
from songhe.engines.notices.book import book
from songhe.engines.notices.models import Channel, Notice, State, Step, Why

MOVED = (
    "state", "why", "rung", "round", "next_at", "ended_at", "lease_until", "arrived_at", "answer",
    "expires_at",
)  # fmt: skip
"""The columns that a course changes."""


def step(notice: Notice, what: str, at: datetime, **more: Any) -> Step:
    """A step to be kept."""
    return Step(
        notice=notice, region_id=notice.region_id, holder_id=notice.holder_id, at=at, what=what, **more
    )


def due(notice: Notice, at: datetime) -> datetime:
    """The first moment at which it may go out on its channel: what rings waits for the end of the quiet hours."""
    form = book().templates.get(notice.template)
    quiet = (form is None or form.quiet) and notice.urgency < Urgency.URGENT
    if notice.channel == Channel.IN_APP or not quiet:
        return at
    return not_before(timezone.localtime(at), book().quiet)


def end(notice: Notice, state: str, at: datetime, why: str = "") -> Step:
    """Nothing more is done about it. What arrived on an earlier channel was delivered, whatever came of the last one."""
    if notice.arrived_at is not None and state in (State.FAILED, State.EXPIRED):
        state, why = State.DELIVERED, Why.UNANSWERED
    notice.state, notice.why = state, why
    notice.ended_at, notice.next_at, notice.lease_until = at, None, None
    return step(notice, Step.What.ENDED, at, channel=notice.channel, note=why)


def arrived(notice: Notice, at: datetime) -> None:
    """It was delivered on its channel: the end, unless somebody is to read or answer it. Whether a text was read nobody knows:
    where a call would follow, it does.
    """
    notice.arrived_at = notice.arrived_at or at
    if notice.state in (State.READ, State.ANSWERED):
        return
    notice.state = State.DELIVERED
    last = notice.rung + 1 >= len(notice.channels)
    if notice.goal == Goal.DELIVERED or (
        notice.goal == Goal.READ and notice.channel != Channel.IN_APP and last
    ):
        notice.why, notice.ended_at, notice.next_at, notice.lease_until = "", at, None, None
    else:
        notice.next_at = waited(notice, at)


def waited(notice: Notice, at: datetime) -> datetime:
    """Until when the channel has time."""
    form = book().templates.get(notice.template)
    wait = 0 if form and notice.channel in form.at_once else notice.wait_seconds
    return max(at, min(at + timedelta(seconds=wait), notice.expires_at))


def climb(notice: Notice, at: datetime, *, why: str, state: str = State.FAILED) -> Step:
    """On to the next channel; the end where there is none, or where it is not worth it any more."""
    if notice.rung + 1 >= len(notice.channels):
        return end(notice, state, at, why)
    if at >= notice.expires_at:
        return end(notice, State.EXPIRED, at, Why.TOO_LATE)
    notice.rung += 1
    notice.state, notice.why, notice.lease_until = State.WAITING, "", None
    notice.next_at = due(notice, at)
    return step(notice, Step.What.NEXT, at, channel=notice.channel, note=why)


def time_is_up(notice: Notice, at: datetime) -> Step:
    """The wait of a channel is over, or the worth of the message: nobody read or answered it, or no receipt came."""
    if notice.state == State.SENT:
        return climb(notice, at, why=Why.SILENT, state=State.SENT)
    if notice.state in (State.DELIVERED, State.READ):
        return climb(notice, at, why=Why.UNANSWERED, state=notice.state)
    return end(notice, State.EXPIRED, at, notice.why or Why.TOO_LATE)
