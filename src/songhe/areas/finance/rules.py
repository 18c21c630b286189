"""What a visit costs and what of it is payable: frozen values in, lines with reasons out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NewType
from uuid import UUID

from songhe.core.books import priced, whole

Fen = NewType("Fen", int)
"""Money, in whole fen."""

NO_PRICE = "no_price"
OVER_GRANT = "over_grant"
NO_GRANT = "no_grant"


@dataclass(frozen=True, slots=True)
class Given:
    """One accepted visit: who gave what to whom, how long (minutes), and when.

    Of a visit in vain ``percent`` of the price is charged, and ``minutes`` is that share of the promised minutes;
    ``draws`` says whether they are used from the grant.
    """

    visit_id: UUID
    person_id: UUID
    region_id: int
    item: str
    minutes: int
    on: date
    percent: int = 100
    draws: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """A price in fen for one unit of a service: an hour, or one time."""

    fen: int
    unit: str


@dataclass(frozen=True, slots=True)
class Payable:
    """What is paid for one visit. ``reason`` tells why it is less than what was given."""

    given: Given
    minutes: int
    unit_fen: int
    fen: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the lines of a settlement, in visits, minutes and fen."""

    visits: int
    minutes: int
    payable_minutes: int
    fen: int


def payable(
    visits: Sequence[Given], *, grants: Mapping[UUID, int], prices: Mapping[str, Price]
) -> tuple[Payable, ...]:
    """Lines for visits in the order in which they were given.

    ``grants`` is how many minutes each person may still use. A visit beyond it is paid for the minutes that are
    covered; for a service priced by the time, in proportion. A service without a price is listed and not paid.
    """
    left = {person: max(whole(minutes), 0) for person, minutes in grants.items()}
    lines = []
    for given in sorted(visits, key=lambda visit: (visit.on, visit.visit_id)):
        price = prices.get(given.item)
        if price is None:
            lines.append(Payable(given, 0, 0, 0, NO_PRICE))
            continue
        if not given.draws:
            lines.append(Payable(given, 0, price.fen, cost(price, given.minutes, given.percent)))
            continue
        covered = min(given.minutes, left.get(given.person_id, 0))
        left[given.person_id] = left.get(given.person_id, 0) - covered
        lines.append(_line(given, covered, price))
    return tuple(lines)


def _line(given: Given, covered: int, price: Price) -> Payable:
    full = cost(price, given.minutes, given.percent)
    if covered == given.minutes:
        return Payable(given, covered, price.fen, full)
    if covered == 0:
        return Payable(given, 0, price.fen, 0, NO_GRANT)
    fen = priced(covered, price.fen) if price.unit == "hour" else full * covered // given.minutes
    return Payable(given, covered, price.fen, fen, OVER_GRANT)


def cost(price: Price, minutes: int, percent: int = 100) -> int:
    """Fen for a visit: by the hour to the nearest fen, or the price of one time whatever its length, of which a visit
    in vain is charged a share."""
    if whole(minutes) <= 0:
        raise ValueError("a visit lasts at least a minute")
    return priced(minutes, price.fen) if price.unit == "hour" else price.fen * percent // 100


def totals(lines: Sequence[Payable]) -> Totals:
    """Sums over lines."""
    return Totals(
        visits=len(lines),
        minutes=sum(line.given.minutes for line in lines),
        payable_minutes=sum(line.minutes for line in lines),
        fen=sum(line.fen for line in lines),
    )
