"""An agent goes from one state to another; what was before gets its end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.areas.lines.models import Seat, SeatSpell
from songhe.areas.lines.rules import SeatState


def place(
    seat: Seat, state: SeatState, *, at: datetime, reason: str = "", session_id: UUID | None = None
) -> bool:
    """Put a locked seat into a state; spells follow one another without a gap. Whether anything changed."""
    if (seat.state, seat.reason, seat.session_id) == (state.value, reason, session_id):
        return False
    moment = max(at, seat.since)
    SeatSpell.everywhere.filter(agent_id=seat.agent_id, until=None).update(until=moment)
    seat.state, seat.reason, seat.session_id, seat.since = state.value, reason[:20], session_id, moment
    seat.save(update_fields=["state", "reason", "session_id", "since"])
    if state is not SeatState.OFF:
        SeatSpell(
            seat=seat, agent_id=seat.agent_id, state=state.value, reason=seat.reason, since=moment, region_id=seat.region_id
        ).save(force_insert=True)  # fmt: skip
    return True
