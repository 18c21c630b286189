"""Doubtful visits on screen."""

from songhe.areas.verification.screens.checks import checks, panels

__all__ = ["checks", "panels"]
