"""The nouns of premises."""

from songhe.areas.premises.models.compounds import (
    FAULTS,
    PREPARING,
    REVIEWED,
    Compound,
    CompoundKind,
    Paper,
    Phase,
    PhaseState,
    Standing,
    Step,
    StepState,
    Use,
)
from songhe.areas.premises.models.idle import Condition, Idle, IdleState, Origin, Proposal, ProposalState
from songhe.areas.premises.models.upgrades import Milestone, Upgrade, UpgradeState

__all__ = [
    "FAULTS",
    "PREPARING",
    "REVIEWED",
    "Compound",
    "CompoundKind",
    "Condition",
    "Idle",
    "IdleState",
    "Milestone",
    "Origin",
    "Paper",
    "Phase",
    "PhaseState",
    "Proposal",
    "ProposalState",
    "Standing",
    "Step",
    "StepState",
    "Upgrade",
    "UpgradeState",
    "Use",
]
