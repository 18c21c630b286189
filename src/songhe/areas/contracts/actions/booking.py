"""Booking orders on contracts. The area of visits calls it inside its own acts, which name the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from songhe.areas.contracts import queries
from songhe.areas.contracts.limits import bounds
from songhe.areas.contracts.models import Contract, Remark, RemarkKind, Stage, Use
from songhe.areas.contracts.rules import MINUTE, Amount, Ask, Deal, Placed, place
from songhe.areas.registry.api import Person, tags_on
from songhe.core.decision import Decision, grant
from songhe.engines.access.api import elevated, insert_many, update_many
from songhe.engines.regions.ids import uuid7

USE = (
    "id", "contract", "order_id", "person", "organisation_id", "region", "item", "on", "stage", "fen", "minutes",
    "changed_at",
)  # fmt: skip
__all__ = [
    "Ask",
    "Taken",
    "charge",
    "count_again",
    "give",
    "note",
    "preview",
    "redate",
    "release",
    "settle",
    "take",
    "take_back",
    "take_many",
]


NOTHING = Amount()
ENDLESS = 10**9
"""More fen than a minute ever costs."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Under which contract an order was taken, and what it takes; no contract where none is asked for."""

    contract_id: UUID | None
    amount: Amount = NOTHING


def take(ask: Ask, *, at: datetime) -> Taken:
    """Book one order, or refuse it, naming the contract and what is left of it."""
    return take_many([ask], at=at)[ask.key].or_refuse()


def take_many(asks: Sequence[Ask], *, at: datetime) -> dict[UUID, Decision[Taken]]:
    """Book orders in their order, as long as there is room; by key, where each came to stand or why it did not.

    The contracts are locked until the transaction ends, so that no two promise the same money.
    """
    with elevated():  # an order in one region takes of a ceiling that holds for all of them
        rows = queries.live({ask.organisation_id for ask in asks})
        held = list(rows.select_for_update(no_key=True, of=("self",)))
        left = {key: standing.left for key, standing in queries.standings(held).items()}
        out = _judged(asks, queries.deals(held), left)
        _book([(ask, out[ask.key].value) for ask in asks], at)
    return out


def preview(asks: Sequence[Ask]) -> dict[UUID, Decision[Taken]]:
    """Under which contracts orders would be, and what each would take, without looking at what is left."""
    with elevated():  # as for booking
        found = queries.deals(queries.live({ask.organisation_id for ask in asks}))
        plenty = sum(ask.minutes for ask in asks) * ENDLESS
        return _judged(asks, found, {deal.id: (plenty, None) for deal in found})


def _judged(
    asks: Sequence[Ask], found: Sequence[Deal], left: dict[UUID, tuple[int, int | None]]
) -> dict[UUID, Decision[Taken]]:
    if any(deal.served.asks for deal in found):
        asks = _known(asks)
    by_owner: dict[UUID, list[Deal]] = {}
    for deal in found:
        by_owner.setdefault(deal.organisation_id, []).append(deal)
    return {ask.key: _taken(ask, by_owner.get(ask.organisation_id, []), left) for ask in asks}


def _taken(ask: Ask, deals: Sequence[Deal], left: dict[UUID, tuple[int, int | None]]) -> Decision[Taken]:
    if not deals and not bounds().required:
        return grant(Taken(None), because="No contract is required here")
    found: Decision[Placed] = place(ask, deals, left)
    if found.value is None:
        return Decision(None, found.reasons, refused=True, code=found.code)
    placed = found.value
    fen, minutes = left[placed.deal.id]
    left[placed.deal.id] = (
        fen - placed.amount.fen,
        None if minutes is None else minutes - placed.amount.minutes,
    )
    return Decision(Taken(placed.deal.id, placed.amount), found.reasons)


def _known(asks: Sequence[Ask]) -> list[Ask]:
    persons = {ask.person_id for ask in asks}
    people = Person.everywhere.in_bulk(persons)
    tags = {on: tags_on(persons, on) for on in {ask.on for ask in asks}}
    return [
        replace(
            ask,
            tags=frozenset(tags[ask.on].get(ask.person_id, ())),
            age=people[ask.person_id].age_on(ask.on) if ask.person_id in people else None,
        )
        for ask in asks
    ]


def _book(taken: Iterable[tuple[Ask, Taken | None]], at: datetime) -> None:
    booked = [(ask, one) for ask, one in taken if one is not None and one.contract_id is not None]
    again = set(
        Use.everywhere.filter(order_id__among=[ask.key for ask, _one in booked]).values_list(
            "order_id", flat=True
        )
    )
    if again:  # an order that was released before, and comes back
        update_many(
            Use,
            ("order_id", "contract", "organisation_id", "item", "on", "stage", "fen", "minutes", "changed_at"),
            [
                (
                    ask.key, one.contract_id, ask.organisation_id, ask.item, ask.on, Stage.PROMISED, one.amount.fen,
                    one.amount.minutes, at,
                )
                for ask, one in booked
                if ask.key in again
            ],
        )  # fmt: skip
    insert_many(
        Use,
        USE,
        [
            (
                uuid7(), one.contract_id, ask.key, ask.person_id, ask.organisation_id, ask.region, ask.item, ask.on,
                Stage.PROMISED, one.amount.fen, one.amount.minutes, at,
            )
            for ask, one in booked
            if ask.key not in again
        ],
    )  # fmt: skip


