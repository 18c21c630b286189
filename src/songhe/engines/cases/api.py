"""The door of ``cases``: the names others use."""

from songhe.engines.cases.bulk import ToOpen, open_cases, put_off
from songhe.engines.cases.clock import Late, when_late
from songhe.engines.cases.flows import calendar, flow
from songhe.engines.cases.models import Case, CaseKind, CaseStep, Priority
from songhe.engines.cases.moving import due_before, move_case, move_cases, open_case

__all__ = [
    "Case",
    "CaseKind",
    "CaseStep",
    "Late",
    "Priority",
    "ToOpen",
    "calendar",
    "due_before",
    "flow",
    "move_case",
    "move_cases",
    "open_case",
    "open_cases",
    "put_off",
    "when_late",
]
