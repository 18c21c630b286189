"""The door of lines: the names other areas and the edges use.

The desk opens a call by ``session(session_id, scope)``, says so by ``link(session_id, call_id, at=…)``, and names its page by
``@opener``; ``done(session_id, actor=…, at=…)`` tells the line that the call is closed. ``dial(number=…, actor=…, at=…,
for_key=…)`` calls from the actor's seat. ``@left_open`` adds a line to every
hand-over.
"""

from songhe.areas.lines import figures
from songhe.areas.lines.actions import dial, done, end_call, hear, hear_seats, link, open_exchange, open_seat
from songhe.areas.lines.actions.hearing import CLASH, KNOWN, STORED
from songhe.areas.lines.counting import left_open
from songhe.areas.lines.models import Exchange, Seat, Session
from songhe.areas.lines.queries.sessions import (
    OnLine,
    enabled,
    of_number,
    opener,
    own_session,
    seat_of,
    session,
    to_call_back,
)
from songhe.areas.lines.rules import Direction, Heard, Kind, Media, SeatNews, SeatState
from songhe.areas.lines.switch import Gone, Rejected, Silent, Switch, Unreachable

__all__ = [
    "CLASH",
    "KNOWN",
    "STORED",
    "Direction",
    "Exchange",
    "Gone",
    "Heard",
    "Kind",
    "Media",
    "OnLine",
    "Rejected",
    "Seat",
    "SeatNews",
    "SeatState",
    "Session",
    "Silent",
    "Switch",
    "Unreachable",
    "dial",
    "done",
    "enabled",
    "end_call",
    "figures",
    "hear",
    "hear_seats",
    "left_open",
    "link",
    "of_number",
    "open_exchange",
    "open_seat",
    "opener",
    "own_session",
    "seat_of",
    "session",
    "to_call_back",
]
