"""Whatever happens in whatever order, every fen posted is waiting, in a batch, paid, or owed back."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime

import pytest
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, held, till
from tests.areas.payments.test_batches import conserved

from songhe.areas.payments import actions
from songhe.areas.payments.models import Batch, Due, LineState, PayLine
from songhe.areas.registry.api import Enrolment
from songhe.core.refusal import Refused
from songhe.engines.ledger.api import faults

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.parametrize("seed", range(4))
def test_money_is_conserved(seed: int, office: Office, caller: Caller, at: datetime) -> None:
    dice, desk = random.Random(seed), till(office.at)
    people = [caller(name, since=dice.choice(MONTHS)) for name in "甲乙丙丁"]
    for person in people[:3]:
        account(person, at)
    desk.give(20_000)
    for step in (post, prepare, *dice.choices(STEPS, k=12)):
        with suppress(Refused):
            step(desk, office, dice)
        conserved()
        covered = sum(Due.everywhere.filter(covered=True, line=None).values_list("fen", flat=True))
        gross = PayLine.everywhere.filter(batch__state="prepared", state__in=["ready", "held"])
        assert held() == covered + sum(gross.values_list("gross_fen", flat=True))
        on_way = PayLine.everywhere.filter(batch__state__in=["approved", "released"], state="ready")
        assert balance_of("payable") == sum(on_way.values_list("fen", flat=True))
        assert faults() == []
    assert Batch.everywhere.exists(), "something was paid or was about to be"


def give(desk: Till, office: Office, dice: random.Random) -> None:
    desk.give(dice.choice([1_000, 3_000, 50_000]))


def post(desk: Till, office: Office, dice: random.Random) -> None:
    office.posted(dice.choice(MONTHS))


def change(desk: Till, office: Office, dice: random.Random) -> None:
    row = dice.choice(list(Enrolment.everywhere.order_by("pk")))
    Enrolment.everywhere.filter(pk=row.pk).update(
        until=dice.choice([None, date(2026, 9, 15), date(2026, 10, 15)])
    )
    office.posted(date(2026, 11, 1))


def prepare(desk: Till, office: Office, dice: random.Random) -> None:
    batch = desk.batch()
    for line in PayLine.everywhere.filter(batch=batch, state=LineState.HELD):
        actions.take_out(line, actor=desk.clerk, at=desk.at, reason="无账户")


def decide(desk: Till, office: Office, dice: random.Random) -> None:
    batch = Batch.everywhere.filter(state="prepared").first()
    if batch is not None and dice.random() < 0.3:
        actions.return_batch(batch, actor=desk.treasurer, at=desk.at, reason="重做")
    elif batch is not None:
        actions.approve_batch(batch, actor=desk.treasurer, at=desk.at)


def pay(desk: Till, office: Office, dice: random.Random) -> None:
    for batch in Batch.everywhere.filter(state="approved"):
        desk.verify(batch)
        actions.release(batch, actor=desk.treasurer, at=desk.at)
        desk.result(batch, **{name: "frozen" for name in "甲乙丙" if dice.random() < 0.4})


STEPS: list[Callable[[Till, Office, random.Random], None]] = [
    give,
    post,
    change,
    prepare,
    prepare,
    decide,
    decide,
    pay,
    pay,
]
