"""What lines decide without a database: the course of a session, the desk's numbers, shifts."""

from songhe.areas.lines.rules.course import Course, Leg, Turn, fold
from songhe.areas.lines.rules.events import Direction, Event, Heard, Kind, Media, SeatNews
from songhe.areas.lines.rules.figures import AgentTally, Desk, HourTally, tally
from songhe.areas.lines.rules.seats import SeatState, Spell
from songhe.areas.lines.rules.terms import Part, Terms, build_terms
from songhe.areas.lines.rules.windows import Worst, worst_window

__all__ = [
    "AgentTally",
    "Course",
    "Desk",
    "Direction",
    "Event",
    "Heard",
    "HourTally",
    "Kind",
    "Leg",
    "Media",
    "Part",
    "SeatNews",
    "SeatState",
    "Spell",
    "Terms",
    "Turn",
    "Worst",
    "build_terms",
    "fold",
    "tally",
    "worst_window",
]
