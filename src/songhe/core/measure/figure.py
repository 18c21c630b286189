"""Counts over counts: adding up, rounding, and hiding what is too small to publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from songhe.core.books import whole

Key = TypeVar("Key")


def rounded(numerator: int, denominator: int) -> int:
    """Nearest whole number of a quotient, half away from zero. Denominator is positive."""
    if whole(denominator) <= 0:
        raise ValueError("a denominator is positive")
    size = (2 * abs(whole(numerator)) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def basis_points(part: int | None, base: int | None) -> int | None:
    """Share in 1/10,000, or None when it cannot be known (a part is missing, or base is 0)."""
    if part is None or base is None or base == 0:
        return None
    return rounded(part * 10_000, base)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured pair. None means that nobody supplied it; 0 means counted and none found."""

    numerator: int | None
    denominator: int | None = None

    def __post_init__(self) -> None:
        for value in (self.numerator, self.denominator):
            if value is not None:
                whole(value)
        if self.denominator is not None and self.denominator < 0:
            raise ValueError("a denominator is not negative")

    @property
    def share(self) -> int | None:
        """Basis points of numerator over denominator, or None for unknown."""
        return basis_points(self.numerator, self.denominator)

    @property
    def mean(self) -> int | None:
        """Numerator per one of the denominator, to the nearest whole unit, or None."""
        if self.numerator is None or not self.denominator:
            return None
        return rounded(self.numerator, self.denominator)

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(_plus(self.numerator, other.numerator), _plus(self.denominator, other.denominator))


def total(figures: Iterable[Figure]) -> Figure:
    """Add disjoint regions or periods. One unknown makes that side unknown; none at all too."""
    found = list(figures)
    if not found:
        return Figure(None, None)
    result = found[0]
    for figure in found[1:]:
        result = result + figure
    return result


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it may be published; ``hidden`` tells that a small count was withheld."""

    figure: Figure
    hidden: bool = False


def hide_small(figures: Mapping[Key, Figure], *, below: int) -> dict[Key, Shown]:
    """Withhold figures of regions listed beside their total when a count lies in 1..below-1.

    A single withheld figure could be had again by subtraction from the total, so the next
    smallest (a 0 only when nothing else is there) is withheld with it. ``below`` of 0 or 1 withholds nothing.
    """
    small = {key for key, figure in figures.items() if _is_small(figure, below)}
    if len(small) == 1:
        others = [
            (figure.numerator == 0, figure.numerator, place, key)
            for place, (key, figure) in enumerate(figures.items())
            if key not in small and figure.numerator is not None
        ]
        if others:
            small.add(min(others, key=lambda item: item[:3])[3])
    return {
        key: Shown(Figure(None, None), hidden=True) if key in small else Shown(figure)
        for key, figure in figures.items()
    }


def _is_small(figure: Figure, below: int) -> bool:
    return any(value is not None and 0 < value < below for value in (figure.numerator, figure.denominator))


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
