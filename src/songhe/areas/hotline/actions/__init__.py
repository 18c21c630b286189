"""The verbs of the hotline."""

from songhe.areas.hotline.actions import rehashing
from songhe.areas.hotline.actions.alarming import raise_alarm
from songhe.areas.hotline.actions.asking import ask, call_back, draw_follow_ups, not_reached
from songhe.areas.hotline.actions.calls import (
    TOPIC,
    Closing,
    Newcomer,
    Wish,
    answer,
    hang_up,
    order_more,
    pass_on,
    serve,
    take_over,
    write_line,
)
from songhe.areas.hotline.actions.cared import follow_needs, raise_for_lost
from songhe.areas.hotline.actions.complaining import (
    answer_complaint,
    close_complaint,
    complain,
    escalate_overdue,
    investigate,
    object_to_answer,
    reopen_complaint,
    sanction,
    take_up,
    withdraw_complaint,
)
from songhe.areas.hotline.actions.desk import keep_at_hand, lift_nuisance, mark_nuisance
from songhe.areas.hotline.actions.drafting import keep_typed
from songhe.areas.hotline.actions.knowing import (
    approve_article,
    drop_article,
    load_knowledge,
    revise_article,
    vote,
    write_article,
)
from songhe.areas.hotline.actions.online import open_line
from songhe.areas.hotline.actions.texting import hear_line
from songhe.areas.hotline.actions.triage import Triaged, triage

__all__ = [
    "TOPIC",
    "Closing",
    "Newcomer",
    "Triaged",
    "Wish",
    "answer",
    "answer_complaint",
    "approve_article",
    "ask",
    "call_back",
    "close_complaint",
    "complain",
    "draw_follow_ups",
    "drop_article",
    "escalate_overdue",
    "follow_needs",
    "hang_up",
    "hear_line",
    "investigate",
    "keep_at_hand",
    "keep_typed",
    "lift_nuisance",
    "load_knowledge",
    "mark_nuisance",
    "not_reached",
    "object_to_answer",
    "open_line",
    "order_more",
    "pass_on",
    "raise_alarm",
    "raise_for_lost",
    "rehashing",
    "reopen_complaint",
    "revise_article",
    "sanction",
    "serve",
    "take_over",
    "take_up",
    "triage",
    "vote",
    "withdraw_complaint",
    "write_article",
    "write_line",
]
