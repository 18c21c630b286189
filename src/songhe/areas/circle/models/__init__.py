"""Nouns of the circle."""

from songhe.areas.circle.models.plans import Change, Each, Goal, Scenario, Siting, What
from songhe.areas.circle.models.results import DOUBTS, Block, Counted, Figure, Run

__all__ = [
    "DOUBTS",
    "Block",
    "Change",
    "Counted",
    "Each",
    "Figure",
    "Goal",
    "Run",
    "Scenario",
    "Siting",
    "What",
]
