"""Opening and finding accounts, and carrying them along when their owner moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.models import Account, OwnerKind, Unit


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account: a person, organisation, facility, fund or region, and the region it belongs to."""

    kind: OwnerKind
    id: UUID
    region_id: int


def account_of(
    owner: Owner, code: str, *, unit: Unit, at: datetime, name: str = "", may_overdraw: bool = False
) -> Account:
    """The owner's account for one use, opened when it is first asked for.

    The books are one: an account is found whatever scope is entered, because a posting may join a
    person of one village with a fund of the county. Showing accounts to a reader stays scoped.
    """
    wanted = {
        "owner_kind": owner.kind,
        "region_id": owner.region_id,
        "name": name[:120],
        "may_overdraw": may_overdraw,
        "opened_at": at,
    }
    with entered(Scope.EVERYTHING):
        found, _ = Account.everywhere.get_or_create(owner_id=owner.id, unit=unit, code=code, defaults=wanted)
    account: Account = found
    return account


def accounts_of(
    owners: Sequence[Owner], code: str, *, unit: Unit, at: datetime, name: str = ""
) -> dict[UUID, Account]:
    """The accounts of many owners for one use by owner id; missing ones are opened together."""
    with entered(Scope.EVERYTHING):
        found = _known(owners, code, unit)
        missing = [owner for owner in owners if owner.id not in found]
        if missing:
            Account.everywhere.bulk_create(
                [
                    Account(
                        owner_kind=owner.kind,
                        owner_id=owner.id,
                        region_id=owner.region_id,
                        unit=unit,
                        code=code,
                        name=name[:120],
                        opened_at=at,
                    )
                    for owner in missing
                ],
                ignore_conflicts=True,
                batch_size=5_000,
            )
            found |= _known(missing, code, unit)
    return found


def _known(owners: Sequence[Owner], code: str, unit: Unit) -> dict[UUID, Account]:
    rows = Account.everywhere.filter(owner_id__in=[owner.id for owner in owners], unit=unit, code=code)
    return {account.owner_id: account for account in rows}


def follow(owner_id: UUID, region_id: int) -> int:
    """Carry an owner's accounts to another region; entries stay where they were written. Returns how many."""
    with entered(Scope.EVERYTHING):
        return int(Account.everywhere.filter(owner_id=owner_id).update(region_id=region_id))
