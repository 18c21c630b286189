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
BEYOND_CONTRACT = "contract"
OVER_GRANT = "over_grant"
NO_GRANT = "no_grant"
Room = tuple[int, int | None]
"""Fen and minutes that can still be paid under a contract; no minutes where they are not limited."""


@dataclass(frozen=True, slots=True)
class Given:
    """One accepted visit: who gave what to whom, how long (minutes), and when.

    ``contract``: under which it was given, where it was under one; ``price``: which price holds, the service's own else.
    """

    visit_id: UUID
    person_id: UUID
    region_id: int
    item: str
    minutes: int
    on: date
    contract: UUID | None = None
    price: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """A price in fen for one unit of a service: an hour, a minute, an item, or one time.

    ``charged``: minutes of a grant that one unit takes; None where a visit takes what it lasts.
    """

    fen: int
    unit: str
    charged: int | None = None

    def takes(self, minutes: int) -> int:
        """Minutes of a person's grant for a visit of so many minutes."""
        if self.charged is None:
            return minutes
        return self.charged * minutes if self.unit == "minute" else self.charged


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
    visits: Sequence[Given],
    *,
    grants: Mapping[UUID, int],
    prices: Mapping[str, Price],
    ceilings: Mapping[UUID, Room] | None = None,
) -> tuple[Payable, ...]:
    """Lines for visits in the order in which they were given.

    ``grants`` is how many minutes each person may still use. A visit beyond it is paid for the minutes that are
    covered; for a service priced by the time, in proportion. A service without a price is listed and not paid, and so
    is what goes beyond the ceiling of its contract: ``ceilings`` is what of each can still be paid, in fen and minutes.
    """
    left = {person: max(whole(minutes), 0) for person, minutes in grants.items()}
    room = dict(ceilings or {})
    lines = []
    for given in sorted(visits, key=lambda visit: (visit.on, visit.visit_id)):
        price = prices.get(given.price or given.item)
        if price is None:
            lines.append(Payable(given, 0, 0, 0, NO_PRICE))
            continue
        line = _line(given, min(price.takes(given.minutes), left.get(given.person_id, 0)), price)
        if given.contract is not None and not _fits(line, room, given.contract):
            line = Payable(given, 0, price.fen, 0, BEYOND_CONTRACT)
        left[given.person_id] = left.get(given.person_id, 0) - line.minutes
        lines.append(line)
    return tuple(lines)


def _fits(line: Payable, room: dict[UUID, Room], contract: UUID) -> bool:
    """Whether a line still fits under its contract, which it then takes of."""
    fen, minutes = room.get(contract, (0, None))
    if line.fen > fen or (minutes is not None and line.minutes > minutes):
        return False
    room[contract] = (fen - line.fen, None if minutes is None else minutes - line.minutes)
    return True


def _line(given: Given, covered: int, price: Price) -> Payable:
    full, takes = cost(price, given.minutes), price.takes(given.minutes)
    if covered == takes:
        return Payable(given, covered, price.fen, full)
    if covered == 0:
        return Payable(given, 0, price.fen, 0, NO_GRANT)
    fen = priced(covered, price.fen) if price.unit == "hour" else full * covered // takes
    return Payable(given, covered, price.fen, fen, OVER_GRANT)


def cost(price: Price, minutes: int) -> int:
    """Fen for a visit: by the hour to the nearest fen, by the minute, or the price of one time whatever its length."""
    if whole(minutes) <= 0:
        raise ValueError("a visit lasts at least a minute")
    if price.unit == "minute":
        return price.fen * minutes
    return priced(minutes, price.fen) if price.unit == "hour" else price.fen


def totals(lines: Sequence[Payable]) -> Totals:
    """Sums over lines."""
    return Totals(
        visits=len(lines),
        minutes=sum(line.given.minutes for line in lines),
        payable_minutes=sum(line.minutes for line in lines),
        fen=sum(line.fen for line in lines),
    )
