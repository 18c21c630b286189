"""Under which contract an order may be given, and what it takes of it: frozen values in, a decision with reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NewType
from uuid import UUID

from songhe.core.decision import Decision, grant, refuse
from songhe.core.sources import DataError

Fen = NewType("Fen", int)
"""Money, in whole fen."""

MINUTE, TIME, ITEM = "minute", "time", "item"
UNITS = (MINUTE, TIME, ITEM)
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Amount:
    """Fen, minutes of persons' grants, and how many orders they are for."""

    fen: int = 0
    minutes: int = 0
    orders: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.fen + other.fen, self.minutes + other.minutes, self.orders + other.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One service of a contract: ``fen`` for one ``unit``, which takes ``charged`` minutes of a person's grant."""

    item: str
    unit: str
    fen: int
    charged: int

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.fen <= 0 or self.charged < 0:
            raise ValueError("a tariff has a unit, a price above nothing, and charges no less than nothing")

    def costs(self, minutes: int) -> Amount:
        """What a visit of so many minutes costs, and takes of the grant."""
        if minutes <= 0:
            raise ValueError("a visit lasts at least a minute")
        units = minutes if self.unit == MINUTE else 1
        return Amount(self.fen * units, self.charged * units, 1)


@dataclass(frozen=True, slots=True)
class Served:
    """Who may be served: anybody with one of the tags (or anybody at all), of at least an age."""

    tags: frozenset[str] = frozenset()
    least_age: int = 0

    @property
    def asks(self) -> bool:
        """Whether anything has to be known of a person."""
        return bool(self.tags or self.least_age)

    def admits(self, tags: Iterable[str], age: int | None) -> bool:
        """Whether somebody may be served; an unknown age is none."""
        if self.least_age and (age is None or age < self.least_age):
            return False
        return not self.tags or bool(self.tags.intersection(tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A contract that counts: its term (both days included), regions, ceiling, and prices from each version's first day."""

    id: UUID
    number: str
    organisation_id: UUID
    since: date
    until: date
    ranges: tuple[Range, ...]
    fen: int
    minutes: int | None
    versions: tuple[tuple[date, Mapping[str, Tariff]], ...]
    served: Served = Served()

    def covers(self, region: int, on: date) -> bool:
        """Whether a place and a day lie inside the contract."""
        return self.since <= on <= self.until and any(low <= region < high for low, high in self.ranges)

    def tariff(self, item: str, on: date) -> Tariff | None:
        """The price of a service on a day, by the version that holds then."""
        held = [tariffs for since, tariffs in self.versions if since <= on]
        return held[-1].get(item) if held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One order that wants to be under a contract. ``tags`` and ``age`` matter where contracts say who may be served."""

    key: UUID
    organisation_id: UUID
    person_id: UUID
    region: int
    item: str
    on: date
    minutes: int
    tags: frozenset[str] = frozenset()
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An order with its contract and what it takes of it."""

    deal: Deal
    amount: Amount


def place(ask: Ask, deals: Sequence[Deal], left: Mapping[UUID, tuple[int, int | None]]) -> Decision[Placed]:
    """The contract for an order: of those that cover place, day, service and person, the one that ends first and has room.

    ``left``: by contract, the fen and the minutes (None where no ceiling is set) that are still free.
    """
    here = [deal for deal in deals if deal.covers(ask.region, ask.on)]
    if not here:
        return refuse(
            "This organisation has no contract in force for this place on {day}. Choose an organisation under contract, "
            "or let the person pay.",
            code="no_contract",
            rule="contract",
            day=ask.on.isoformat(),
        )
    with_item = [(deal, found) for deal in here if (found := deal.tariff(ask.item, ask.on))]
    if not with_item:
        return refuse(
            "Contract {contract} does not cover this service. Choose a service of the contract, or amend it.",
            code="not_in_contract",
            rule="contract",
            contract=here[0].number,
        )
    open_to = [(deal, found) for deal, found in with_item if deal.served.admits(ask.tags, ask.age)]
    if not open_to:
        return refuse(
            "Contract {contract} does not cover this person: it names who may be served. Look at the contract.",
            code="not_served_by_contract",
            rule="contract",
            contract=with_item[0][0].number,
        )
    return _with_room(ask, sorted(open_to, key=lambda one: (one[0].until, one[0].number)), left)


def _with_room(
    ask: Ask, open_to: Sequence[tuple[Deal, Tariff]], left: Mapping[UUID, tuple[int, int | None]]
) -> Decision[Placed]:
    for deal, tariff in open_to:
        amount = tariff.costs(ask.minutes)
        fen, minutes = left[deal.id]
        if amount.fen <= fen and (minutes is None or amount.minutes <= minutes):
            return grant(
                Placed(deal, amount), because="Contract {contract}", rule="contract", contract=deal.number
            )
    deal, tariff = open_to[-1]
    amount, (fen, minutes) = tariff.costs(ask.minutes), left[deal.id]
    if amount.fen > fen:
        return refuse(
            "Contract {contract} has {left} yuan left, and this costs {cost}. Raise its ceiling by an amendment, or plan "
            "less.",
            code="beyond_contract",
            rule="ceiling",
            contract=deal.number,
            left=in_yuan(fen),
            cost=in_yuan(amount.fen),
        )
    return refuse(
        "Contract {contract} has {left} minutes left, and this takes {cost}. Raise its ceiling by an amendment, or plan "
        "less.",
        code="beyond_contract",
        rule="ceiling",
        contract=deal.number,
        left=minutes,
        cost=amount.minutes,
    )


def in_yuan(fen: int) -> str:
    """Fen as yuan with two decimals, for a sentence."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def room(fen: int, minutes: int | None, taken: Amount) -> tuple[int, int | None]:
    """What is left of a ceiling; less than nothing where more was given than was promised."""
    return fen - taken.fen, None if minutes is None else minutes - taken.minutes


def percent_used(fen: int, minutes: int | None, taken: Amount) -> int:
    """How much of a ceiling is used: of money or of minutes, whichever is more, rounded down."""
    shares = [taken.fen * 100 // fen] + ([taken.minutes * 100 // minutes] if minutes else [])
    return max(shares)


def collide(a: Deal, b: Deal) -> bool:
    """Whether one order could be under both of two contracts of one organisation."""
    if a.organisation_id != b.organisation_id or a.since > b.until or b.since > a.until:
        return False
    places = any(low < top and bottom < high for low, high in a.ranges for bottom, top in b.ranges)
    return places and bool(_items(a) & _items(b))


def _items(deal: Deal) -> set[str]:
    return {item for _since, tariffs in deal.versions for item in tariffs}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What an installation says about contracts. ``required``: a grant pays only for what a contract holds."""

    required: bool = True
    ending_days: int = 60
    used_percent: int = 90
    source: str = field(default="", compare=False)


def build_bounds(data: Mapping[str, Any]) -> Bounds:
    """Bounds from the data file; what it does not say stays as strict as it can be."""
    required = data.get("required", True)
    numbers = {name: data.get(name, getattr(Bounds(), name)) for name in ("ending_days", "used_percent")}
    if not isinstance(required, bool):
        raise DataError("contracts: required must be true or false.")
    for name, value in numbers.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise DataError(f"contracts: {name} must be a whole number of 1 or more.")
    return Bounds(required=required, **numbers)
