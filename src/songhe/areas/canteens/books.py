"""What a canteen's day means in the ledger. Only the actions of this area call it.

The price of the day's meals goes into the account of what the canteen earned: out of the county's budget for meals, the
village, the canteen's donations and the takings of its diners. These may be overdrawn: what stands below nothing is owed.
A meal that a policy grants is taken from the person's own account of meals, where one was granted; every meal is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from songhe.areas.canteens.models import CanteenDay, Donation, Meal
from songhe.areas.canteens.models.common import OfCanteen
from songhe.areas.canteens.pricing import grant_account
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import Actor, elevated
from songhe.engines.ledger.api import (
    Account,
    Entry,
    Journal,
    Move,
    Owner,
    OwnerKind,
    Unit,
    account_of,
    carry,
    post,
)


def budget_account(region_id: int, *, at: datetime) -> Account:
    """What a county's budget gave for meals; below nothing is what it owes."""
    county = at_level(region_id, COUNTY)
    owner = Owner(OwnerKind.FUND, uuid5(NAMESPACE_URL, f"songhe:canteens:budget:{county}"), county)
    return account_of(owner, "canteen.subsidy", unit=Unit.FEN, at=at, name="助餐财政补助", may_overdraw=True)


def village_account(region_id: int, *, at: datetime) -> Account:
    """What a village gave for meals."""
    owner = Owner(OwnerKind.REGION, uuid5(NAMESPACE_URL, f"songhe:region:{region_id}"), region_id)
    return account_of(
        owner, "canteen.village", unit=Unit.FEN, at=at, name="助餐村集体分担", may_overdraw=True
    )


def own_account(
    row: OfCanteen, code: str, *, at: datetime, unit: Unit = Unit.FEN, owes: bool = False
) -> Account:
    """One of the canteen's own accounts."""
    owner = Owner(OwnerKind.FACILITY, row.facility_id, row.region_id)
    return account_of(owner, f"canteen.{code}", unit=unit, at=at, name=NAMES[code], may_overdraw=owes)


NAMES = {
    "earned": "助餐应收",
    "takings": "助餐老人自付",
    "donations": "助餐捐助",
    "donors": "助餐捐助来源",
    "meals": "助餐餐数",
    "served": "助餐供餐数",
}


def post_day(day: CanteenDay, meals: Sequence[Meal], *, actor: Actor, at: datetime) -> Journal:
    """The journal of a closed day, in fen and in meals."""
    earned = own_account(day, "earned", at=at).pk
    sources = (
        (day.subsidy_fen, budget_account(day.region_id, at=at)),
        (day.village_fen, village_account(day.region_id, at=at)),
        (day.donation_fen, own_account(day, "donations", at=at, owes=True)),
        (day.diner_fen, own_account(day, "takings", at=at, owes=True)),
    )
    moves: list[Move] = []
    for fen, source in sources:
        if fen:
            moves += carry(source.pk, earned, fen, about_id=day.pk)
    moves += _meals(day, meals, at=at)
    return post(moves, key=f"canteens.day:{day.pk}", kind="canteens.day", at=at, actor=actor, about=day)


def reverse(day: CanteenDay, *, actor: Actor, at: datetime) -> Journal | None:
    """The journal that takes a day back, line by line."""
    if day.journal_id is None:
        return None
    with elevated():  # the lines lie in accounts of persons, the village and the county
        lines = list(Entry.everywhere.filter(journal_id=day.journal_id).order_by("seq"))
    moves = [Move(line.account_id, -line.amount, line.about_id) for line in lines]
    return post(
        moves, key=f"canteens.reversal:{day.pk}", kind="canteens.reversal", at=at, actor=actor, about=day
    )


def post_donation(gift: Donation, *, actor: Actor, at: datetime) -> Journal:
    """Money given for meals."""
    source, target = (
        own_account(gift, "donors", at=at, owes=True),
        own_account(gift, "donations", at=at, owes=True),
    )
    moves = carry(source.pk, target.pk, gift.fen, about_id=gift.pk)
    return post(
        moves, key=f"canteens.donation:{gift.pk}", kind="canteens.donation", at=at, actor=actor, about=gift
    )


def _meals(day: CanteenDay, meals: Iterable[Meal], *, at: datetime) -> list[Move]:
    """Every meal into the canteen's count: out of the person's grant where there is one, else out of what was served."""
    counted = own_account(day, "meals", at=at, unit=Unit.MEAL).pk
    moves: list[Move] = []
    plain, used = 0, set[UUID]()
    for row in meals:
        with elevated():  # a grant is the person's, wherever the person lives
            grant = grant_account(row.person_id, row.grant_rule, row.on)
        if grant is None or grant in used:
            plain += 1
        else:
            used.add(grant)
            moves += carry(grant, counted, 1, about_id=row.pk)
    if plain:
        source = own_account(day, "served", at=at, unit=Unit.MEAL, owes=True)
        moves += carry(source.pk, counted, plain, about_id=day.pk)
    return moves
