"""Splitting whole fen so that the parts add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

WHOLE: Final = 10_000
"""A whole in basis points."""


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in proportion to weights, by largest remainder; of equal remainders the first gets the fen.

    The parts add up to the total, and each differs from its exact share by less than one fen. Where weights are amounts
    that add up to at least the total, no part is larger than its weight.
    """
    whole = sum(weights)
    if total < 0 or min(weights, default=0) < 0 or (whole == 0 and total):
        raise ValueError("a total of at least 0 is split by weights of at least 0, not all of them 0")
    if whole == 0:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    rest = [total * weight % whole for weight in weights]
    order = sorted(range(len(parts)), key=lambda place: (-rest[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def most_within(available: Sequence[int], weights: Sequence[int]) -> int:
    """The largest total of which every exact share lies within what is available; so do the parts of any smaller one."""
    whole = sum(weights)
    shares = zip(available, weights, strict=True)
    return max(min((have * whole // weight for have, weight in shares if weight), default=0), 0)
