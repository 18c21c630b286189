"""The door of premises: the names other areas use."""

from songhe.areas.premises.models import Compound, Idle, IdleState, Phase, Upgrade
from songhe.areas.premises.queries import Candidate, candidates, failing, late_milestones

__all__ = [
    "Candidate",
    "Compound",
    "Idle",
    "IdleState",
    "Phase",
    "Upgrade",
    "candidates",
    "failing",
    "late_milestones",
]
