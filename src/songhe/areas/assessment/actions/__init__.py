"""Verbs of assessments, the only writers of their tables."""

from songhe.areas.assessment.actions import dying, rehashing
from songhe.areas.assessment.actions.appointing import absent, ask_again, book
from songhe.areas.assessment.actions.asking import assign, cancel, request, request_many
from songhe.areas.assessment.actions.assessing import hand_in, save_form, send_back, sign
from songhe.areas.assessment.actions.deciding import (
    confirm,
    correct,
    deliver,
    enter_into_force,
    object_to,
    withdraw_objection,
)
from songhe.areas.assessment.actions.national import (
    assess_again,
    compare_levels,
    let_stand,
    look_again,
    look_up_all,
)
from songhe.areas.assessment.actions.papers import add_evidence, informant_signs
from songhe.areas.assessment.actions.screening import (
    enter_finding,
    enter_paper,
    enter_person,
    sign_report,
    start_census,
)
from songhe.areas.assessment.actions.versions import drop_version, keep_version, take_version

__all__ = [
    "absent",
    "add_evidence",
    "ask_again",
    "assess_again",
    "assign",
    "book",
    "cancel",
    "compare_levels",
    "confirm",
    "correct",
    "deliver",
    "drop_version",
    "dying",
    "enter_finding",
    "enter_into_force",
    "enter_paper",
    "enter_person",
    "hand_in",
    "informant_signs",
    "keep_version",
    "let_stand",
    "look_again",
    "look_up_all",
    "object_to",
    "rehashing",
    "request",
    "request_many",
    "save_form",
    "send_back",
    "sign",
    "sign_report",
    "start_census",
    "take_version",
    "withdraw_objection",
]
