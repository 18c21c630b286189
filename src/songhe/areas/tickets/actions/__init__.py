"""The verbs of cases that 12345 sent."""

from songhe.areas.tickets.actions.extending import approve_extension, ask_extension, refuse_extension
from songhe.areas.tickets.actions.files import take_file
from songhe.areas.tickets.actions.handling import answer, note_progress, open_at_desk, send_back, take_up
from songhe.areas.tickets.actions.hearing import hear
from songhe.areas.tickets.actions.lines import close_line, open_line
from songhe.areas.tickets.actions.outbox import send_waiting
from songhe.areas.tickets.actions.sending import follow_up, warn

__all__ = [
    "answer",
    "approve_extension",
    "ask_extension",
    "close_line",
    "follow_up",
    "hear",
    "note_progress",
    "open_at_desk",
    "open_line",
    "refuse_extension",
    "send_back",
    "send_waiting",
    "take_file",
    "take_up",
    "warn",
]
