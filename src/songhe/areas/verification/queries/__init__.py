"""Reads of verification: what waits, and a visit with everything around it."""

from songhe.areas.verification.queries.around import Around, around, to_look_at
from songhe.areas.verification.queries.waiting import (
    Quality,
    checks_of,
    corrections_of,
    other_visits,
    pictures_of,
    quality,
    undecided,
)

__all__ = [
    "Around",
    "Quality",
    "around",
    "checks_of",
    "corrections_of",
    "other_visits",
    "pictures_of",
    "quality",
    "to_look_at",
    "undecided",
]
