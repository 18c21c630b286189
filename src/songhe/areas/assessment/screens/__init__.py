"""Screens of assessments."""

from songhe.areas.assessment.screens import assessments, home, needs

__all__ = ["assessments", "home", "needs"]
