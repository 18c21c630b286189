"""The door of visits: the names other areas use."""

from songhe.areas.visits.actions import (
    Move,
    Sent,
    follow_up,
    hand_over,
    mark_settled,
    place_order,
    send_many,
)
from songhe.areas.visits.actions.orders import Rating
from songhe.areas.visits.figures import minutes_given
from songhe.areas.visits.models import OPEN_STATES, Disposition, Order, OrderState, PaidBy, Visit, VisitState
from songhe.areas.visits.queries import (
    Candidate,
    Settleable,
    candidates,
    free_minutes,
    orders_of,
    person_names,
    to_follow_up,
    to_settle,
    visits_on,
    waiting_for_check,
    who_and_what,
)
from songhe.areas.visits.rules import check_window

__all__ = [
    "OPEN_STATES",
    "Candidate",
    "Disposition",
    "Move",
    "Order",
    "OrderState",
    "PaidBy",
    "Rating",
    "Sent",
    "Settleable",
    "Visit",
    "VisitState",
    "candidates",
    "check_window",
    "follow_up",
    "free_minutes",
    "hand_over",
    "mark_settled",
    "minutes_given",
    "orders_of",
    "person_names",
    "place_order",
    "send_many",
    "to_follow_up",
    "to_settle",
    "visits_on",
    "waiting_for_check",
    "who_and_what",
]
