"""What is left of a month and goes on to the next, and how far it comes back for a visit that is told late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """A month's account: ``free`` can be spent, ``carried`` came from the month before, ``moved`` went on to the next.
    ``granted`` is what the month itself granted."""

    granted: int = 0
    carried: int = 0
    free: int = 0
    moved: int = 0


def left_of(month: Kept, taken: int = 0) -> int:
    """What may go on: what the month itself granted and nobody used. What was carried into it is used first and goes no
    further. ``taken``: given or promised and not booked yet."""
    return max(min(month.granted, month.free + month.moved - taken), 0)


def returnable(months: Sequence[Kept]) -> int:
    """What can come back into the first of some months, one after the other: what went on and is still there, or can come
    back there in its turn."""
    if len(months) < 2:
        return 0
    return max(min(months[0].moved, months[1].free + returnable(months[1:])), 0)


def brought_back(months: Sequence[Kept], short: int) -> tuple[int, ...]:
    """How much of each month goes back to the one before it so that the first has so much more, from the second on."""
    if len(months) < 2 or short <= 0:
        return ()
    take = min(short, returnable(months))
    return (take, *brought_back(months[1:], take - max(months[1].free, 0))) if take else ()
