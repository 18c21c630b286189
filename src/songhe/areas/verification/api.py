"""The door of verification: the names other areas use."""

from songhe.areas.verification.actions import found_by_sample, look_through, overturn
from songhe.areas.verification.guide import guide
from songhe.areas.verification.models import Check, State
from songhe.areas.verification.queries import Quality, checks_of, quality, undecided

__all__ = [
    "Check",
    "Quality",
    "State",
    "checks_of",
    "found_by_sample",
    "guide",
    "look_through",
    "overturn",
    "quality",
    "undecided",
]
