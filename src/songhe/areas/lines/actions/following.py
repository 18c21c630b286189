"""What a session that moved on means for the seats of its agents, and the news of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.areas.lines.actions.placing import place
from songhe.areas.lines.models import Seat, Session
from songhe.areas.lines.rules import Course, SeatState
from songhe.engines.live.api import publish_many

TOPIC, OWN_TOPIC = "lines", "seat"


def own_topic(agent_id: UUID) -> str:
    """The news of one agent alone."""
    return f"{OWN_TOPIC}.{agent_id.hex}"


def follow(session: Session, course: Course, seats: list[Seat], *, at: datetime) -> None:
    """Name the agent, move seats along, tell agents and walls. The session is saved by whoever calls.

    ``seats`` are locked, among them those that are with the session; an agent of an earlier leg may join them. Who sits at
    one of which nothing was heard for hours has gone.
    """
    agent_id = UUID(course.agent) if course.agent else None
    before = session.agent_id
    if agent_id and all(seat.agent_id != agent_id for seat in seats):
        seats += Seat.everywhere.select_for_update(no_key=True).filter(agent_id=agent_id)
    mine = next((seat for seat in seats if seat.agent_id == agent_id), None)
    if mine is not None:
        session.agent_id, session.agent_name = mine.agent_id, mine.agent_name
    talks = course.state in ("talking", "held")
    last = course.legs[-1] if course.legs else None
    if session.media == Session.Medium.VOICE and last is not None:
        for seat in seats:
            if seat is mine and talks:
                place(seat, SeatState.TALKING, at=last.turns[-1].since, session_id=session.pk)
            elif seat.session_id == session.pk:
                ends = [turn.until for turn in last.turns if turn.agent == str(seat.agent_id) and turn.until]
                left = SeatState.OFF if course.state == "untold" else SeatState.WRAPPING
                place(seat, left, at=max(ends, default=at))
    news = {"session": str(session.pk), "state": session.state}
    told = [
        (own_topic(agent), session.region_id, None, at, news | {"mine": agent == session.agent_id})
        for agent in {agent_id, before}
        if agent
    ]
    publish_many([*told, (TOPIC, session.region_id, None, at, {"state": session.state})])