def release(orders: Iterable[UUID], *, at: datetime) -> int:
    """Free what orders took that will not be served, or not by this organisation."""
    with elevated():  # whoever ends an order frees what it took
        rows = Use.everywhere.filter(order_id__in=list(orders), stage__in=[Stage.PROMISED, Stage.GIVEN])
        return rows.update(stage=Stage.RELEASED, changed_at=at)


def count_again(orders: Iterable[UUID], *, at: datetime) -> int:
    """Let orders take again what was freed, since they were served after all."""
    with elevated():  # as for freeing
        rows = Use.everywhere.filter(order_id__in=list(orders), stage=Stage.RELEASED)
        return rows.update(stage=Stage.GIVEN, changed_at=at)


def redate(days: Mapping[UUID, date], *, at: datetime) -> None:
    """Orders are served on other days at the price of their own: the caller asks for none that another contract or version
    holds."""
    with elevated():  # as for booking
        held = Use.everywhere.filter(order_id__among=list(days), stage=Stage.PROMISED)
        rows = [(key, days[key], at) for key in held.values_list("order_id", flat=True)]
        update_many(Use, ("order_id", "on", "changed_at"), rows)


def give(order_id: UUID, *, minutes: int, at: datetime) -> None:
    """An order was served: it takes what the visit lasted, by the contract's price of that day; nothing for no whole minute,
    which is not paid."""
    with elevated():  # the worker who leaves does not see the contract
        use = Use.everywhere.select_for_update(no_key=True).filter(order_id=order_id).first()
        if use is None or use.stage not in (Stage.PROMISED, Stage.GIVEN):
            return
        key = (use.contract_id, use.item, use.on)
        tariff = queries.tariffs([key]).get(key)
        if tariff is not None:
            amount = tariff.costs(minutes) if minutes else NOTHING
            use.fen, use.minutes = amount.fen, amount.minutes
        use.stage, use.changed_at = Stage.GIVEN, at
        use.save(update_fields=["fen", "minutes", "stage", "changed_at"])


def charge(order_id: UUID, key: UUID, *, percent: int, minutes: int, draws: bool, at: datetime) -> None:
    """A visit of an order was in vain and is charged: a share of one unit's price, or so many minutes where those are paid.

    It is booked under a key of its own, since the order may be served another day.
    """
    with elevated():  # the worker at the door does not see the contract
        use = Use.everywhere.filter(order_id=order_id).first()
        if use is None or Use.everywhere.filter(order_id=key).exists():
            return
        line = (use.contract_id, use.item, use.on)
        tariff = queries.tariffs([line]).get(line)
        if tariff is None:
            return
        amount = tariff.costs(max(minutes, 1))
        share = 100 if tariff.unit == MINUTE else percent
        Use.everywhere.create(
            contract_id=use.contract_id,
            order_id=key,
            person_id=use.person_id,
            organisation_id=use.organisation_id,
            region_id=use.region_id,
            item=use.item,
            on=use.on,
            stage=Stage.GIVEN,
            fen=amount.fen * share // 100,
            minutes=amount.minutes * share // 100 if draws else 0,
            changed_at=at,
        )


def settle(paid: Iterable[tuple[UUID, int, int]], *, at: datetime) -> None:
    """Orders were settled: (order, fen, minutes of the grant) as finance pays them."""
    rows = [(order_id, Stage.SETTLED, fen, minutes, at) for order_id, fen, minutes in paid]
    with elevated():  # finance settles for all regions of its purchaser
        update_many(Use, ("order_id", "stage", "fen", "minutes", "changed_at"), rows)


def note(
    contract_id: UUID | None,
    kind: RemarkKind,
    words: str,
    *,
    on: date,
    by: str,
    at: datetime,
    order_id: UUID | None = None,
) -> None:
    """Keep a remark about how a contract is kept; nothing where an order is under none."""
    if contract_id is None:
        return
    with elevated():  # whoever misses or refuses a visit does not see the contract
        contract = Contract.everywhere.get(pk=contract_id)
        Remark.everywhere.create(
            contract=contract, region_id=contract.region_id, organisation_id=contract.organisation_id, kind=kind,
            on=on, words=words[:400], order_id=order_id, by=by[:80], at=at,
        )  # fmt: skip


def take_back(kind: RemarkKind, order_id: UUID, *, on: date) -> None:
    """Take back what was noted last of an order's day, since it proved wrong."""
    with elevated():  # as for noting
        rows = Remark.everywhere.filter(kind=kind, order_id=order_id, on=on).order_by("-at", "-id")
        Remark.everywhere.filter(pk__in=list(rows.values_list("pk", flat=True)[:1])).delete()
