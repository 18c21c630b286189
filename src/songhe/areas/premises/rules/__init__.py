"""What premises decide without looking anything up."""

from songhe.areas.premises.rules.compliance import (
    Fault,
    Part,
    Seen,
    faults,
    furthest,
    late_steps,
    reasons,
    total,
)
from songhe.areas.premises.rules.standards import (
    STEPS,
    Kind,
    Paper,
    Standard,
    Step,
    Terms,
    build_terms,
    required_m2,
    standard_of,
)
from songhe.areas.premises.rules.steps import Prepared, may_pass, ready

__all__ = [
    "STEPS",
    "Fault",
    "Kind",
    "Paper",
    "Part",
    "Prepared",
    "Seen",
    "Standard",
    "Step",
    "Terms",
    "build_terms",
    "faults",
    "furthest",
    "late_steps",
    "may_pass",
    "ready",
    "reasons",
    "required_m2",
    "standard_of",
    "total",
]
