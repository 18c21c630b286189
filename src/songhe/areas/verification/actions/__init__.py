"""The verbs of verification."""

from songhe.areas.verification.actions.deciding import (
    answer,
    ask,
    clear,
    decides,
    found_by_sample,
    overturn,
    uphold,
)
from songhe.areas.verification.actions.looking import look, look_through

__all__ = [
    "answer",
    "ask",
    "clear",
    "decides",
    "found_by_sample",
    "look",
    "look_through",
    "overturn",
    "uphold",
]
