"""The door of care plans: the names other areas use."""

from songhe.areas.care.models import Absence, AbsenceKind, Line, Plan, PlanState
from songhe.areas.care.queries import HoursLeft, hours_left, wished_hours

__all__ = ["Absence", "AbsenceKind", "HoursLeft", "Line", "Plan", "PlanState", "hours_left", "wished_hours"]
