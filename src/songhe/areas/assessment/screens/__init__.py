"""Screens of assessments."""

from songhe.areas.assessment.screens import assessments, home, needs, route

__all__ = ["assessments", "home", "needs", "route"]
