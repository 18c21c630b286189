"""The nouns of visits: orders, visits, and what was measured at them."""

from songhe.areas.visits.models.conflicts import Conflict, ConflictReason, ConflictState
from songhe.areas.visits.models.orders import (
    FLAGS,
    LINES,
    OPEN_STATES,
    OPEN_VISITS,
    ArrivalBy,
    Disposition,
    KinLines,
    Order,
    OrderState,
    PaidBy,
    SeenAs,
    Signing,
    Source,
    Visit,
    VisitState,
    Witness,
    opened,
)
from songhe.areas.visits.models.tags import HomeTag
from songhe.areas.visits.models.vitals import Vital

__all__ = [
    "FLAGS",
    "LINES",
    "OPEN_STATES",
    "OPEN_VISITS",
    "ArrivalBy",
    "Conflict",
    "ConflictReason",
    "ConflictState",
    "Disposition",
    "HomeTag",
    "KinLines",
    "Order",
    "OrderState",
    "PaidBy",
    "SeenAs",
    "Signing",
    "Source",
    "Visit",
    "VisitState",
    "Vital",
    "Witness",
    "opened",
]
