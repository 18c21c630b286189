"""The verbs of claims."""

from songhe.areas.claims.actions.accepting import accept, accept_town, give_back, refuse_line
from songhe.areas.claims.actions.billing import end_consent, enter_consent, enter_receipt, make_bills
from songhe.areas.claims.actions.disputing import agree, allow, dismiss, dispute, dispute_score
from songhe.areas.claims.actions.filing import (
    draw_again,
    draw_up,
    enter_invoice,
    file_claim,
    refresh,
    withdraw,
)
from songhe.areas.claims.actions.hearing import heard, keep_from_settlements
from songhe.areas.claims.actions.lapsing import close_month, lapse
from songhe.areas.claims.actions.sampling import draw_sample, enter_check
from songhe.areas.claims.actions.scoring import state_score

__all__ = [
    "accept",
    "accept_town",
    "agree",
    "allow",
    "close_month",
    "dismiss",
    "dispute",
    "dispute_score",
    "draw_again",
    "draw_sample",
    "draw_up",
    "end_consent",
    "enter_check",
    "enter_consent",
    "enter_invoice",
    "enter_receipt",
    "file_claim",
    "give_back",
    "heard",
    "keep_from_settlements",
    "lapse",
    "make_bills",
    "refresh",
    "refuse_line",
    "state_score",
    "withdraw",
]
