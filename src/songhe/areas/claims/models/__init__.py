"""Claims with their lines, samples, scores, disputes and the towns' acceptance."""

from songhe.areas.claims.models.checks import Dispute, DisputeState, Found, How, SampleCheck, Score, Why
from songhe.areas.claims.models.claims import (
    DISPUTABLE,
    LIVE,
    PAYABLE,
    Claim,
    ClaimLine,
    LineState,
    State,
    TownPart,
)

__all__ = [
    "DISPUTABLE",
    "LIVE",
    "PAYABLE",
    "Claim",
    "ClaimLine",
    "Dispute",
    "DisputeState",
    "Found",
    "How",
    "LineState",
    "SampleCheck",
    "Score",
    "State",
    "TownPart",
    "Why",
]
