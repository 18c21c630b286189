"""How an order finds somebody: its moments, who has it, whom it is offered to, and how long each part took."""

from songhe.core.ordering.course import (
    MOMENTS,
    Owner,
    moments_after,
    owner,
)
from songhe.core.ordering.ranking import Bidder, Weights, ranked, wave
from songhe.core.ordering.spans import Figures, Span, build_spans, figures
from songhe.core.ordering.terms import (
    Ending,
    Pool,
    Quality,
    Refusal,
    Terms,
    build_terms,
    quality_of,
)

__all__ = [
    "MOMENTS",
    "Bidder",
    "Ending",
    "Figures",
    "Owner",
    "Pool",
    "Quality",
    "Refusal",
    "Span",
    "Terms",
    "Weights",
    "build_spans",
    "build_terms",
    "figures",
    "moments_after",
    "owner",
    "quality_of",
    "ranked",
    "wave",
]
