"""Exchanges, sessions with their events, seats with their spells, shifts with their hand-over."""

from songhe.areas.lines.models.exchanges import Exchange, Wish
from songhe.areas.lines.models.seats import Seat, SeatSpell
from songhe.areas.lines.models.sessions import LINE_STATES, LineEvent, LineState, Session, TextLine
from songhe.areas.lines.models.shifts import Handover, Shift

__all__ = [
    "LINE_STATES",
    "Exchange",
    "Handover",
    "LineEvent",
    "LineState",
    "Seat",
    "SeatSpell",
    "Session",
    "Shift",
    "TextLine",
    "Wish",
]
