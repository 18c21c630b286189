"""State machines as data: states, moves with a right and guards, deadlines over a business calendar, escalation."""

from songhe.core.flow.build import build, with_times
from songhe.core.flow.calendar import Calendar, Span, YearPlan, build_calendar
from songhe.core.flow.machine import (
    PRIORITIES,
    Escalation,
    Flow,
    Kind,
    Move,
    State,
    move,
    moves_from,
)

__all__ = [
    "PRIORITIES",
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
    "with_times",
]
