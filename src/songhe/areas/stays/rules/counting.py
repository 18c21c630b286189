"""Counting places, and what days and months cost. Money is whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

Fen = NewType("Fen", int)
"""Money, in whole fen."""
Minutes = NewType("Minutes", int)
"""Time of service, in whole minutes."""


@dataclass(frozen=True, slots=True)
class Count:
    """Places of one kind: how many there are, and of these taken, promised to somebody, and out of order."""

    total: int = 0
    taken: int = 0
    held: int = 0
    closed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.total + other.total, self.taken + other.taken, self.held + other.held, self.closed + other.closed
        )  # fmt: skip

    @property
    def free(self) -> int:
        """Places that somebody may have today."""
        return max(self.total - self.taken - self.held - self.closed, 0)

    @property
    def usable(self) -> int:
        """Places that are not out of order."""
        return self.total - self.closed


def share(part: int, whole: int) -> int | None:
    """A part of a whole in basis points, rounded half up; None of nothing."""
    return None if whole <= 0 else (part * 20_000 + whole) // (2 * whole)


def day_fee(day: Fen, meal: Fen, meals: int) -> Fen:
    """What one day at a centre costs with so many meals."""
    if meals < 0 or day < 0 or meal < 0:
        raise ValueError("a day has no fewer than no meals, and costs no less than nothing")
    return Fen(day + meal * meals)


def month_fee(bed: Fen, care: Fen, meals: Fen) -> Fen:
    """What a month in an institution costs."""
    return Fen(bed + care + meals)
