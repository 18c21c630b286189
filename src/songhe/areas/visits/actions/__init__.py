"""The verbs of orders and visits."""

from songhe.areas.visits.actions.checking import (
    correct_visit,
    judged,
    look_again,
    looked_at,
    mark_missed,
    mark_settled,
    miss_overdue,
    to_verify,
    verify,
    when_verified,
)
from songhe.areas.visits.actions.conflicts import Holds, decide, keep_conflict
from songhe.areas.visits.actions.dispatching import accept, decline, dispatch, reassign, send_back
from songhe.areas.visits.actions.door import come_in_vain, look_after, to_look_after
from songhe.areas.visits.actions.incidents import (
    close_incident,
    reopen_incident,
    report_incident,
    take_up_incident,
)
from songhe.areas.visits.actions.orders import (
    cancel_order,
    change_window,
    close_unserved,
    follow_up,
    hand_over,
    place_order,
    plan_order,
    rate,
)
from songhe.areas.visits.actions.proving import (
    add_voice,
    confirm,
    handle_vitals,
    take_vitals,
    tick_tasks,
)
from songhe.areas.visits.actions.sending import Move, Sent, send_many
from songhe.areas.visits.actions.service import add_note, add_photo, check_in, check_out
from songhe.areas.visits.actions.sos import answer_sos, call_for_help, end_sos
from songhe.areas.visits.actions.tags import issue_tag, replace_tag, revoke_tag

__all__ = [
    "Holds",
    "Move",
    "Sent",
    "accept",
    "add_note",
    "add_photo",
    "add_voice",
    "answer_sos",
    "call_for_help",
    "cancel_order",
    "change_window",
    "check_in",
    "check_out",
    "close_incident",
    "close_unserved",
    "come_in_vain",
    "confirm",
    "correct_visit",
    "decide",
    "decline",
    "dispatch",
    "end_sos",
    "follow_up",
    "hand_over",
    "handle_vitals",
    "issue_tag",
    "judged",
    "keep_conflict",
    "look_after",
    "look_again",
    "looked_at",
    "mark_missed",
    "mark_settled",
    "miss_overdue",
    "place_order",
    "plan_order",
    "rate",
    "reassign",
    "reopen_incident",
    "replace_tag",
    "report_incident",
    "revoke_tag",
    "send_back",
    "send_many",
    "take_up_incident",
    "take_vitals",
    "tick_tasks",
    "to_look_after",
    "to_verify",
    "verify",
    "when_verified",
]
