"""What areas above say of persons to the worker who goes to them, beside what an order asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from uuid import UUID

Words = Callable[[Collection[UUID], date], Mapping[UUID, str]]
_WORDS: list[Words] = []


def when_going(words: Words) -> Words:
    """Let an area say what a worker is to mind with persons on a day: ``words(persons, day)``. It is asked only for those to
    whom that worker goes, beyond the worker's own scope; each showing is logged."""
    _WORDS.append(words)
    return words


def to_mind(persons: Collection[UUID], day: date) -> dict[UUID, str]:
    """What every area says, by person."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for words in _WORDS:
        for person, said in words(persons, day).items():
            found[person].append(said)
    return {person: "\n".join(said) for person, said in found.items()}
