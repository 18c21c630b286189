"""From posted runs to money on an account, and back where it failed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from tests import make
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import (
    Till,
    account,
    balance_of,
    card,
    dues,
    held,
    lines_of,
    till,
    village_account,
)

from songhe.areas.payments import actions
from songhe.areas.payments.models import Batch, BatchState, Due, LineState, PayCheck, PayLine, Posting
from songhe.areas.registry.api import Death, Person
from songhe.core.refusal import Refused
from songhe.engines.ledger.api import faults

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


def test_from_a_run_to_the_account(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    people = [caller(name) for name in "甲乙丙"]
    for person in people:
        account(person, at)
    desk.give(100_000)
    office.posted()
    assert (held(), dues()) == (9000, [("丙", 3000, True), ("乙", 3000, True), ("甲", 3000, True)])
    batch = desk.approved()
    assert (batch.state, batch.lines, batch.fen, batch.parts) == (
        "approved",
        3,
        9000,
        {"city": 4500, "county": 4500},
    )
    assert (held(), balance_of("payable"), balance_of("budget:city")) == (0, 9000, 45_500)
    with pytest.raises(Refused, match="not verified"):
        actions.release(batch, actor=desk.treasurer, at=at)
    desk.verify(batch)
    actions.release(batch, actor=desk.treasurer, at=at)
    assert len(batch.file_hash) == 64
    desk.result(batch, 丙="closed")
    batch.refresh_from_db()
    assert (batch.state, batch.paid_fen, batch.failed_fen) == ("done", 6000, 3000)
    assert (balance_of("payable"), balance_of("paid"), held()) == (0, 6000, 3000)
    assert dues() == [("丙", 3000, True)]
    again = desk.batch()
    assert lines_of(again) == [("丙", 3000, "held")], "the same account would fail again"
    line = PayLine.everywhere.get(batch=again)
    assert (line.before, line.doubts) == ("closed", ["failed"])
    account(people[2], at)
    actions.recheck(again, actor=desk.clerk, at=at)
    assert lines_of(again) == [("丙", 3000, "ready")]
    assert faults() == []
    conserved()


def conserved() -> None:
    """What runs posted is paid, on its way, waiting, or owed back."""
    posted = Posting.everywhere.filter(run__state="posted").aggregate(n=Sum("fen"))["n"] or 0
    rows = list(Due.everywhere.select_related("line"))
    assert sum(row.fen for row in rows) == posted
    assert sum(row.fen for row in rows if row.netted) == 0
    in_lines = (
        PayLine.everywhere.filter(state__in=["ready", "held", "paid"]).aggregate(n=Sum("gross_fen"))["n"] or 0
    )
    assert sum(row.fen for row in rows if row.line_id) == in_lines


def test_what_is_taken_back_is_netted_before_it_is_paid(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    from songhe.areas.registry.api import Enrolment

    person = caller("甲")
    account(person, at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    Enrolment.everywhere.filter(person=person).update(until=date(2026, 10, 15))
    office.posted()
    assert (dues(), held()) == ([("甲", 1000, True)], 1000)
    assert lines_of(desk.batch()) == [("甲", 1000, "ready")]
    conserved()
    assert faults() == []


def test_who_prepares_does_not_approve_and_large_sums_take_two(
    office: Office, caller: Caller, desk: Till, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    account(caller("甲"), at)
    desk.give(100_000)
    office.posted()
    batch = desk.batch()
    make.grant(desk.clerk, "finance_officer", make.COUNTY)
    with pytest.raises(Refused, match="yourself"):
        actions.approve_batch(batch, actor=desk.clerk, at=at)
    from songhe.areas.payments.paying import BatchTerms

    monkeypatch.setattr(BatchTerms, "approvals", lambda self, fen: 2)
    actions.approve_batch(batch, actor=desk.treasurer, at=at)
    assert batch.state == BatchState.PREPARED
    with pytest.raises(Refused, match="yourself"):
        actions.approve_batch(batch, actor=desk.treasurer, at=at)
    actions.approve_batch(batch, actor=desk.second, at=at)
    assert (batch.state, batch.approved_by_id, batch.second_by_id) == (
        "approved",
        desk.treasurer.pk,
        desk.second.pk,
    )


def test_doubts_stop_a_batch_until_each_is_decided(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    one, two, three, four, five = (caller(name) for name in "甲乙丙丁戊")
    number, village = card(), card()
    account(one, at, number=number), account(two, at, number=number)
    village_account(three, at, village), village_account(four, at, village)
    Death.everywhere.create(
        person=four, region_id=four.region_id, died_on=date(2026, 11, 20), source="family", reported_by_id=desk.clerk.pk,
        reported_at=at,
    )  # fmt: skip
    desk.give(100_000)
    office.posted()
    batch = desk.batch()
    found = {
        row.person.name: row.doubts for row in PayLine.everywhere.filter(batch=batch).select_related("person")
    }
    assert found == {"甲": ["shared"], "乙": ["shared"], "丙": [], "丁": ["death"], "戊": ["no_account"]}
    with pytest.raises(Refused, match="4 payments are doubtful"):
        actions.approve_batch(batch, actor=desk.treasurer, at=at)
    line = {row.person_id: row for row in PayLine.everywhere.filter(batch=batch)}
    for person in (one, two):
        actions.confirm_line(line[person.pk], actor=desk.clerk, at=at, reason="夫妻共用一卡")
    actions.take_out(line[four.pk], actor=desk.clerk, at=at, reason="核实死亡")
    with pytest.raises(Refused, match="no account in use"):
        actions.confirm_line(line[five.pk], actor=desk.clerk, at=at, reason="x")
    account(five, at)
    actions.recheck(batch, actor=desk.clerk, at=at)
    assert [state for _name, _fen, state in lines_of(batch)].count("ready") == 4
    Person.everywhere.filter(pk=three.pk).update(died_on=date(2026, 11, 1), state="dead")
    with pytest.raises(Refused, match="new has become known"):
        actions.approve_batch(batch, actor=desk.treasurer, at=at)
    actions.recheck(batch, actor=desk.clerk, at=at)
    actions.confirm_line(
        PayLine.everywhere.get(batch=batch, person=three), actor=desk.clerk, at=at, reason="十一月前应发"
    )
    batch.refresh_from_db()
    actions.approve_batch(batch, actor=desk.treasurer, at=at)
    assert (batch.lines, batch.fen) == (4, 12_000)
    assert dues() == [("丁", 3000, True)] and held() == 3000
    conserved()


def test_a_returned_batch_frees_what_is_due(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    account(caller("甲"), at)
    desk.give(100_000)
    office.posted()
    batch = desk.batch()
    with pytest.raises(Refused, match="is being prepared"):
        desk.batch()
    actions.return_batch(batch, actor=desk.treasurer, at=at, reason="重做")
    assert dues() == [("甲", 3000, True)]
    assert desk.batch().fen == 3000


def test_a_wrong_sample_stops_a_batch_until_it_is_stopped_and_explained(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    for name in "甲乙":
        account(caller(name), at)
    desk.give(100_000)
    office.posted()
    batch = desk.approved()
    first = PayCheck.everywhere.filter(batch=batch).order_by("line__seq").first()
    assert first is not None
    with pytest.raises(Refused, match="Say what is wrong"):
        actions.verify(first, actor=desk.visitor, at=at, how="visited", found="wrong")
    with pytest.raises(Refused, match="yourself"):
        actions.verify(first, actor=desk.clerk, at=at, how="visited", found="right")
    actions.verify(first, actor=desk.visitor, at=at, how="visited", found="wrong", note="已去世")
    desk.verify(batch)
    with pytest.raises(Refused, match="1 are wrong"):
        actions.release(batch, actor=desk.treasurer, at=at)
    with pytest.raises(Refused, match="Stop them first"):
        actions.explain_sample(batch, actor=desk.treasurer, at=at, reason="x")
    actions.stop_line(PayLine.everywhere.get(pk=first.line_id), actor=desk.treasurer, at=at, reason="已去世")
    actions.explain_sample(batch, actor=desk.treasurer, at=at, reason="另一笔已核实")
    actions.release(batch, actor=desk.treasurer, at=at)
    batch.refresh_from_db()
    assert (batch.fen, batch.failed_fen, balance_of("payable"), held()) == (6000, 3000, 3000, 3000)
    desk.result(batch)
    assert (balance_of("payable"), balance_of("paid"), faults()) == (0, 3000, [])
    conserved()


def test_a_result_twice_changes_nothing(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    account(caller("甲"), at)
    desk.give(100_000)
    office.posted()
    batch = desk.released()
    line = PayLine.everywhere.get(batch=batch)
    for _turn in range(2):
        fresh = PayLine.everywhere.get(pk=line.pk)
        actions.take_results(
            batch,
            actor=desk.treasurer,
            at=at,
            results=[actions.Result(fresh, paid=True, on=date(2026, 11, 25))],
        )
    late = actions.Result(PayLine.everywhere.get(pk=line.pk), paid=False, reason="closed")
    actions.take_results(batch, actor=desk.treasurer, at=at, results=[late])
    assert (balance_of("paid"), balance_of("payable")) == (3000, 0)
    assert PayLine.everywhere.get(pk=line.pk).state == LineState.PAID


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (PayLine, {"fen": 1, "gross_fen": 1}),
        (Batch, {"fen": 5}),
        (Batch, {"paid_fen": 1}),
        (Batch, {"journal": None}),
    ],
)
def test_the_database_refuses_what_does_not_add_up(
    office: Office, caller: Caller, desk: Till, at: datetime, model: type, change: dict
) -> None:
    account(caller("甲"), at)
    desk.give(100_000)
    office.posted()
    desk.approved()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.everywhere.update(**change)
