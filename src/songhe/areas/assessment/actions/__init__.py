"""Verbs of assessments, the only writers of their tables."""

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

__all__ = [
    "assign",
    "cancel",
    "confirm",
    "correct",
    "deliver",
    "enter_into_force",
    "hand_in",
    "object_to",
    "request",
    "request_many",
    "save_form",
    "send_back",
    "sign",
    "withdraw_objection",
]
