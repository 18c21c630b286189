"""Pure parts of the circle: what is counted, hexes, shapes, and what a point must be."""

from songhe.areas.circle.rules.figures import MEASURES, Shares, packed, unpacked
from songhe.areas.circle.rules.points import placed, typed
from songhe.areas.circle.rules.terms import Finder, Group, Licence, Terms, build_terms

__all__ = [
    "MEASURES",
    "Finder",
    "Group",
    "Licence",
    "Shares",
    "Terms",
    "build_terms",
    "packed",
    "placed",
    "typed",
    "unpacked",
]
