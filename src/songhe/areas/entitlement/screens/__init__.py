"""Entitlements on screen: applications, public notices, grants, reviews, certifications, appeals, months."""

from songhe.areas.entitlement.screens import (
    appeals,
    applications,
    entitled,
    grants,
    life,
    months,
    notices,
    reviews,
)

__all__ = ["appeals", "applications", "entitled", "grants", "life", "months", "notices", "reviews"]
