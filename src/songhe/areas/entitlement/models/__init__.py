"""Entitlements of months, applications, public notices, grants in force, reviews, certifications and appeals."""

from songhe.areas.entitlement.models.appeals import Appeal, AppealState
from songhe.areas.entitlement.models.applications import (
    ENDED,
    Application,
    ApplicationState,
    Channel,
    Paper,
    Shown,
)
from songhe.areas.entitlement.models.awards import Award, AwardLine, AwardState
from songhe.areas.entitlement.models.bodies import BodyApplication, BodyKind, BodyPaper, BodyState
from songhe.areas.entitlement.models.body_facts import BodyFact, BodyFactState
from songhe.areas.entitlement.models.comparisons import (
    DepartmentList,
    ListEntry,
    Mismatch,
    MismatchKind,
    MismatchState,
    Said,
)
from songhe.areas.entitlement.models.grants import Grant, GrantSpan, GrantState, HolderKind, Owed
from songhe.areas.entitlement.models.life import CertifiedBy, LifeCheck, LifeState
from songhe.areas.entitlement.models.months import HELD, OPEN, Entitlement, State, Unit, account_code
from songhe.areas.entitlement.models.notices import Notice
from songhe.areas.entitlement.models.objections import Objection
from songhe.areas.entitlement.models.reviews import Finding, FindingKind, FindingState
from songhe.areas.entitlement.models.simulations import Simulation, SimulationKind, SimulationState
from songhe.areas.entitlement.models.vouchers import (
    NationalVoucher,
    Redemption,
    SuspectKind,
    SuspectState,
    VoucherSuspect,
    is_over,
)

__all__ = [
    "ENDED",
    "HELD",
    "OPEN",
    "Appeal",
    "AppealState",
    "Application",
    "ApplicationState",
    "Award",
    "AwardLine",
    "AwardState",
    "BodyApplication",
    "BodyFact",
    "BodyFactState",
    "BodyKind",
    "BodyPaper",
    "BodyState",
    "CertifiedBy",
    "Channel",
    "DepartmentList",
    "Entitlement",
    "Finding",
    "FindingKind",
    "FindingState",
    "Grant",
    "GrantSpan",
    "GrantState",
    "HolderKind",
    "LifeCheck",
    "LifeState",
    "ListEntry",
    "Mismatch",
    "MismatchKind",
    "MismatchState",
    "NationalVoucher",
    "Notice",
    "Objection",
    "Owed",
    "Paper",
    "Redemption",
    "Said",
    "Shown",
    "Simulation",
    "SimulationKind",
    "SimulationState",
    "State",
    "SuspectKind",
    "SuspectState",
    "Unit",
    "VoucherSuspect",
    "account_code",
    "is_over",
]
