"""The nouns of inspections."""

from songhe.areas.inspections.models.campaigns import By, Campaign, CampaignState, Draw
from songhe.areas.inspections.models.checks import (
    FINISHED,
    Finding,
    FindingState,
    Inspection,
    Mark,
    Measure,
    MeasureKind,
    Severity,
    State,
    Why,
)

__all__ = [
    "FINISHED",
    "By",
    "Campaign",
    "CampaignState",
    "Draw",
    "Finding",
    "FindingState",
    "Inspection",
    "Mark",
    "Measure",
    "MeasureKind",
    "Severity",
    "State",
    "Why",
]
