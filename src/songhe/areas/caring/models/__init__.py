"""Nouns of caring."""

from songhe.areas.caring.models.caring import DUE, OPEN, Caring, Dropped, Outcome, State
from songhe.areas.caring.models.checks import Found, Probe, ProbeState, Review, ReviewLevel
from songhe.areas.caring.models.pauses import Pause, PauseKind
from songhe.areas.caring.models.plans import CaringPlan, PlanState
from songhe.areas.caring.models.searches import Search, SearchState

__all__ = [
    "DUE",
    "OPEN",
    "Caring",
    "CaringPlan",
    "Dropped",
    "Found",
    "Outcome",
    "Pause",
    "PauseKind",
    "PlanState",
    "Probe",
    "ProbeState",
    "Review",
    "ReviewLevel",
    "Search",
    "SearchState",
    "State",
]
