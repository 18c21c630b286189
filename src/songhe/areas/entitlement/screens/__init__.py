"""Entitlements on screen: applications, public notices, grants, reviews, certifications, appeals, comparisons, months,
policies and their drafts."""

from songhe.areas.entitlement import importing
from songhe.areas.entitlement.screens import (
    appeals,
    applications,
    awards,
    comparisons,
    drafts,
    entitled,
    grants,
    life,
    months,
    notices,
    policies,
    reviews,
    simulations,
)

__all__ = [
    "appeals",
    "applications",
    "awards",
    "comparisons",
    "drafts",
    "entitled",
    "grants",
    "importing",
    "life",
    "months",
    "notices",
    "policies",
    "reviews",
    "simulations",
]
