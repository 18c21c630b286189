"""A person who moves takes the accounts along; what was posted stays where it was."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests import make
from tests.areas.visits import made

from songhe.areas.registry.actions.writing import followers, person_column
from songhe.engines.access.api import SYSTEM
from songhe.engines.ledger.api import Account, Entry, Hold, Owner, OwnerKind, Unit, account_of, carry, post

pytestmark = pytest.mark.django_db


def test_accounts_and_holds_follow_and_entries_do_not() -> None:
    assert {Account, Hold} <= set(followers())
    assert Entry not in followers()
    assert person_column(Account) == person_column(Hold) == "owner_id"


def test_a_person_takes_the_accounts_along(at: datetime) -> None:
    person = made.person(at=at)
    purse = account_of(Owner(OwnerKind.PERSON, person.pk, person.region_id), "x", unit=Unit.MINUTE, at=at)
    source = account_of(
        Owner(OwnerKind.REGION, make.user("auditor").pk, make.COUNTY),
        "y",
        unit=Unit.MINUTE,
        at=at,
        may_overdraw=True,
    )
    post(carry(source.pk, purse.pk, 60), key="grant", kind="test", at=at, actor=SYSTEM)
    for model in followers():
        model.everywhere.filter(**{person_column(model): person.pk}).update(
            region_id=make.village(make.OTHER_COUNTY)
        )
    purse.refresh_from_db()
    assert (purse.region_id, purse.balance) == (make.village(make.OTHER_COUNTY), 60)
    assert Entry.everywhere.get(account=purse).region_id == person.region_id
