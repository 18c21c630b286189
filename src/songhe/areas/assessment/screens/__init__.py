"""Screens of assessments."""

from songhe.areas.assessment.screens import assessments, census, home, needs, route

__all__ = ["assessments", "census", "home", "needs", "route"]
