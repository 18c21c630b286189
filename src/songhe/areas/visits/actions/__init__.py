"""The verbs of orders and visits."""

from songhe.areas.visits.actions.checking import (
    correct_visit,
    judged,
    look_again,
    looked_at,
    mark_missed,
    mark_settled,
    miss_overdue,
    verify,
    when_verified,
)
from songhe.areas.visits.actions.dispatching import accept, decline, dispatch, reassign, send_back
from songhe.areas.visits.actions.orders import (
    cancel_order,
    change_window,
    close_unserved,
    follow_up,
    hand_over,
    place_order,
    plan_order,
)
from songhe.areas.visits.actions.sending import Move, Sent, send_many
from songhe.areas.visits.actions.service import add_note, add_photo, check_in, check_out

__all__ = [
    "Move",
    "Sent",
    "accept",
    "add_note",
    "add_photo",
    "cancel_order",
    "change_window",
    "check_in",
    "check_out",
    "close_unserved",
    "correct_visit",
    "decline",
    "dispatch",
    "follow_up",
    "hand_over",
    "judged",
    "look_again",
    "looked_at",
    "mark_missed",
    "mark_settled",
    "miss_overdue",
    "place_order",
    "plan_order",
    "reassign",
    "send_back",
    "send_many",
    "verify",
    "when_verified",
]
