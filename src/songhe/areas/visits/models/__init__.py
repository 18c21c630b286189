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
from songhe.areas.visits.models.offers import HELD, Offer, Result
from songhe.areas.visits.models.orders import (
    LINES,
    NOT_BEGUN,
    OPEN_STATES,
    SENT,
    STAMPS,
    TO_BEGIN,
    TO_FOLLOW_UP,
    AcceptedBy,
    Disposition,
    Order,
    OrderState,
    PaidBy,
    Source,
    opened,
)
from songhe.areas.visits.models.tags import HomeTag
from songhe.areas.visits.models.visits import DOUBTFUL, FLAGS, OPEN_VISITS, Visit, VisitState
from songhe.areas.visits.models.vitals import Vital
from songhe.areas.visits.models.words import ArrivalBy, SeenAs, Signing, Witness

__all__ = [
    "DOUBTFUL",
    "FLAGS",
    "HELD",
    "LINES",
    "NOT_BEGUN",
    "OPEN_STATES",
    "OPEN_VISITS",
    "OWN",
    "SENT",
    "STAMPS",
    "TO_BEGIN",
    "TO_FOLLOW_UP",
    "AcceptedBy",
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
    "Offer",
    "Order",
    "OrderState",
    "PaidBy",
    "Result",
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
