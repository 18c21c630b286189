"""The verbs of orders and visits."""

from songhe.areas.visits.actions import dying, releasing
from songhe.areas.visits.actions.agreeing import agree, agree_overdue
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
from songhe.areas.visits.actions.dispatching import accept, decline, depart, dispatch, reassign, send_back
from songhe.areas.visits.actions.door import come_in_vain, look_after, to_look_after
from songhe.areas.visits.actions.effects import when_called, when_reported
from songhe.areas.visits.actions.ending import cancel_order, close_unserved, reopen_order
from songhe.areas.visits.actions.escalating import (
    neighbour_answers,
    pass_up,
    see_to,
    step_in_cancel,
    step_in_hand_over,
    step_in_offer,
)
from songhe.areas.visits.actions.incidents import (
    close_incident,
    reopen_incident,
    report_incident,
    take_up_incident,
)
from songhe.areas.visits.actions.late_news import OPENING, given_up_by_clock, plan_again
from songhe.areas.visits.actions.offering import (
    hand_over,
    offer_order,
    offer_waiting,
    recall_order,
    widen,
)
from songhe.areas.visits.actions.orders import change_window, follow_up, place_order, plan_order, rate
from songhe.areas.visits.actions.pool import pass_on, put_back, take, take_to_go, turn_down
from songhe.areas.visits.actions.proving import (
    add_voice,
    confirm,
    handle_vitals,
    take_vitals,
    tick_tasks,
)
from songhe.areas.visits.actions.sending import Move, Sent, send_many
from songhe.areas.visits.actions.service import add_note, add_photo, check_in, check_out
from songhe.areas.visits.actions.sos import answer_sos, call_for_help, end_sos, see_to_call, take_up_call
from songhe.areas.visits.actions.tags import issue_tag, replace_tag, revoke_tag

__all__ = [
    "OPENING",
    "Holds",
    "Move",
    "Sent",
    "accept",
    "add_note",
    "add_photo",
    "add_voice",
    "agree",
    "agree_overdue",
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
    "depart",
    "dispatch",
    "dying",
    "end_sos",
    "follow_up",
    "given_up_by_clock",
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
    "neighbour_answers",
    "offer_order",
    "offer_waiting",
    "pass_on",
    "pass_up",
    "place_order",
    "plan_again",
    "plan_order",
    "put_back",
    "rate",
    "reassign",
    "recall_order",
    "releasing",
    "reopen_incident",
    "reopen_order",
    "replace_tag",
    "report_incident",
    "revoke_tag",
    "see_to",
    "see_to_call",
    "send_back",
    "send_many",
    "step_in_cancel",
    "step_in_hand_over",
    "step_in_offer",
    "take",
    "take_to_go",
    "take_up_call",
    "take_up_incident",
    "take_vitals",
    "tick_tasks",
    "to_look_after",
    "to_verify",
    "turn_down",
    "verify",
    "when_called",
    "when_reported",
    "when_verified",
    "widen",
]
