"""The desk is done with a call: the line is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.areas.lines.actions.placing import place
from songhe.areas.lines.actions.wishing import wish
from songhe.areas.lines.models import LineState, Seat, Session, Wish
from songhe.areas.lines.rules import SeatState
from songhe.engines.access.api import Actor, elevated

TALKS = (LineState.TALKING, LineState.HELD)


def done(session_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Inside the act of the desk that closes a call: hang up where the agent still talks, and be ready for the next one
    where the agent wraps this call up. What is another agent's stays as it is.
    """
    with elevated():  # the agent's own line, wherever the exchange stands
        session = Session.everywhere.filter(pk=session_id, agent_id=actor.id).first()
        if session is None or session.media != Session.Medium.VOICE:
            return
        if session.state in TALKS:
            wish(session.exchange, Wish.Kind.HANG_UP, {"ref": session.ref}, at=at, session_id=session.pk)
            return
        rows = Seat.everywhere.select_for_update(no_key=True).filter(agent_id=actor.id, enabled=True)
        seat = rows.first()
        if seat is not None and seat.state == SeatState.WRAPPING and not session.is_open:
            place(seat, SeatState.READY, at=at)
            body = {"extension": seat.extension, "state": SeatState.READY.value, "skills": seat.skills}
            wish(seat.exchange, Wish.Kind.SEAT, body, at=at)
