"""Runs, their snapshots and their postings."""

from songhe.areas.payments.models.runs import Cause, Posting, Run, RunState, Snapshot

__all__ = ["Cause", "Posting", "Run", "RunState", "Snapshot"]
