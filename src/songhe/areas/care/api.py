"""The door of care plans: the names other areas use."""

from songhe.areas.care.actions.choosing import choose_days
from songhe.areas.care.choices import choices, still_open
from songhe.areas.care.models import Absence, AbsenceKind, Line, Plan, PlanState
from songhe.areas.care.queries import HoursLeft, hours_left, wished_hours

__all__ = [
    "Absence",
    "AbsenceKind",
    "HoursLeft",
    "Line",
    "Plan",
    "PlanState",
    "choices",
    "choose_days",
    "hours_left",
    "still_open",
    "wished_hours",
]
