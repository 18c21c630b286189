"""The books hold: against a model, against clumsy clients, and against the database's own user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.access.scope import Scope, entered
from songhe.engines.ledger.api import (
    Account,
    Entry,
    Journal,
    Move,
    Owner,
    OwnerKind,
    Unit,
    account_of,
    accounts_of,
    balance,
    carry,
    faults,
    follow,
    post,
    statement,
)

HUANCUI, RONGCHENG = 371002000000, 371082000000
pytestmark = pytest.mark.django_db


def opened(
    at: datetime, *, unit: Unit = Unit.FEN, region: int = HUANCUI, may_overdraw: bool = False, code: str = "x"
) -> Account:
    owner = Owner(OwnerKind.FUND, uuid4(), region)
    return account_of(owner, code, unit=unit, at=at, name="Fund", may_overdraw=may_overdraw)


@pytest.fixture
def fund(at: datetime) -> Account:
    return opened(at, may_overdraw=True)


def pay(source: Account, target: Account, amount: int, at: datetime, key: str | None = None) -> Journal:
    moves = carry(source.pk, target.pk, amount)
    return post(moves, key=key or str(uuid4()), kind="test.pay", at=at, actor=SYSTEM)


def test_a_posting_moves_units_and_the_books_stay_whole(fund: Account, at: datetime) -> None:
    purse = opened(at)
    journal = pay(fund, purse, 1_234, at)
    assert (balance(fund), balance(purse)) == (-1_234, 1_234)
    assert journal.size == Entry.everywhere.filter(journal=journal).count() == 2
    assert faults() == []


def test_the_same_key_posts_once(fund: Account, at: datetime) -> None:
    purse = opened(at)
    first = pay(fund, purse, 100, at, key="once")
    assert pay(fund, purse, 100, at + timedelta(hours=1), key="once").pk == first.pk
    assert balance(purse) == 100
    with pytest.raises(Refused) as refused:
        pay(fund, purse, 101, at, key="once")
    assert refused.value.code == "key_reused"
    assert balance(purse) == 100


def test_an_account_without_cover_is_refused_and_nothing_moves(fund: Account, at: datetime) -> None:
    purse = opened(at)
    pay(fund, purse, 500, at)
    with pytest.raises(Refused, match="1 short") as refused:
        pay(purse, fund, 501, at)
    assert refused.value.code == "overdrawn"
    assert (balance(purse), faults()) == (500, [])


def test_units_never_mix(fund: Account, at: datetime) -> None:
    hours = opened(at, unit=Unit.MINUTE)
    with pytest.raises(ValueError, match="does not balance"):
        pay(fund, hours, 60, at)
    assert not Journal.everywhere.filter(kind="test.pay").exists()


def test_one_journal_can_move_two_units(fund: Account, at: datetime) -> None:
    minutes, used = opened(at, unit=Unit.MINUTE, may_overdraw=True), opened(at, unit=Unit.MINUTE)
    owed = opened(at)
    moves = (*carry(minutes.pk, used.pk, 90), *carry(fund.pk, owed.pk, 4_500))
    post(moves, key="visit-1", kind="test.settle", at=at, actor=SYSTEM)
    assert (balance(used), balance(owed), faults()) == (90, 4_500, [])


def test_a_batch_is_one_journal(fund: Account, at: datetime) -> None:
    owners = [Owner(OwnerKind.PERSON, uuid4(), HUANCUI) for _ in range(5_000)]
    purses = accounts_of(owners, "grant", unit=Unit.FEN, at=at)
    moves = [Move(purse.pk, 100) for purse in purses.values()]
    post([Move(fund.pk, -100 * len(moves)), *moves], key="batch", kind="test.grant", at=at, actor=SYSTEM)
    assert balance(fund) == -500_000
    assert {balance(purses[o.id]) for o in owners[:3]} == {100}
    assert faults() == []


def test_a_statement_runs_from_opening_to_closing(fund: Account, at: datetime) -> None:
    purse = opened(at)
    for day, amount in enumerate((1_000, -300, 50, -200)):
        when = at + timedelta(days=day)
        pay(*((fund, purse) if amount > 0 else (purse, fund)), abs(amount), when)
    whole = statement(purse)
    assert [line.balance for line in whole.lines] == [1_000, 700, 750, 550]
    assert (whole.opening, whole.closing) == (0, 550)
    part = statement(purse, since=at + timedelta(days=1), until=at + timedelta(days=3))
    assert (part.opening, [line.amount for line in part.lines], part.closing) == (1_000, [-300, 50], 750)
    newest = statement(purse, last=1)
    assert (newest.opening, newest.lines[0].balance) == (750, 550)
    nothing = statement(purse, since=at + timedelta(days=30))
    assert (nothing.opening, nothing.lines, nothing.closing) == (550, (), 550)


def test_accounts_are_seen_in_their_region_only(fund: Account, at: datetime) -> None:
    here, there = opened(at), opened(at, region=RONGCHENG)
    pay(fund, here, 10, at)
    pay(fund, there, 10, at)
    scope = Scope(((RONGCHENG, RONGCHENG + 10**6),))
    with entered(scope):
        assert set(Account.everywhere.values_list("pk", flat=True)) == {there.pk}
        assert set(Account.objects.within(scope).values_list("pk", flat=True)) == {there.pk}
        assert {e.account_id for e in Entry.everywhere.all()} == {there.pk}
        pay(fund, there, 5, at)
    assert (balance(there), faults()) == (15, [])


def test_accounts_follow_their_owner_and_entries_stay(fund: Account, at: datetime) -> None:
    purse = opened(at)
    journal = pay(fund, purse, 10, at)
    assert follow(purse.owner_id, RONGCHENG) == 1
    pay(fund, purse, 10, at)
    regions = Entry.everywhere.filter(account=purse).order_by("id").values_list("region_id", flat=True)
    assert list(regions) == [HUANCUI, RONGCHENG]
    assert journal.region_id == HUANCUI


def raw(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def two_lines(journal: Journal, fund: Account, purse: Account, amounts: tuple[int, int]) -> None:
    Entry.everywhere.bulk_create(
        Entry(
            journal=journal, seq=seq, account=account, amount=amount, at=journal.at, kind="x",
            region_id=account.region_id, owner_id=account.owner_id,
        )
        for seq, (account, amount) in enumerate(zip((fund, purse), amounts, strict=True), start=1)
    )  # fmt: skip


def head(at: datetime, size: int = 2) -> Journal:
    made: Journal = Journal.everywhere.create(
        key=str(uuid4()),
        digest=b"",
        kind="x",
        region_id=HUANCUI,
        at=at,
        actor_id=SYSTEM.id,
        actor_name="",
        size=size,
    )
    return made


def head_alone(at: datetime) -> None:
    head(at)
    raw("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_what_the_code_would_never_write(fund: Account, at: datetime) -> None:
    purse = opened(at)
    with pytest.raises(IntegrityError, match="balances in each unit"), transaction.atomic():
        two_lines(head(at), fund, purse, (-5, 6))
    with pytest.raises(IntegrityError, match="whole and once"), transaction.atomic():
        two_lines(head(at, size=3), fund, purse, (-5, 5))
    with pytest.raises(IntegrityError, match="account_not_overdrawn"), transaction.atomic():
        two_lines(head(at), fund, purse, (5, -5))
    purse.region_id = RONGCHENG
    with pytest.raises(IntegrityError, match="region and owner"), transaction.atomic():
        two_lines(head(at), fund, purse, (-5, 5))
    with pytest.raises(IntegrityError, match="a journal has entries"), transaction.atomic():
        head_alone(at)
    assert faults() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount = amount + 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_journal SET at = now()",
        "DELETE FROM ledger_journal",
        "UPDATE ledger_account SET balance = 1",
        "DELETE FROM ledger_account",
    ],
)
def test_history_cannot_be_edited(statement: str, fund: Account, at: datetime) -> None:
    pay(fund, opened(at), 10, at)
    with pytest.raises(ProgrammingError, match="permission denied"):
        raw(statement)
    assert balance(fund) == -10


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 200), st.integers(0, 12)), max_size=25
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_the_ledger_agrees_with_a_model(at: datetime, steps: list[tuple[int, int, int, int]]) -> None:
    """Random payments, replays, reused keys and overdrafts: stored balances equal a dictionary's."""
    accounts = [opened(at, may_overdraw=place == 0) for place in range(4)]
    run = str(uuid4())
    held = dict.fromkeys(range(4), 0)
    seen: dict[int, tuple[int, int, int]] = {}
    for source, target, amount, key in steps:
        if source == target:
            continue
        wanted = (source, target, amount)
        outcome = expected(wanted, seen.get(key), held)
        assert (
            tried(lambda w=wanted, k=key: pay(accounts[w[0]], accounts[w[1]], w[2], at, f"{run}-{k}"))
            == outcome
        )  # type: ignore[misc]
        if outcome == "posted" and key not in seen:
            seen[key] = wanted
            held[source] -= amount
            held[target] += amount
    assert [balance(account) for account in accounts] == list(held.values())
    assert faults() == []


def expected(wanted: tuple[int, int, int], first: tuple[int, int, int] | None, held: dict[int, int]) -> str:
    if first is not None:
        return "posted" if first == wanted else "key_reused"
    source, _, amount = wanted
    return "overdrawn" if source and held[source] < amount else "posted"


def tried(action: Callable[[], Journal]) -> str:
    try:
        with transaction.atomic():
            action()
    except Refused as refused:
        return refused.code
    return "posted"
