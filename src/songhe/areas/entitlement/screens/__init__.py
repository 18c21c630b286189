"""Entitlements on screen: applications, public notices, grants, reviews, certifications, appeals, comparisons, months,
policies and their drafts."""

from songhe.areas.entitlement import importing
from songhe.areas.entitlement.screens import (
    appeals,
    applications,
    awards,
    bodies,
    comparisons,
    drafts,
    entitled,
    explained,
    grants,
    letters,
    life,
    months,
    notices,
    policies,
    reviews,
    simulations,
    vouchers,
)

__all__ = [
    "appeals",
    "applications",
    "awards",
    "bodies",
    "comparisons",
    "drafts",
    "entitled",
    "explained",
    "grants",
    "importing",
    "letters",
    "life",
    "months",
    "notices",
    "policies",
    "reviews",
    "simulations",
    "vouchers",
]
