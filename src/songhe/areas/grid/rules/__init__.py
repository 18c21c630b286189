"""Decisions of the grid: pure, with their reasons."""

from songhe.areas.grid.rules.duty import Gap, Shift, gaps, standing
from songhe.areas.grid.rules.order import Candidate, State, in_order, state_at
from songhe.areas.grid.rules.terms import Level, Terms, build_terms

__all__ = [
    "Candidate",
    "Gap",
    "Level",
    "Shift",
    "State",
    "Terms",
    "build_terms",
    "gaps",
    "in_order",
    "standing",
    "state_at",
]
