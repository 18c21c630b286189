"""The door of ``jobs``: the names others use."""

from songhe.engines.jobs.registry import Cancelled, Lost, job, periodic, ticking
from songhe.engines.jobs.runner import run_due, run_one
from songhe.engines.jobs.start import ask_to_stop, start, start_many, still_open
from songhe.engines.jobs.work import Work

__all__ = [
    "Cancelled",
    "Lost",
    "Work",
    "ask_to_stop",
    "job",
    "periodic",
    "run_due",
    "run_one",
    "start",
    "start_many",
    "still_open",
    "ticking",
]
