"""Clients that post at the same moment neither deadlock nor lose a fen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.api import Account, Owner, OwnerKind, Unit, account_of, carry, faults, post

CLIENTS, POSTINGS, PURSES = 16, 25, 6


def committed_accounts(at: datetime) -> list[UUID]:
    try:
        with entered(Scope.EVERYTHING):
            return [
                account_of(
                    Owner(OwnerKind.FUND, uuid4(), 371002000000),
                    "x",
                    unit=Unit.POINT,
                    at=at,
                    may_overdraw=place == 0,
                ).pk
                for place in range(PURSES)
            ]
    finally:
        connection.close()


def client(number: int, accounts: list[UUID], at: datetime) -> dict[str, int]:
    """Post between random accounts, in both directions, repeating keys that others use as well."""
    random, met = Random(number), {"posted": 0, "overdrawn": 0, "key_reused": 0}
    try:
        for turn in range(POSTINGS):
            source, target = random.sample(accounts, 2)
            key = f"{accounts[0]}-{random.randrange(4)}" if turn % 10 == 0 else str(uuid4())
            try:
                post(carry(source, target, random.randint(1, 50)), key=key, kind="t", at=at, actor=SYSTEM)
                met["posted"] += 1
            except Refused as refused:
                met[refused.code] += 1
    finally:
        connection.close()
    return met


@pytest.mark.django_db
def test_sixteen_clients_post_at_once(at: datetime) -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        accounts = pool.submit(committed_accounts, at).result()
        met = list(pool.map(lambda number: client(number, accounts, at), range(CLIENTS)))
    outcome = {kind: sum(one[kind] for one in met) for kind in met[0]}
    assert sum(outcome.values()) == CLIENTS * POSTINGS
    assert outcome["posted"] > 50
    assert outcome["key_reused"] > 0
    balances = Account.everywhere.filter(pk__in=accounts).values_list("balance", flat=True)
    assert sum(balances) == 0
    assert faults() == []
