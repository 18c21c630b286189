"""Claims with their lines, samples, scores, disputes and the towns' acceptance; bills of persons."""

from songhe.areas.claims.models.bills import Bill, BillKind, BillLine, BillState, PayConsent, Receipt
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
    "Bill",
    "BillKind",
    "BillLine",
    "BillState",
    "Claim",
    "ClaimLine",
    "Dispute",
    "DisputeState",
    "Found",
    "How",
    "LineState",
    "PayConsent",
    "Receipt",
    "SampleCheck",
    "Score",
    "State",
    "TownPart",
    "Why",
]
