"""Chance from a seed: xorshift with 64 bits, which wraps around alike in machine code and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_A, _B, _C, _TOP = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(33)
_GOLDEN = 0x9E3779B97F4A7C15


def below(seed: NDArray[Any], size: int) -> int:
    """A whole number of 0 … size-1."""
    x = seed[0]
    x ^= x << _A
    x ^= x >> _B
    x ^= x << _C
    seed[0] = x
    return (np.int64(x >> _TOP) * size) >> 31  # type: ignore[return-value]
