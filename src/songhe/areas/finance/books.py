"""The accounts of finance: a fund's money, what is owed to an organisation, and a county's own side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid5

from songhe.areas.finance.models import Fund, Line, Settlement
from songhe.areas.finance.queries import grant_code
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.refusal import Refused
from songhe.engines.ledger.api import Account, Move, Owner, OwnerKind, Unit, account_of, accounts_of, carry
from songhe.engines.regions.models import Region

_PLACES = UUID("5f6c2d1e-8d0f-5a2b-9a53-3d1f0e7c9b10")


@contextmanager
def booked_once() -> Iterator[None]:
    """Say of a document that was booked with other amounts that it was: whoever enters it knows of no key."""
    try:
        yield
    except Refused as refused:
        if refused.code != "key_reused":
            raise
        raise Refused(
            "finance.document_booked",
            "This document is booked already, with another amount. Check its number; what is new goes under a number of its own.",
            field="document",
        ) from None


def fund_account(fund: Fund, *, at: datetime) -> Account:
    """The money of a fund, in fen."""
    owner = Owner(OwnerKind.FUND, fund.pk, fund.region_id)
    return account_of(owner, "fund", unit=Unit.FEN, at=at, name=str(fund))


def owed_account(settlement: Settlement, *, at: datetime) -> Account:
    """What is owed to an organisation, in fen."""
    organisation = settlement.organisation
    owner = Owner(OwnerKind.ORGANISATION, organisation.pk, organisation.region_id)
    return account_of(owner, "owed", unit=Unit.FEN, at=at, name=organisation.name)


def place_account(region_id: int, code: str, *, unit: Unit, at: datetime) -> Account:
    """A county's own side of the books: treasury and paid (fen), used (minutes)."""
    county = at_level(region_id, COUNTY)
    owner = Owner(OwnerKind.REGION, uuid5(_PLACES, str(county)), county)
    name = Region.objects.get(code=county).name
    return account_of(owner, code, unit=unit, at=at, name=name, may_overdraw=True)


def settled(settlement: Settlement, lines: Sequence[Line], *, at: datetime) -> list[Move]:
    """What a settlement moves: minutes from the persons' months, and money from the fund to what is owed."""
    moves: list[Move] = []
    used = place_account(settlement.region_id, "used", unit=Unit.MINUTE, at=at)
    by_month: dict[str, list[Line]] = defaultdict(list)  # a late visit takes of the grant of its own month
    for line in lines:
        if line.payable_minutes:
            by_month[grant_code(line.on)].append(line)
    for code, taking in sorted(by_month.items()):
        owners = {line.person_id: Owner(OwnerKind.PERSON, line.person_id, line.region_id) for line in taking}
        grants = accounts_of(list(owners.values()), code, unit=Unit.MINUTE, at=at)
        for line in taking:
            moves += carry(grants[line.person_id].pk, used.pk, line.payable_minutes, about_id=line.visit_id)
    if settlement.fen:
        fund, owed = fund_account(settlement.fund, at=at).pk, owed_account(settlement, at=at).pk
        moves += carry(fund, owed, settlement.fen, about_id=settlement.pk)
    return moves
