"""The door of the hotline: the names other areas use."""

from songhe.areas.hotline.figures import calls_received
from songhe.areas.hotline.line import line
from songhe.areas.hotline.models import Call, Complaint, Outcome, Purpose
from songhe.areas.hotline.queries import complaints_by, open_complaints

__all__ = [
    "Call",
    "Complaint",
    "Outcome",
    "Purpose",
    "calls_received",
    "complaints_by",
    "line",
    "open_complaints",
]
