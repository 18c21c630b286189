"""Entitlements on screen: applications, public notices, grants, reviews, months, policies."""

from songhe.areas.entitlement.screens import applications, entitled, grants, months, notices, reviews

__all__ = ["applications", "entitled", "grants", "months", "notices", "reviews"]
