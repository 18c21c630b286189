"""The door of the hotline: the names other areas use.

``answer`` takes a call of a telephone exchange too: give it the session as ``line_id``, and the same session has one call.
"""

from songhe.areas.hotline.actions import answer, load_knowledge, write_line
from songhe.areas.hotline.city import branch_of, tree
from songhe.areas.hotline.figures import calls_received
from songhe.areas.hotline.line import line
from songhe.areas.hotline.models import Call, Channel, Complaint, Outcome, Purpose, Urgency
from songhe.areas.hotline.queries import (
    callers,
    colleagues,
    complaints_by,
    nuisance,
    open_calls,
    open_complaints,
)
from songhe.areas.hotline.queries.deductions import Deduction, deductions

__all__ = [
    "Call",
    "Channel",
    "Complaint",
    "Deduction",
    "Outcome",
    "Purpose",
    "Urgency",
    "answer",
    "branch_of",
    "callers",
    "calls_received",
    "colleagues",
    "complaints_by",
    "deductions",
    "line",
    "load_knowledge",
    "nuisance",
    "open_calls",
    "open_complaints",
    "tree",
    "write_line",
]
