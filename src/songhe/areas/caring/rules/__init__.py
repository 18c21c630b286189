"""Decisions of caring: pure, with their reasons."""

from songhe.areas.caring.rules.groups import Condition, Group, group_of
from songhe.areas.caring.rules.periods import Due, Every, Way, due_in, period_of
from songhe.areas.caring.rules.sharing import shared
from songhe.areas.caring.rules.terms import Leads, Need, Sign, Terms, build_terms

__all__ = [
    "Condition",
    "Due",
    "Every",
    "Group",
    "Leads",
    "Need",
    "Sign",
    "Terms",
    "Way",
    "build_terms",
    "due_in",
    "group_of",
    "period_of",
    "shared",
]
