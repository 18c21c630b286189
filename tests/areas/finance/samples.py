"""Rows of finance for the conformance suite."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from tests import make
from tests.areas.providers import made as providers

from songhe.areas.finance.models import Fund, Settlement
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.access.api import SYSTEM
from songhe.engines.ledger.api import Account, Owner, OwnerKind, Unit, account_of, carry, post

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def fund(region: int) -> Fund:
    """The fund of a purchaser for this year."""
    made, _new = Fund.everywhere.get_or_create(
        region_id=at_level(region, COUNTY), year=2026, defaults={"name": "居家养老服务资金"}
    )
    return made


def settlements(n: int, region: int) -> list[Settlement]:
    """Prepared settlements, each of another organisation."""
    return [
        Settlement.everywhere.create(
            organisation=providers.organisation(region),
            region_id=region,
            fund=fund(region),
            month=date(2026, 10, 1),
            number=f"JS-{next(_numbers):06d}",
            visits=1,
            minutes=60,
            payable_minutes=60,
            fen=8_000,
            prepared_by_id=uuid4(),
            prepared_by="王会计",
            prepared_at=AT,
        )
        for _ in range(n)
    ]


def funds(n: int, region: int) -> list[Fund]:
    """Funds of different years."""
    return [
        Fund.everywhere.create(region_id=region, year=2030 + next(_numbers), name="资金") for _ in range(n)
    ]


def accounts(n: int, region: int) -> list[Account]:
    """Empty accounts."""
    return [
        account_of(
            Owner(OwnerKind.FUND, uuid4(), region), "x", unit=Unit.FEN, at=AT, name="账户", may_overdraw=True
        )
        for _ in range(n)
    ]


def journals(n: int, region: int) -> list[Any]:
    """Journals between two accounts."""
    source, target = accounts(2, region)
    return [
        post(carry(source.pk, target.pk, 5), key=str(uuid4()), kind="finance.allot", at=AT, actor=SYSTEM)
        for _ in range(n)
    ]


make.SAMPLES |= {"settlements": settlements, "funds": funds, "accounts": accounts, "journals": journals}
