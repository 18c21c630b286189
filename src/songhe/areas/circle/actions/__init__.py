"""Verbs of the circle."""

from songhe.areas.circle.actions.computing import compute, compute_now
from songhe.areas.circle.actions.gathering import gather, gather_county
from songhe.areas.circle.actions.reading import list_uncovered

__all__ = ["compute", "compute_now", "gather", "gather_county", "list_uncovered"]
