"""What inspections decide without looking anything up."""

from songhe.areas.inspections.rules.draw import Listed, list_hash, quotas, sample, stratum_of, teams
from songhe.areas.inspections.rules.terms import ItemTerms, Terms, build_terms, is_risky

__all__ = [
    "ItemTerms",
    "Listed",
    "Terms",
    "build_terms",
    "is_risky",
    "list_hash",
    "quotas",
    "sample",
    "stratum_of",
    "teams",
]
