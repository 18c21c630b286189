"""Entitlements on screen: applications, public notices, grants, reviews, certifications, appeals, comparisons, months."""

from songhe.areas.entitlement import importing
from songhe.areas.entitlement.screens import (
    appeals,
    applications,
    comparisons,
    entitled,
    grants,
    life,
    months,
    notices,
    reviews,
    vouchers,
)

__all__ = [
    "appeals",
    "applications",
    "comparisons",
    "entitled",
    "grants",
    "importing",
    "life",
    "months",
    "notices",
    "reviews",
    "vouchers",
]
