"""How many lines of a lot are verified, which, and what the result says of the whole lot.

A sampling plan with acceptance number zero for a lot of N: the smallest n for which a lot with one fault more than is
tolerated would show none in n draws without replacement with a probability of at most 1 - confidence (hypergeometric;
the discovery sampling of auditing standards, and ISO 2859-2 in kind). All in whole numbers: nothing is rounded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from math import comb
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


def draw_by_weight(seed: str, weights: Mapping[K, int], number: int) -> list[K]:
    """Up to ``number`` keys, each drawn with a chance in proportion to its weight among those left; none of weight 0."""
    left = sorted((key for key, weight in weights.items() if weight > 0), key=str)
    found: list[K] = []
    while left and len(found) < number:
        sign = hashlib.sha256(f"{seed}:{len(found)}".encode()).digest()
        place = int.from_bytes(sign[:16], "big") % sum(weights[key] for key in left)
        for key in left:
            place -= weights[key]
            if place < 0:
                break
        found.append(key)
        left.remove(key)
    return found


def between(lines: int, drawn: int, faults: int, confidence_bp: int) -> tuple[int, int]:
    """The fewest and the most lines at fault in a lot, with a two-sided confidence (exact, hypergeometric).

    What fewer or more faults would have shown with a probability of at most half of the rest is left out.
    """
    if not 0 <= faults <= drawn <= lines:
        raise ValueError("faults are among the drawn, and these among the lines")
    tail, all_ = 10_000 - confidence_bp, comb(lines, drawn)

    def likely(ways: int) -> bool:
        return ways * 20_000 > all_ * tail

    low, high = faults, lines - drawn + faults
    least = _first(low, high, lambda found: likely(_ways(lines, drawn, found, range(faults, drawn + 1))))
    most = high - _first(
        0, high - low, lambda back: likely(_ways(lines, drawn, high - back, range(faults + 1)))
    )
    return least, most


def _ways(lines: int, drawn: int, at_fault: int, seen: range) -> int:
    """In how many ways a draw shows so many faults."""
    return sum(comb(at_fault, one) * comb(lines - at_fault, drawn - one) for one in seen)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number for which something holds that, once it holds, goes on holding."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _missed(lines: int, faults: int, drawn: int) -> int:
    found = 1
    for step in range(drawn):
        found *= max(lines - faults - step, 0)
    return found


def _all(lines: int, drawn: int) -> int:
    return _missed(lines, 0, drawn)
