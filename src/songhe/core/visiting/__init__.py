"""At the door: what coming in vain costs, what was measured, ticked and signed."""

from songhe.core.visiting.codes import SIGNS, read_code, read_token, short_code, shown_code
from songhe.core.visiting.outcomes import AtDoor, Charge, Outcome, Turn, build_outcomes, charged
from songhe.core.visiting.strokes import HIGH, WIDE, strokes
from songhe.core.visiting.tasks import Task, build_tasks
from songhe.core.visiting.vitals import (
    CODES,
    Measure,
    build_measures,
    check_together,
    outside,
    read_value,
)

__all__ = [
    "CODES",
    "HIGH",
    "SIGNS",
    "WIDE",
    "AtDoor",
    "Charge",
    "Measure",
    "Outcome",
    "Task",
    "Turn",
    "build_measures",
    "build_outcomes",
    "build_tasks",
    "charged",
    "check_together",
    "outside",
    "read_code",
    "read_token",
    "read_value",
    "short_code",
    "shown_code",
    "strokes",
]
