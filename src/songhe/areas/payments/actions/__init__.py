"""Verbs of payments: runs are prepared, posted by somebody else, or discarded."""

from songhe.areas.payments.actions.computing import compute
from songhe.areas.payments.actions.runs import discard, post_run, prepare_run, when_posted

__all__ = ["compute", "discard", "post_run", "prepare_run", "when_posted"]
