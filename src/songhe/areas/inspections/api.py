"""The door of inspections: the names other areas use."""

from songhe.areas.inspections.models import Campaign, Finding, FindingState, Inspection, State
from songhe.areas.inspections.queries import overdue, published

__all__ = [
    "Campaign",
    "Finding",
    "FindingState",
    "Inspection",
    "State",
    "overdue",
    "published",
]
