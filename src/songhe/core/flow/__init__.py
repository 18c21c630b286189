"""State machines as data: states, moves with a right and guards, deadlines over a business calendar, escalation."""

from songhe.core.flow.build import build
from songhe.core.flow.calendar import Calendar, Span, YearPlan, build_calendar
from songhe.core.flow.machine import (
    Escalation,
    Flow,
    Kind,
    Move,
    State,
    move,
    moves_from,
)

__all__ = [
    "Calendar",
    "Escalation",
    "Flow",
    "Kind",
    "Move",
    "Span",
    "State",
    "YearPlan",
    "build",
    "build_calendar",
    "move",
    "moves_from",
]
