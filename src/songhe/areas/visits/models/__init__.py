"""The nouns of visits: orders and visits."""

from songhe.areas.visits.models.orders import (
    FLAGS,
    LINES,
    OPEN_STATES,
    OPEN_VISITS,
    Disposition,
    KinLines,
    Order,
    OrderState,
    PaidBy,
    SeenAs,
    Source,
    Visit,
    VisitState,
    opened,
)

__all__ = [
    "FLAGS",
    "LINES",
    "OPEN_STATES",
    "OPEN_VISITS",
    "Disposition",
    "KinLines",
    "Order",
    "OrderState",
    "PaidBy",
    "SeenAs",
    "Source",
    "Visit",
    "VisitState",
    "opened",
]
