"""What the bank paid and sent back days later is set aside again, and paid with the next batch, once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, dues, held, till
from tests.areas.payments.test_batches import conserved

from songhe.areas.payments import actions
from songhe.areas.payments.models import Batch, PayLine, Receivable
from songhe.areas.registry.api import Enrolment
from songhe.core.refusal import Refused
from songhe.engines.acts.models import Act
from songhe.engines.ledger.api import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


def back(line: PayLine, desk: Till, at: datetime, *, on: date = date(2026, 11, 25)) -> PayLine:
    return actions.take_return(line, actor=desk.treasurer, at=at, reason="closed", on=on, reference="退票 17")


def test_money_that_came_back_waits_again(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    for name in "甲乙":
        account(caller(name), at)
    desk.give(100_000)
    office.posted()
    batch = desk.result(desk.released())
    line = PayLine.everywhere.get(batch=batch, person__name="甲")
    page, money = f"/payment-lines/{line.pk}/", signed_in(desk.treasurer)
    form = {"reason": "closed", "on": "2026-11-25", "reference": "退票 17"}
    assert money.post(page + "returned/", form | {"on": "2026-11-24"}).status_code == 422, "paid on the 25th"
    assert money.post(page + "returned/", form | {"reason": ""}).status_code == 422
    assert signed_in(desk.clerk).post(page + "returned/", form).status_code == 403
    assert money.post(page + "returned/", form).status_code == 302
    found = Batch.everywhere.get(pk=batch.pk)
    assert (found.state, found.paid_fen, found.failed_fen) == ("done", 3000, 3000)
    assert (balance_of("paid"), balance_of("payable"), held()) == (3000, 0, 3000)
    assert dues() == [("甲", 3000, True)]
    assert Act.objects.get(verb="payments.take_return").after["reference"] == "退票 17"
    with pytest.raises(Refused, match="Only a paid amount"):
        back(line, desk, at)
    again = PayLine.everywhere.get(batch=desk.batch())
    assert (again.fen, again.before, again.doubts) == (3000, "closed", ["failed"])
    assert faults() == []
    conserved()


def test_what_it_kept_back_is_owed_again(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    found = caller("甲")
    account(found, at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    desk.result(desk.released())
    Enrolment.everywhere.filter(person=found).update(until=date(2026, 9, 15))
    office.posted(date(2026, 10, 1))
    Enrolment.everywhere.filter(person=found).update(since=date(2026, 11, 1), until=None)
    office.posted()
    batch = desk.result(desk.released())
    assert Receivable.everywhere.get().back_fen == 200
    back(PayLine.everywhere.get(batch=batch), desk, at)
    assert Receivable.everywhere.get().back_fen == 0
    assert (dues(), held(), faults()) == ([("甲", 1000, True)], 1000, [])
    conserved()
