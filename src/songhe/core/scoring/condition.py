"""Conditions over answers, grades and points: written as data, read in one place, true or false."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

What = Literal["item", "field", "sum", "points", "grade", "worst_of", "best_of"]
Join = Literal["", "all", "any"]


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions are read against: chosen options, scores and counts, grades and points of dimensions."""

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """One quantity compared, or several conditions joined. What is not known never holds."""

    what: What = "item"
    names: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    low: int | None = None
    high: int | None = None
    join: Join = ""
    parts: tuple[Condition, ...] = ()

    @property
    def leaves(self) -> Iterator[Condition]:
        """The comparisons it is made of."""
        if not self.join:
            yield self
        for part in self.parts:
            yield from part.leaves

    @property
    def questions(self) -> frozenset[str]:
        """Items and fields that it reads."""
        return frozenset(
            name for leaf in self.leaves if leaf.what in ("item", "field", "sum") for name in leaf.names
        )

    def fits(self, value: int) -> bool:
        """Whether a number passes the comparison."""
        if self.numbers:
            return value in self.numbers
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def holds(condition: Condition, known: Known) -> bool:
    """Whether a condition holds."""
    if condition.join == "all":
        return all(holds(part, known) for part in condition.parts)
    if condition.join == "any":
        return any(holds(part, known) for part in condition.parts)
    if condition.keys:
        return any(known.chosen.get(name, frozenset()) & condition.keys for name in condition.names)
    value = _quantity(condition, known)
    return value is not None and condition.fits(value)


def _quantity(condition: Condition, known: Known) -> int | None:
    source = {"points": known.points, "grade": known.grades}.get(condition.what, known.numbers)
    if condition.what in ("worst_of", "best_of"):
        source = known.grades
    values = [source[name] for name in condition.names if name in source]
    if len(values) < len(condition.names):
        return None
    if condition.what == "worst_of":
        return max(values)
    return min(values) if condition.what == "best_of" else sum(values)
