"""The score of an organisation's month, and what is deducted for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from songhe.areas.claims.rules.terms import WHOLE, Band, Part
from songhe.core.books import apportion


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: so many of so many."""

    part: int
    whole: int

    def figure(self, unit: int = WHOLE) -> int | None:
        """The share in basis points (or another unit), rounded down; None where there is nothing to count."""
        return self.part * unit // self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Mark:
    """One part with what was counted, its figure and the basis points of its weight that it earns; none where it does not
    count."""

    code: str
    weight: int
    count: Count
    figure: int | None
    earned_bp: int | None


@dataclass(frozen=True, slots=True)
class Scored:
    """A score in basis points, None where nothing could be counted, and the share deducted for it."""

    score_bp: int | None
    deduct_bp: int
    marks: tuple[Mark, ...]


def score(parts: Sequence[Part], bands: Sequence[Band], counts: Mapping[str, Count]) -> Scored:
    """The weighted mean of the parts that count. Where none counts, nothing is deducted."""
    marks = tuple(_mark(part, counts.get(part.code, Count(0, 0))) for part in parts)
    counted = [(mark.weight, mark.earned_bp) for mark in marks if mark.earned_bp is not None]
    if not counted:
        return Scored(None, 0, marks)
    found = sum(weight * earned for weight, earned in counted) // sum(weight for weight, _ in counted)
    return Scored(found, deducted_bp(bands, found), marks)


def deducted_bp(bands: Sequence[Band], score_bp: int) -> int:
    """The share deducted for a score."""
    return next(
        band.deduct_bp for band in sorted(bands, key=lambda b: -b.from_bp) if score_bp >= band.from_bp
    )


def _mark(part: Part, count: Count) -> Mark:
    figure = count.figure(1 if part.code == "rating" else WHOLE)
    counts = figure is not None and count.whole >= part.least
    return Mark(
        part.code, part.weight, count, figure, part.earns(figure) if counts and figure is not None else None
    )


def deductions(amounts: Sequence[int], deduct_bp: int, fixed: int = 0) -> tuple[int, ...]:
    """What is deducted of each amount: the share of their sum, rounded down, and a fixed sum of fen as far as they reach, both
    in proportion to the amounts.
    """
    whole = sum(amounts)
    total = min(whole, whole * deduct_bp // WHOLE + fixed)
    return apportion(total, amounts) if total else tuple(0 for _ in amounts)
