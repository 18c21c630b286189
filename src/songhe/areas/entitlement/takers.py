"""Who takes of what a month granted before it is booked: areas above tell it, since this area must not ask them.

``@takes(rule)`` on a function (persons, month) → what is promised or given of the month's grant and not settled, by person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from uuid import UUID

Taker = Callable[[Collection[UUID], date], Mapping[UUID, int]]
TAKERS: dict[str, Taker] = {}


def takes(rule: str) -> Callable[[Taker], Taker]:
    """Let an area tell what it takes of a rule's grants."""

    def put(taker: Taker) -> Taker:
        TAKERS[rule] = taker
        return taker

    return put


def taken_of(rule: str, persons: Collection[UUID], month: date) -> Mapping[UUID, int]:
    """What is taken of a month's grants and not booked yet, by person."""
    taker = TAKERS.get(rule)
    return taker(persons, month) if taker else {}
