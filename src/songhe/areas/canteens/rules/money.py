"""Who pays which part of a meal, in fen. The parts add up to the price, whatever the policies say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType

Fen = NewType("Fen", int)
PARTS = ("subsidy", "village", "donation", "diner")
"""Who pays, in the order in which the price is filled; the diner pays the rest."""


@dataclass(frozen=True, slots=True)
class Split:
    """A price and its parts. Impossible ones raise ValueError."""

    price: int
    subsidy: int = 0
    village: int = 0
    donation: int = 0
    diner: int = 0

    def __post_init__(self) -> None:
        parts = (self.subsidy, self.village, self.donation, self.diner)
        if min(parts) < 0 or sum(parts) != self.price:
            raise ValueError(f"the parts of a meal add up to its price: {self}")


def split(price: int, *, subsidy: int, village: int, donation: int) -> Split:
    """Fill a price with what the budget, the village and donations give, in this order; what is left the diner pays.

    Nobody gives more than is left, so that no meal is paid twice.
    """
    if min(price, subsidy, village, donation) < 0:
        raise ValueError("fen of a meal are never below nothing")
    budget = min(subsidy, price)
    of_village = min(village, price - budget)
    given = min(donation, price - budget - of_village)
    return Split(price, budget, of_village, given, price - budget - of_village - given)


def added(splits: Iterable[Split]) -> Split:
    """Several meals together."""
    rows = list(splits)
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("price", *PARTS)}
    return Split(**sums)


def per_head(fen: int, meals: int) -> int | None:
    """Fen for one meal, to the nearest; None where nobody ate."""
    return (fen * 2 + meals) // (2 * meals) if meals else None
