"""The nouns of visits: orders, visits, and what was measured at them."""

from songhe.areas.visits.models.conflicts import Conflict, ConflictReason, ConflictState
from songhe.areas.visits.models.corrections import Cause, Correction
from songhe.areas.visits.models.incidents import (
    OWN,
    Incident,
    IncidentKind,
    IncidentState,
    Severity,
    Sos,
    Told,
)
from songhe.areas.visits.models.orders import (
    DOUBTFUL,
    FLAGS,
    LINES,
    OPEN_STATES,
    OPEN_VISITS,
    Disposition,
    Order,
    OrderState,
    PaidBy,
    Source,
    Visit,
    VisitState,
    opened,
)
from songhe.areas.visits.models.tags import HomeTag
from songhe.areas.visits.models.vitals import Vital
from songhe.areas.visits.models.words import ArrivalBy, SeenAs, Signing, Witness

__all__ = [
    "DOUBTFUL",
    "FLAGS",
    "LINES",
    "OPEN_STATES",
    "OPEN_VISITS",
    "OWN",
    "ArrivalBy",
    "Cause",
    "Conflict",
    "ConflictReason",
    "ConflictState",
    "Correction",
    "Disposition",
    "HomeTag",
    "Incident",
    "IncidentKind",
    "IncidentState",
    "Order",
    "OrderState",
    "PaidBy",
    "SeenAs",
    "Severity",
    "Signing",
    "Sos",
    "Source",
    "Told",
    "Visit",
    "VisitState",
    "Vital",
    "Witness",
    "opened",
]
