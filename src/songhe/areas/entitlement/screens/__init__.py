"""Entitlements on screen: applications, public notices, grants, reviews, certifications, appeals, comparisons, months."""

from songhe.areas.entitlement import importing
from songhe.areas.entitlement.screens import (
    appeals,
    applications,
    comparisons,
    entitled,
    explained,
    grants,
    letters,
    life,
    months,
    notices,
    reviews,
)

__all__ = [
    "appeals",
    "applications",
    "comparisons",
    "entitled",
    "explained",
    "grants",
    "importing",
    "letters",
    "life",
    "months",
    "notices",
    "reviews",
]
