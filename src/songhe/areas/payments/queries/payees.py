"""Payee accounts: in use, shared, and their numbers in the clear for the bank's file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from songhe.areas.payments.models import Holder, Payee, PayeeState
from songhe.engines.vault.api import keyed_hash, open_keys, reveal_with


def account_hash(digits: str) -> bytes:
    """Finds the same account number again without telling it."""
    return keyed_hash("bank_account", digits)


def in_use(persons: Iterable[UUID], day: date) -> dict[UUID, Payee]:
    """The accounts to which persons are paid on a day."""
    rows = Payee.everywhere.filter(
        Q(until__isnull=True) | Q(until__gt=day),
        person_id__in=list(persons),
        state=PayeeState.ACTIVE,
        since__lte=day,
    )
    return {row.person_id: row for row in rows}


def shared(payees: Iterable[Payee]) -> set[bytes]:
    """Numbers used for several persons, wherever they live. A village's account that is only that is none of them."""
    hashes = {bytes(row.account_hash) for row in payees}
    rows = Payee.everywhere.filter(state=PayeeState.ACTIVE, account_hash__among=list(hashes)).values(
        "account_hash"
    )
    found = rows.annotate(n=Count("id"), other=Count("id", filter=~Q(whose=Holder.VILLAGE))).filter(
        n__gt=1, other__gt=0
    )
    return {bytes(row["account_hash"]) for row in found.order_by("account_hash")}


def numbers(payees: Iterable[Payee]) -> dict[UUID, str]:
    """Account numbers in the clear, by payee; those of erased persons are absent."""
    rows = list(payees)
    keys = open_keys({row.person_id for row in rows})
    return {
        row.pk: reveal_with(keys[row.person_id], row.person_id, row.account_sealed)
        for row in rows
        if row.person_id in keys
    }
