"""The door of visits: the names other areas use."""

from songhe.areas.visits.actions import follow_up, hand_over, mark_settled, place_order
from songhe.areas.visits.actions.orders import Rating
from songhe.areas.visits.actions.planning import Planned, Wish, call_off_planned, plan_many
from songhe.areas.visits.figures import minutes_given
from songhe.areas.visits.models import (
    OPEN_STATES,
    Disposition,
    KinLines,
    Order,
    OrderState,
    PaidBy,
    Visit,
    VisitState,
    opened,
)
from songhe.areas.visits.queries import (
    Candidate,
    Settleable,
    candidates,
    free_minutes,
    orders_by_visit,
    orders_of,
    person_names,
    taken_by_stage,
    taken_minutes,
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
    "KinLines",
    "Order",
    "OrderState",
    "PaidBy",
    "Planned",
    "Rating",
    "Settleable",
    "Visit",
    "VisitState",
    "Wish",
    "call_off_planned",
    "candidates",
    "check_window",
    "follow_up",
    "free_minutes",
    "hand_over",
    "mark_settled",
    "minutes_given",
    "opened",
    "orders_by_visit",
    "orders_of",
    "person_names",
    "place_order",
    "plan_many",
    "taken_by_stage",
    "taken_minutes",
    "to_follow_up",
    "to_settle",
    "visits_on",
    "waiting_for_check",
    "who_and_what",
]
