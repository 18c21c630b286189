"""What changes between preparing, looking, approving and sending is seen, and nobody decides alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, card, dues, held, lines_of, till
from tests.areas.payments.test_batches import conserved

from songhe.areas.payments import actions
from songhe.areas.payments.models import Batch, Found, PayCheck, Payee, PayLine
from songhe.areas.registry.api import Death, Person
from songhe.core.refusal import Refused
from songhe.engines.ledger.api import faults

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


@pytest.fixture
def people(office: Office, caller: Caller, desk: Till, at: datetime) -> list[Person]:
    """Three people with accounts, whose money was posted."""
    found = [caller(name) for name in "甲乙丙"]
    for person in found:
        account(person, at)
    desk.give(100_000)
    office.posted()
    return found


def dies(person: Person, desk: Till, at: datetime) -> None:
    Death.everywhere.create(
        person=person, region_id=person.region_id, died_on=date(2026, 11, 20), source="family",
        reported_by_id=desk.clerk.pk, reported_at=at,
    )  # fmt: skip


def ended(person: Person, desk: Till, at: datetime) -> None:
    payee = Payee.everywhere.get(person=person, state="active")
    actions.end_payee(payee, actor=desk.clerk, at=at, until=date(2026, 11, 25), reason="卡丢失")


def changed(person: Person, desk: Till, at: datetime) -> None:
    account(person, at)


@pytest.mark.parametrize("news", [dies, ended, changed])
def test_what_becomes_known_after_the_approval_is_not_paid(
    news: object, desk: Till, people: list[Person], at: datetime
) -> None:
    batch = desk.approved()
    desk.verify(batch)
    with pytest.raises(Refused, match="Nothing new has become known"):
        actions.stop_changed(batch, actor=desk.treasurer, at=at, reason="x")
    news(people[1], desk, at)  # type: ignore[operator]
    line = PayLine.everywhere.get(batch=batch, person=people[1])
    with pytest.raises(Refused, match=f"Something new has become known about 1 payments.*{line.number}"):
        actions.release(batch, actor=desk.treasurer, at=at)
    money = signed_in(desk.treasurer)
    page = f"/payment-batches/{batch.pk}/"
    assert money.post(page + "stop_changed/", {"reason": "账户变动"}).status_code == 302
    assert dues() == [("乙", 3000, True)]
    assert money.post(page + "release/").status_code == 302
    batch.refresh_from_db()
    desk.result(batch)
    assert (balance_of("paid"), balance_of("payable"), held(), faults()) == (6000, 0, 3000, [])
    conserved()


def test_rows_that_are_not_those_approved_are_not_sent(
    desk: Till, people: list[Person], at: datetime
) -> None:
    batch = desk.approved()
    desk.verify(batch)
    stolen = account(make.person(make.village()), at)
    line = PayLine.everywhere.get(batch=batch, person=people[0])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payline SET payee_id = %s WHERE id = %s", [stolen.pk, line.pk])
    with pytest.raises(Refused, match="no longer those that were approved"):
        actions.release(batch, actor=desk.treasurer, at=at)


def test_a_batch_that_changed_after_somebody_looked_is_not_approved(
    desk: Till, people: list[Person], at: datetime
) -> None:
    batch, money = desk.batch(), signed_in(desk.treasurer)
    page = f"/payment-batches/{batch.pk}/approve/"
    seen = money.get(page).context["form"].initial["seen"]
    line = PayLine.everywhere.get(batch=batch, person=people[0])
    actions.take_out(line, actor=desk.clerk, at=at, reason="待核实")
    sent = money.post(page, {"seen": seen})
    assert (sent.status_code, Batch.everywhere.get().state) == (422, "prepared")
    assert "has changed since you looked" in sent.content.decode()
    assert money.post(page, {"seen": money.get(page).context["form"].initial["seen"]}).status_code == 302
    assert Batch.everywhere.get().fen == 6000


def test_who_decided_a_doubt_does_not_approve_it(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    number = card()
    for name in "甲乙":
        account(caller(name), at, number=number)
    desk.give(100_000)
    office.posted()
    batch = desk.batch()
    make.grant(desk.visitor, "finance_officer", make.COUNTY)
    for line in PayLine.everywhere.filter(batch=batch):
        actions.confirm_line(line, actor=desk.visitor, at=at, reason="夫妻共用一卡")
    with pytest.raises(Refused, match="yourself"):
        actions.approve_batch(batch, actor=desk.visitor, at=at)
    actions.approve_batch(batch, actor=desk.treasurer, at=at)


def test_who_prepared_does_not_explain_the_sample(desk: Till, people: list[Person], at: datetime) -> None:
    batch = desk.approved()
    desk.verify(batch, Found.WRONG)
    first = PayCheck.everywhere.filter(batch=batch).first()
    assert first is not None
    for check in PayCheck.everywhere.filter(batch=batch):
        actions.stop_line(PayLine.everywhere.get(pk=check.line_id), actor=desk.treasurer, at=at, reason="x")
    make.grant(desk.clerk, "finance_officer", make.COUNTY)
    with pytest.raises(Refused, match="yourself"):
        actions.explain_sample(batch, actor=desk.clerk, at=at, reason="x")


def test_a_batch_with_doubts_is_approved_without_them_or_says_why_not(
    desk: Till, people: list[Person], at: datetime
) -> None:
    dies(people[1], desk, at)
    batch, money = desk.batch(), signed_in(desk.treasurer)
    page = f"/payment-batches/{batch.pk}/"
    shown = money.get(page).content.decode()
    assert "1 payment is doubtful: decide it before the approval" in shown
    assert f'{page}approve/"' not in shown and f'{page}approve-undoubted/"' in shown
    assert money.post(page + "approve/").status_code == 422
    seen = money.get(page + "approve-undoubted/").context["form"].initial["seen"]
    assert money.post(page + "approve-undoubted/", {"seen": seen}).status_code == 422, "a reason is due"
    sent = money.post(page + "approve-undoubted/", {"seen": seen, "reason": "死亡待核实"})
    assert sent.status_code == 302, sent.context["form"].errors
    batch.refresh_from_db()
    assert (batch.state, batch.lines, batch.fen) == ("approved", 2, 6000)
    assert lines_of(batch) == [("丙", 3000, "ready"), ("乙", 3000, "out"), ("甲", 3000, "ready")]
    assert (dues(), held()) == ([("乙", 3000, True)], 3000)
    shown = money.get(page).content.decode()
    assert "doubtful: decide" not in shown
    conserved()


def test_a_batch_of_doubts_alone_is_not_approved(desk: Till, people: list[Person], at: datetime) -> None:
    for person in people:
        dies(person, desk, at)
    batch = desk.batch()
    with pytest.raises(Refused, match="No payment is left"):
        actions.approve_undoubted(batch, actor=desk.treasurer, at=at, reason="x")
    assert [state for _name, _fen, state in lines_of(batch)] == ["held"] * 3
