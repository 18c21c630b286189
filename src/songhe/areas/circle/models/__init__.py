"""Nouns of the circle."""

from songhe.areas.circle.models.plans import Change, Goal, Scenario, Siting, What
from songhe.areas.circle.models.results import DOUBTS, Block, Counted, Figure, Run

__all__ = ["DOUBTS", "Block", "Change", "Counted", "Figure", "Goal", "Run", "Scenario", "Siting", "What"]
