"""Payee accounts: in use, shared, and their numbers in the clear for the bank's file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, When
from django.db.models.functions import Coalesce

from songhe.areas.entitlement.api import BODIES, Grant, Registered, registered_as
from songhe.areas.payments.models import Holder, Payee, PayeeState
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.vault.api import keyed_hash, open_keys, reveal_with


def account_hash(digits: str) -> bytes:
    """Finds the same account number again without telling it."""
    return keyed_hash("bank_account", digits)


def in_use(whom: Iterable[UUID], day: date) -> dict[UUID, Payee]:
    """The accounts to which persons or bodies are paid on a day."""
    keys = list(whom)
    rows = Payee.everywhere.filter(
        Q(until__isnull=True) | Q(until__gt=day),
        Q(person_id__in=keys) | Q(holder_id__in=keys),
        state=PayeeState.ACTIVE,
        since__lte=day,
    )
    return {row.who: row for row in rows}


def shared(payees: Iterable[Payee]) -> set[bytes]:
    """Numbers used for several persons or organisations, wherever they are. A village's account that is only that is
    none of them, nor that of an organisation to which the money of several of its facilities goes."""
    hashes = {bytes(row.account_hash) for row in payees}
    rows = Payee.everywhere.filter(state=PayeeState.ACTIVE, account_hash__among=list(hashes)).values(
        "account_hash"
    )
    legal = Case(
        When(holder_kind__in=["facility", "organisation"], then="organisation_id"),
        default=Coalesce("person_id", "holder_id"),
    )
    found = rows.annotate(
        n=Count(legal, distinct=True), other=Count("id", filter=~Q(whose=Holder.VILLAGE))
    ).filter(n__gt=1, other__gt=0)
    return {bytes(row["account_hash"]) for row in found.order_by("account_hash")}


def numbers(payees: Iterable[Payee]) -> dict[UUID, str]:
    """Account numbers in the clear, by payee; those of erased persons are absent."""
    rows = list(payees)
    keys = open_keys({row.sealed_by for row in rows})
    return {
        row.pk: reveal_with(keys[row.sealed_by], row.sealed_by, row.account_sealed)
        for row in rows
        if row.sealed_by in keys
    }


def payable_bodies(_row: Any, user: Actor) -> list[tuple[str, str]]:
    """Facilities, organisations and workers that hold a grant, by kind and id."""
    rows = Grant.objects.within(user.scope("payments.payee")).filter(holder_kind__in=BODIES)
    found = rows.values_list("holder_kind", "holder_id", "holder_name").distinct()
    return [(f"{kind}:{key}", name) for kind, key, name in found.order_by("holder_name", "holder_id")[:2000]]


def the_payable_body(key: str, user: Actor) -> Registered:
    """One of them; refused where it holds nothing there."""
    kind, _colon, pk = key.partition(":")
    known = {one for one, _name in payable_bodies(None, user)}
    found = registered_as(kind, [UUID(pk)]).get(UUID(pk)) if key in known else None
    if found is None:
        raise Refused(
            "payments.no_body", "It has no grant in your area. Choose one from the list.", field="body"
        )
    return found
