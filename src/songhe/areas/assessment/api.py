"""The door of assessment: the names other areas use."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from songhe.areas.assessment.actions.asking import request
from songhe.areas.assessment.models import Assessment, Degree, Level, NationalLevel, State
from songhe.areas.assessment.queries.health import Said, health_answers
from songhe.areas.assessment.queries.national import national_counted, national_days, national_of
from songhe.areas.assessment.queries.national import of_person as nationals_of
from songhe.areas.assessment.queries.results import counted, in_force, of_person

__all__ = [
    "Assessment",
    "Degree",
    "Level",
    "NationalLevel",
    "Said",
    "State",
    "counted",
    "health_answers",
    "in_force",
    "level_of",
    "national_counted",
    "national_days",
    "national_of",
    "nationals_of",
    "of_person",
    "request",
]


def level_of(person_id: UUID, on: date) -> int | None:
    """The approved ability level (0 intact to 4 complete loss) that is in force on a day; None without one."""
    found = in_force([person_id], on).get(person_id)
    return found.level if found else None
