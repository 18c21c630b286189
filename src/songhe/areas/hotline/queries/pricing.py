"""What an order would cost and who pays: asked of the engines that book it, before anything is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Item, catalogue
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import free_minutes


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of one order and how it splits. ``charged`` minutes are taken of the month's hours, of which ``left`` are
    there before; ``self_fen`` is what the person pays, None where no price is known. ``why`` tells why a contract of the
    chosen organisation does not take it."""

    item: Item
    fen: int | None
    charged: int
    left: int
    self_fen: int | None
    covered: bool
    assumed: bool
    why: str = ""

    @property
    def after(self) -> int:
        """Minutes that are left afterwards."""
        return self.left - self.charged if self.covered else self.left


def priced(
    person: Person | None, item: str, on: date, *, organisation: UUID | None = None, times: int = 1
) -> Priced:
    """Price and split of an order on a day; a chosen organisation's contract decides what it takes of the grant."""
    wanted = catalogue().item(item)
    fen = _whole(wanted)
    if person is None:
        return Priced(wanted, fen, wanted.minutes, 0, fen, False, catalogue().assumed)
    left, charged, why = free_minutes(person.pk, on), wanted.minutes * times, ""
    if organisation is not None:
        ask = contracts.Ask(
            key=uuid4(), organisation_id=organisation, person_id=person.pk, region=person.region_id, item=item, on=on,
            minutes=wanted.minutes,
        )  # fmt: skip
        decision = contracts.preview([ask])[ask.key]
        if decision.value is None:
            why = str(decision.reasons[-1])
        elif decision.value.contract_id is not None:
            charged, fen = decision.value.amount.minutes * times, decision.value.amount.fen
    covered = left >= charged and not why
    total = fen * times if fen is not None else None
    return Priced(wanted, total, charged, left, 0 if covered else total, covered, catalogue().assumed, why)


def _whole(item: Item) -> int | None:
    """The price of one visit of the usual length: a price by the hour is for the minutes."""
    if item.fen is None:
        return None
    return item.fen * item.minutes // 60 if item.unit == "hour" else item.fen
