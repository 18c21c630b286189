"""How many lines of a batch are verified, and which.

A sampling plan with acceptance number zero for a lot of N: the smallest n for which a lot with one fault more than is
tolerated would show none in n draws without replacement with a probability of at most 1 - confidence (hypergeometric;
the discovery sampling of auditing standards, and ISO 2859-2 in kind). All in whole numbers: nothing is rounded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

K = TypeVar("K")


def size(lines: int, tolerated_bp: int, confidence_bp: int) -> int:
    """The smallest clean sample that shows, with the confidence, that at most the tolerated share is at fault."""
    if lines < 0 or not 0 <= tolerated_bp < 10_000 or not 0 < confidence_bp < 10_000:
        raise ValueError(
            "a share is from 0 up to a whole, a confidence between 0 and a whole, in basis points"
        )
    faults = lines * tolerated_bp // 10_000 + 1
    drawn, missed, all_ = 0, 1, 1
    while drawn < lines and missed * 10_000 > all_ * (10_000 - confidence_bp):
        missed, all_ = missed * max(lines - faults - drawn, 0), all_ * (lines - drawn)
        drawn += 1
    return drawn


def at_most_bp(lines: int, drawn: int, confidence_bp: int) -> int:
    """The share, in basis points rounded up, that a clean sample shows not to be exceeded."""
    low, high = 0, lines
    while low < high:  # fewest faults that a clean sample would still contradict, less one
        middle = (low + high) // 2
        if _missed(lines, middle + 1, drawn) * 10_000 <= _all(lines, drawn) * (10_000 - confidence_bp):
            high = middle
        else:
            low = middle + 1
    return -(-low * 10_000 // lines) if lines else 0


def draw(seed: str, keys: Iterable[K], number: int) -> list[K]:
    """``number`` keys, the same for the same seed whatever their order; nobody chooses and anybody can draw again."""
    ranked = sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())
    return ranked[:number]


def _missed(lines: int, faults: int, drawn: int) -> int:
    found = 1
    for step in range(drawn):
        found *= max(lines - faults - step, 0)
    return found


def _all(lines: int, drawn: int) -> int:
    return _missed(lines, 0, drawn)
