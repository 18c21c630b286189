"""What was paid too much comes back: kept back, paid back, written off by two, or owed by the estate."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests import make
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, till
from tests.areas.payments.test_batches import conserved

from songhe.areas.finance.api import Fen
from songhe.areas.payments import actions
from songhe.areas.payments.models import OwedState, PayLine, Receivable, Recovery
from songhe.areas.registry.api import Enrolment, Person
from songhe.core.refusal import Refused
from songhe.engines.ledger.api import faults

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


@pytest.fixture
def person(office: Office, caller: Caller, desk: Till, at: datetime) -> Person:
    """Somebody who was paid September and October, and then was found not to be due it."""
    found = caller("甲")
    account(found, at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    desk.result(desk.released())
    Enrolment.everywhere.filter(person=found).update(until=date(2026, 9, 15))
    office.posted(date(2026, 10, 1))
    return found


def test_it_is_kept_back_within_the_cap(office: Office, desk: Till, person: Person, at: datetime) -> None:
    owed = Receivable.everywhere.get()
    assert (owed.fen, owed.cause, owed.cap_bp, owed.state) == (2000, "fact", 2000, "open")
    Enrolment.everywhere.filter(person=person).update(since=date(2026, 11, 1), until=None)
    office.posted()
    batch = desk.batch()
    line = PayLine.everywhere.get(batch=batch)
    assert (line.gross_fen, line.withheld_fen, line.fen) == (1000, 200, 800)
    owed.refresh_from_db()
    assert owed.back_fen == 200
    actions.return_batch(batch, actor=desk.treasurer, at=at, reason="重做")
    owed.refresh_from_db()
    assert (owed.back_fen, Recovery.everywhere.count()) == (0, 2)
    actions.agree_cap(owed, actor=desk.clerk, at=at, percent=50, reason="本人同意")
    approved = desk.approved()
    assert (approved.fen, approved.withheld_fen) == (500, 500)
    desk.verify(approved)
    actions.release(approved, actor=desk.treasurer, at=at)
    desk.result(approved, 甲="frozen")
    owed.refresh_from_db()
    assert owed.back_fen == 0, "what is not paid keeps nothing back"
    assert desk.batch().fen == 500
    assert faults() == []
    conserved()


def test_it_is_paid_back_to_the_fund_once(desk: Till, person: Person, at: datetime) -> None:
    owed, before = Receivable.everywhere.get(), balance_of("fund")
    with pytest.raises(Refused, match=r"Only 20.00 yuan"):
        actions.pay_back(
            owed, actor=desk.clerk, at=at, amount=Fen(2001), on=date(2026, 11, 20), reference="R1"
        )
    actions.pay_back(owed, actor=desk.clerk, at=at, amount=Fen(500), on=date(2026, 11, 20), reference="R1")
    with pytest.raises(Refused, match="booked already"):
        actions.pay_back(
            owed, actor=desk.clerk, at=at, amount=Fen(500), on=date(2026, 11, 20), reference="R1"
        )
    actions.pay_back(owed, actor=desk.clerk, at=at, amount=Fen(1500), on=date(2026, 11, 20), reference="R2")
    owed.refresh_from_db()
    assert (owed.state, balance_of("fund") - before, faults()) == (OwedState.SETTLED, 2000, [])


def test_a_write_off_takes_two(desk: Till, person: Person, at: datetime) -> None:
    owed = Receivable.everywhere.get()
    make.grant(desk.treasurer, "county_officer", make.COUNTY)
    actions.ask_write_off(owed, actor=desk.treasurer, at=at, reason="无力偿还")
    with pytest.raises(Refused, match="yourself"):
        actions.write_off(owed, actor=desk.treasurer, at=at)
    actions.keep_claim(owed, actor=desk.second, at=at, reason="先约定抵扣")
    assert owed.state == OwedState.OPEN
    actions.ask_write_off(owed, actor=desk.clerk, at=at, reason="无力偿还")
    actions.write_off(owed, actor=desk.second, at=at)
    assert (owed.state, owed.open_fen) == (OwedState.WRITTEN_OFF, 0)


def test_after_a_death_the_estate_owes(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    dead = caller("乙")
    account(dead, at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    desk.result(desk.released())
    Person.everywhere.filter(pk=dead.pk).update(state="dead", died_on=date(2026, 9, 20))
    office.posted()
    owed = Receivable.everywhere.get()
    assert (owed.state, owed.cause, owed.fen) == (OwedState.ESTATE, "died", 1000)
    conserved()


def test_several_overpayments_together_keep_back_no_more_than_one(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    found = caller("甲")
    account(found, at)
    desk.give(100_000)
    office.posted()
    desk.result(desk.released())
    for day in (date(2026, 10, 15), date(2026, 9, 15)):  # each is found out by a run of its own
        Enrolment.everywhere.filter(person=found).update(until=day)
        office.posted()
    assert [row.fen for row in Receivable.everywhere.order_by("made_at", "id")] == [2000, 1000]
    Enrolment.everywhere.filter(person=found).update(until=None)
    office.posted()
    line = PayLine.everywhere.get(batch=desk.batch())
    assert (line.gross_fen, line.withheld_fen) == (3000, 600)


def test_what_was_written_off_is_owed_again_where_a_payment_that_kept_it_back_fails(
    office: Office, desk: Till, person: Person, at: datetime
) -> None:
    Enrolment.everywhere.filter(person=person).update(since=date(2026, 11, 1), until=None)
    office.posted()
    batch, owed = desk.released(), Receivable.everywhere.get()
    assert owed.back_fen == 200
    actions.ask_write_off(owed, actor=desk.clerk, at=at, reason="无力偿还")
    actions.write_off(owed, actor=desk.second, at=at)
    desk.result(batch, 甲="frozen")
    owed.refresh_from_db()
    assert (owed.state, owed.open_fen) == (OwedState.OPEN, 200)
    conserved()
