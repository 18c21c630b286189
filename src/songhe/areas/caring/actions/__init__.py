"""Verbs of caring."""

from songhe.areas.caring.actions.calling import enter_call, link_order
from songhe.areas.caring.actions.checking import draw_review, enter_probe, mend
from songhe.areas.caring.actions.pausing import end_pause, pause
from songhe.areas.caring.actions.planning import (
    after_event,
    give_to,
    make_plan,
    plan_ahead,
    plan_now,
    start_plan,
)
from songhe.areas.caring.actions.searching import call_for_help, enter_search, when_lost
from songhe.areas.caring.actions.visiting import drop, report_visit

__all__ = [
    "after_event",
    "call_for_help",
    "draw_review",
    "drop",
    "end_pause",
    "enter_call",
    "enter_probe",
    "enter_search",
    "give_to",
    "link_order",
    "make_plan",
    "mend",
    "pause",
    "plan_ahead",
    "plan_now",
    "report_visit",
    "start_plan",
    "when_lost",
]
