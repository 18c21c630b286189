"""Entitlements of months, applications and their papers, public notices, grants in force, and what a review found."""

from songhe.areas.entitlement.models.applications import (
    ENDED,
    Application,
    ApplicationState,
    Channel,
    Objection,
    Paper,
    Shown,
)
from songhe.areas.entitlement.models.grants import Grant, GrantSpan, GrantState, HolderKind, Owed
from songhe.areas.entitlement.models.months import HELD, OPEN, Entitlement, State, Unit, account_code
from songhe.areas.entitlement.models.notices import Notice
from songhe.areas.entitlement.models.reviews import Finding, FindingKind, FindingState

__all__ = [
    "ENDED",
    "HELD",
    "OPEN",
    "Application",
    "ApplicationState",
    "Channel",
    "Entitlement",
    "Finding",
    "FindingKind",
    "FindingState",
    "Grant",
    "GrantSpan",
    "GrantState",
    "HolderKind",
    "Notice",
    "Objection",
    "Owed",
    "Paper",
    "Shown",
    "State",
    "Unit",
    "account_code",
]
