"""Chance from a seed: xorshift with 64 bits, which wraps around alike in machine code and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from songhe.core.roster.kernel.layout import WIDTH, Board

_A, _B, _C, _TOP, _SHORT = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(33), np.uint64(52)


def draw(w: Board) -> Any:
    """The next 64 bits."""
    x = w.seed[0]
    x ^= x << _A
    x ^= x >> _B
    x ^= x << _C
    w.seed[0] = x
    return x


def below(w: Board, size: int) -> int:
    """A whole number of 0 … size-1."""
    return (np.int64(draw(w) >> _TOP) * size) >> 31  # type: ignore[return-value]


def patience(w: Board, heat: float) -> int:
    """How much worse a plan may become by this move."""
    return np.int64(heat * w.chill[np.int64(draw(w) >> _SHORT)])  # type: ignore[return-value]


def neighbour(w: Board, t: int, side: int) -> int:
    """One of the tasks that go well before (0) or after (1) a task."""
    return w.near[(side * w.tasks + (t - w.base) // WIDTH) * w.close + below(w, w.close)]
