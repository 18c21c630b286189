"""Taking back what was posted too much: from what waits to be paid first, the rest is owed back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

K = TypeVar("K")


def offset(waiting: Sequence[tuple[K, int]], back: int) -> tuple[list[tuple[K, int]], int]:
    """How much is taken of each waiting amount, in their order, for ``back`` fen; and what is owed back after that.

    What is taken and what is owed add up to ``back``.
    """
    if back < 0 or any(fen <= 0 for _key, fen in waiting):
        raise ValueError("amounts are positive")
    taken: list[tuple[K, int]] = []
    for key, fen in waiting:
        part = min(fen, back)
        if part:
            taken.append((key, part))
            back -= part
    return taken, back


def withheld(gross: int, owed: Sequence[tuple[K, int, int]]) -> list[tuple[K, int]]:
    """What a payment of ``gross`` fen pays back of each debt (key, fen open, cap in basis points of the payment).

    Each debt takes at most its cap, and all together at most the largest of their caps: several debts do not take a
    payment away from whom one would leave most of it. At least one fen is paid, so that no payment is empty or negative.
    """
    most = max((gross * cap // 10_000 for _key, _fen, cap in owed), default=0)
    left, out = min(most, gross - 1), []
    for key, fen, cap in owed:
        part = min(fen, gross * cap // 10_000, left)
        if part > 0:
            out.append((key, part))
            left -= part
    return out
