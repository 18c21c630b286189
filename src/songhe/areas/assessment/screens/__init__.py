"""Screens of assessments."""

from songhe.areas.assessment.screens import assessments, census, drift, home, national, needs, route

__all__ = ["assessments", "census", "drift", "home", "national", "needs", "route"]
