"""Runs and what they post; accounts, batches, budgets, overpayments, verifications."""

from songhe.areas.payments.models.batches import Batch, BatchState, Due, LineState, PayLine
from songhe.areas.payments.models.budgets import BudgetLevel, BudgetLine, Level, Shortfall, Source
from songhe.areas.payments.models.checks import Found, How, PayCheck
from songhe.areas.payments.models.holders import WHO, Held, holder_of
from songhe.areas.payments.models.payees import Holder, Payee, PayeeState
from songhe.areas.payments.models.receivables import OwedState, Receivable, Recovery, Way
from songhe.areas.payments.models.runs import Cause, Posting, Run, RunState, Snapshot

RESULTS = "payments.results"
"""The kind of list in which banks say what they did."""

__all__ = [
    "RESULTS",
    "WHO",
    "Batch",
    "BatchState",
    "BudgetLevel",
    "BudgetLine",
    "Cause",
    "Due",
    "Found",
    "Held",
    "Holder",
    "How",
    "Level",
    "LineState",
    "OwedState",
    "PayCheck",
    "PayLine",
    "Payee",
    "PayeeState",
    "Posting",
    "Receivable",
    "Recovery",
    "Run",
    "RunState",
    "Shortfall",
    "Snapshot",
    "Source",
    "Way",
    "holder_of",
]  # fmt: skip
