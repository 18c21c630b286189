"""Where the national level and the city's own result of a person are not the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

ASSESSED_AFRESH = frozenset({"age", "never"})
"""The reasons of the worklist that nobody gave: a valid national level answers them. What was asked for, what follows a
hospital stay and what runs out stays on the list, since the city's own benefits follow the city's own level."""


@dataclass(frozen=True, slots=True)
class Held:
    """One result of one person: its row and its level."""

    key: UUID
    level: int


def differing(own: Mapping[UUID, Held], national: Mapping[UUID, Held]) -> Iterator[tuple[UUID, Held, Held]]:
    """Persons with both whose levels are not the same. Whoever has only one of them does not differ."""
    for person in sorted(own.keys() & national.keys()):
        if own[person].level != national[person].level:
            yield person, own[person], national[person]


def answers(need: str, valid_until: date | None, on: date) -> bool:
    """Whether a national level that is valid on a day makes a reason of the worklist needless."""
    return need in ASSESSED_AFRESH and valid_until is not None and on <= valid_until
