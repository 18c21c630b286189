"""Decisions about claims: frozen values in, shares and scores with their reasons out."""

from songhe.areas.claims.rules.lines import Shares, covered, digest, reduced, shares
from songhe.areas.claims.rules.scoring import Count, Mark, Scored, deductions, score
from songhe.areas.claims.rules.terms import Band, Copay, Part, SampleTerms, Terms, build_terms

__all__ = [
    "Band",
    "Copay",
    "Count",
    "Mark",
    "Part",
    "SampleTerms",
    "Scored",
    "Shares",
    "Terms",
    "build_terms",
    "covered",
    "deductions",
    "digest",
    "reduced",
    "score",
    "shares",
]
