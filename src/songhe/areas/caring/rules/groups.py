"""Which risk group a person belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from songhe.areas.caring.rules.periods import Every
from songhe.core.labels import Label


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of belonging: tags (``term`` or ``term:grade``) that all hold, and the least age."""

    tags: frozenset[str] = frozenset()
    age: int = 0

    def holds(self, tags: Mapping[str, str], age: int | None) -> bool:
        """Whether a person with these tags (term → grade) and this age fits."""
        if self.age and (age is None or age < self.age):
            return False
        for wanted in self.tags:
            term, _colon, grade = wanted.partition(":")
            if term not in tags or (grade and tags[term] != grade):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Group:
    """A risk group: how often somebody comes or calls, and who belongs to it."""

    code: str
    label: Label
    every: Every
    any: tuple[Condition, ...]


def group_of(groups: Iterable[Group], tags: Mapping[str, str], age: int | None) -> Group | None:
    """The first group that fits; None for nobody's concern."""
    return next((one for one in groups if any(way.holds(tags, age) for way in one.any)), None)
