"""Holds set units aside, and give back exactly what was not used."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.ledger.api import (
    Account,
    Hold,
    Owner,
    OwnerKind,
    Unit,
    account_of,
    balance,
    carry,
    expire,
    faults,
    post,
    reserve,
    settle,
    void,
)

pytestmark = pytest.mark.django_db
REGION = 371002000000


def opened(at: datetime, *, may_overdraw: bool = False) -> Account:
    owner = Owner(OwnerKind.PERSON, uuid4(), REGION)
    return account_of(owner, "hours", unit=Unit.MINUTE, at=at, may_overdraw=may_overdraw)


@pytest.fixture
def purse(at: datetime) -> Account:
    source, purse = opened(at, may_overdraw=True), opened(at)
    post(carry(source.pk, purse.pk, 100), key=str(uuid4()), kind="test.grant", at=at, actor=SYSTEM)
    return purse


def hold_of(purse: Account, amount: int, at: datetime, key: str = "hold") -> Hold:
    return reserve(purse, amount, key=key, at=at, until=at + timedelta(days=1))


def free(account: Account) -> int:
    account.refresh_from_db()
    return account.free


def test_what_is_held_cannot_be_spent_twice(purse: Account, at: datetime) -> None:
    hold_of(purse, 60, at)
    assert (balance(purse), free(purse)) == (100, 40)
    with pytest.raises(Refused) as refused:
        hold_of(purse, 41, at, key="other")
    assert refused.value.code == "overdrawn"
    with pytest.raises(Refused):
        post(carry(purse.pk, opened(at).pk, 41), key="spend", kind="t", at=at, actor=SYSTEM)
    assert faults() == []


def test_settling_less_gives_the_rest_back_once(purse: Account, at: datetime) -> None:
    used = opened(at)
    hold = hold_of(purse, 60, at)
    first = settle(hold, 45, to=used, kind="test.use", at=at, actor=SYSTEM)
    assert settle(hold, 45, to=used, kind="test.use", at=at, actor=SYSTEM).pk == first.pk
    assert (balance(purse), free(purse), balance(used)) == (55, 55, 45)
    with pytest.raises(Refused) as refused:
        void(hold, at=at)
    assert refused.value.code == "hold_ended"
    assert faults() == []


def test_more_than_was_held_is_refused(purse: Account, at: datetime) -> None:
    hold = hold_of(purse, 60, at)
    with pytest.raises(Refused) as refused:
        settle(hold, 61, to=opened(at), kind="test.use", at=at, actor=SYSTEM)
    assert refused.value.code == "over_hold"
    assert free(purse) == 40


def test_the_same_key_holds_once(purse: Account, at: datetime) -> None:
    assert hold_of(purse, 60, at).pk == hold_of(purse, 60, at).pk
    with pytest.raises(Refused) as refused:
        hold_of(purse, 10, at)
    assert (refused.value.code, free(purse)) == ("key_reused", 40)


def test_voiding_and_expiry_give_everything_back(purse: Account, at: datetime) -> None:
    void(hold_of(purse, 60, at), at=at)
    late = hold_of(purse, 30, at, key="late")
    assert expire(at + timedelta(hours=23)) == 0
    assert expire(at + timedelta(days=1)) == 1
    late.refresh_from_db()
    assert (late.state, free(purse), faults()) == (Hold.State.EXPIRED, 100, [])
