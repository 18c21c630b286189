"""Verbs of payments: runs are prepared, posted by somebody else, or discarded; what they owe is covered, gathered, approved,
verified and paid."""

from songhe.areas.payments.actions import rehashing
from songhe.areas.payments.actions.answers import book_results, bring_results, drop_results
from songhe.areas.payments.actions.approving import approve_batch, approve_undoubted, return_batch, seen_of
from songhe.areas.payments.actions.batches import confirm_line, prepare_batch, recheck, take_out
from songhe.areas.payments.actions.budgets import allot_line, open_line, pay_also, receive
from songhe.areas.payments.actions.checking import explain_sample, verify
from songhe.areas.payments.actions.computing import compute
from songhe.areas.payments.actions.owing import owe
from songhe.areas.payments.actions.payees import (
    confirm_payee,
    end_payee,
    propose_body_payee,
    propose_payee,
    refuse_payee,
)
from songhe.areas.payments.actions.recovering import agree_cap, ask_write_off, keep_claim, pay_back, write_off
from songhe.areas.payments.actions.releasing import (
    Result,
    enter_result,
    release,
    stop_changed,
    stop_line,
    take_results,
    take_return,
)
from songhe.areas.payments.actions.runs import discard, give_up, post_run, prepare_run, when_posted

__all__ = [
    "Result", "agree_cap", "allot_line", "approve_batch", "approve_undoubted", "ask_write_off", "book_results", "bring_results", "compute", "confirm_line", "confirm_payee",
    "discard", "drop_results", "end_payee", "enter_result", "explain_sample", "give_up", "keep_claim", "open_line", "owe", "pay_also", "pay_back", "post_run",
    "prepare_batch", "prepare_run", "propose_body_payee", "propose_payee", "receive", "recheck", "refuse_payee", "rehashing", "release", "return_batch", "seen_of",
    "stop_changed", "stop_line", "take_out", "take_results", "take_return", "verify", "when_posted", "write_off",
]  # fmt: skip
