"""Nouns of the grid."""

from songhe.areas.grid.models.helpers import Helper, HelperKind, Left
from songhe.areas.grid.models.pairs import SINGLE, Ended, Pair, Role
from songhe.areas.grid.models.posts import Post, Turn
from songhe.areas.grid.models.reports import OPEN, Report, ReportKind, ReportState

__all__ = [
    "OPEN",
    "SINGLE",
    "Ended",
    "Helper",
    "HelperKind",
    "Left",
    "Pair",
    "Post",
    "Report",
    "ReportKind",
    "ReportState",
    "Role",
    "Turn",
]
