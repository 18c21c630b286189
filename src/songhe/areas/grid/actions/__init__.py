"""Verbs of the grid."""

from songhe.areas.grid.actions.sending import engage, release

__all__ = ["engage", "release"]
