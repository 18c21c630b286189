"""What approved entitlements mean in the ledger. Only the actions of this area call it.

Hours and meals are granted into an account of the person for the rule and month, out of an account of the policy
that may be overdrawn: its balance is what the policy has granted. What was left of the month before is moved on. Money is paid by finance from approved rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from songhe.areas.entitlement.carrying import carry_on
from songhe.areas.entitlement.models import Entitlement, Unit
from songhe.engines.access.api import Actor
from songhe.engines.ledger.api import Account, Move, Owner, OwnerKind, account_of, accounts_of, carry, post
from songhe.engines.ledger.api import Unit as Counted
from songhe.engines.policies.api import PolicyVersion

GRANTED = (Unit.MINUTE, Unit.MEAL)


def grant(rows: Sequence[Entitlement], *, key: str, actor: Actor, at: datetime) -> None:
    """Post what the rows grant, as one journal for each rule and month."""
    batches: dict[tuple[UUID, str, str], list[Entitlement]] = {}
    for row in rows:
        if row.unit in GRANTED:
            batches.setdefault((row.policy_id, row.account_code, row.unit), []).append(row)
    for (_policy, code, unit), batch in batches.items():
        owners = [_owner(row) for row in batch]
        accounts = accounts_of(owners, code, unit=Counted(unit), at=at, name=batch[0].name_zh)
        source = _source(batch[0].policy, code, unit, at)
        moves: list[Move] = []
        for row in batch:
            own = row.amount - row.carried
            moves += carry(source.pk, accounts[row.person_id].pk, own, about_id=row.pk)
        about = batch[0] if len(batch) == 1 else None
        post(moves, key=f"{key}:{code}", kind="entitlement.grant", at=at, actor=actor, about=about)
        carry_on(batch, key=f"{key}:{code}:carry", actor=actor, at=at)


def give_back(row: Entitlement, *, key: str, actor: Actor, at: datetime) -> int:
    """Return what is not used and not held to the policy's account; the amount returned."""
    if row.unit not in GRANTED:
        return 0
    account = account_of(_owner(row), row.account_code, unit=Counted(row.unit), at=at)
    free = max(0, min(account.free, row.amount))
    if free:
        source = _source(row.policy, row.account_code, row.unit, at)
        moves = carry(account.pk, source.pk, free, about_id=row.pk)
        post(moves, key=key, kind="entitlement.return", at=at, actor=actor, about=row)
    return free


def give_again(row: Entitlement, amount: int, *, key: str, actor: Actor, at: datetime) -> None:
    """Grant again what a suspension returned."""
    if row.unit in GRANTED and amount:
        account = account_of(_owner(row), row.account_code, unit=Counted(row.unit), at=at)
        source = _source(row.policy, row.account_code, row.unit, at)
        moves = carry(source.pk, account.pk, amount, about_id=row.pk)
        post(moves, key=key, kind="entitlement.grant", at=at, actor=actor, about=row)


def _owner(row: Entitlement) -> Owner:
    return Owner(OwnerKind.PERSON, row.person_id, row.region_id)


def _source(policy: PolicyVersion, code: str, unit: str, at: datetime) -> Account:
    owner = Owner(OwnerKind.FUND, uuid5(NAMESPACE_URL, f"songhe:policy:{policy.code}"), policy.region_id)
    return account_of(owner, code, unit=Counted(unit), at=at, name=policy.title_zh, may_overdraw=True)
