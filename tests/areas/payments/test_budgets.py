"""Budget lines: what is set aside, what happens where money is lacking, and rules of the money."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, dues, held, till

from songhe.areas.payments import actions
from songhe.areas.payments.models import BudgetLine, Posting, Run
from songhe.areas.payments.queries.desk import desk_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope
from songhe.engines.ledger.api import faults

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


def by(desk: Till, shortfall: str) -> None:
    BudgetLine.everywhere.filter(pk=desk.line.pk).update(shortfall=shortfall)


def test_a_shortfall_blocks_the_run_and_says_by_how_much(office: Office, caller: Caller, desk: Till) -> None:
    caller("甲"), caller("乙")
    by(desk, "block")
    desk.give(4_000)
    with pytest.raises(Refused, match=r"is 20.00 yuan short: 60.00 are needed, 40.00 are available"):
        office.posted()
    run = Run.everywhere.get()
    assert (run.state, held(), dues(), faults()) == ("ready", 0, [], [])
    desk.give(2_000)
    actions.post_run(run, actor=office.treasurer, at=office.at)
    assert held() == 6_000


def test_a_queue_pays_the_oldest_month_first(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    caller("甲", since=date(2026, 11, 1)), caller("乙", since=date(2026, 9, 1))
    by(desk, "queue")
    desk.give(3_000)
    office.posted()
    assert dues() == [("乙", 3000, True), ("甲", 1000, False)]
    desk.give(1_000)
    assert dues() == [("乙", 3000, True), ("甲", 1000, True)]
    assert faults() == []


def test_pro_rata_gives_everybody_the_same_share(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    for name in "甲乙":
        account(caller(name), at)
    by(desk, "pro_rata")
    desk.give(3_000)
    office.posted()
    assert sorted(dues()) == [
        ("乙", 1500, False),
        ("乙", 1500, True),
        ("甲", 1500, False),
        ("甲", 1500, True),
    ]
    batch = desk.approved()
    assert (batch.fen, batch.parts, held()) == (3000, {"city": 1500, "county": 1500}, 0)
    desk.give(3_000)
    desk.verify(batch)
    actions.release(batch, actor=desk.treasurer, at=at)
    desk.result(batch)
    assert desk.approved().fen == 3000
    assert faults() == []


def test_without_a_line_what_is_due_waits(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    account(caller("甲"), at)
    office.posted()
    with pytest.raises(Refused, match=r"30.00 yuan are due, but no money"):
        desk.batch()


def test_odd_fen_never_leave_a_level_short(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    for name in "甲乙丙":
        account(caller(name), at)
    desk.line.levels.filter(level="city").update(share_bp=3333)
    desk.line.levels.filter(level="county").update(share_bp=6667)
    for _turn in range(2):
        desk.give(10_000)
    office.posted()
    batch = desk.batch()
    from songhe.areas.payments.models import PayLine

    actions.take_out(PayLine.everywhere.filter(batch=batch).first(), actor=desk.clerk, at=at, reason="x")
    batch.refresh_from_db()
    actions.approve_batch(batch, actor=desk.treasurer, at=at)
    assert sum(batch.parts.values()) == 6000 and held() == 3000
    assert batch.parts == {"city": 2000, "county": 4000}
    assert faults() == []


def test_tied_money_reaches_its_purpose_only(desk: Till, at: datetime) -> None:
    grant = desk.receive("central_home_care", 5_343_000_000 - 100)
    with pytest.raises(Refused, match="is earmarked"):
        actions.allot_line(
            desk.line, actor=desk.treasurer, at=at, source=grant, amount=actions_fen(1), document="1"
        )
    beds = actions.open_line(actor=desk.treasurer, at=at, fund=desk.fund, code="family_beds")
    actions.allot_line(beds, actor=desk.treasurer, at=at, source=grant, amount=actions_fen(500), document="1")
    actions.allot_line(beds, actor=desk.treasurer, at=at, source=grant, amount=actions_fen(500), document="1")
    assert balance_of("budget:centre") == 500, "a number is booked once"
    with pytest.raises(Refused, match="in all"):
        desk.receive("central_home_care", 101)
    county = desk.receive("city", 10)
    with pytest.raises(Refused, match="left"):
        actions.allot_line(
            beds, actor=desk.treasurer, at=at, source=county, amount=actions_fen(11), document="2"
        )


def actions_fen(fen: int) -> object:
    from songhe.areas.finance.api import Fen

    return Fen(fen)


def test_lottery_money_keeps_its_least_share(desk: Till) -> None:
    with pytest.raises(Refused, match="Enter the total"):
        desk.receive("lottery", 100)
    with pytest.raises(Refused, match=r"At least 50 % of .* 10.01 yuan of 20.01"):
        desk.receive("lottery", 1_000, whole=2_001)
    assert desk.receive("lottery", 1_001, whole=2_001).whole_fen == 2_001
    with pytest.raises(Refused, match="no share in this line"):
        actions.allot_line(
            desk.line, actor=desk.treasurer, at=desk.at, source=desk.receive("province", 5), amount=actions_fen(5), document="3"
        )  # fmt: skip
    desk.receive("province", 5, document="同文号")
    with pytest.raises(Refused, match="booked already"):
        desk.receive("province", 5, document="同文号")


def test_the_desk_adds_up(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    for name in "甲乙丙":
        account(caller(name), at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    batch = desk.released()
    desk.result(batch, 丙="frozen")
    office.posted()
    (place,) = desk_of(Scope.EVERYTHING, 2026)
    assert [(m.posted, m.paid, m.waiting, m.failed) for m in place.months] == [
        (6000, 4000, 2000, 2000),
        (3000, 0, 3000, 0),
    ]
    assert all(month.adds_up for month in place.months)
    total = place.lines[0].total
    assert (total.allotted, total.held, total.spent, total.left) == (100_000, 5_000, 4_000, 91_000)
    assert Posting.everywhere.count()


def test_a_line_that_blocks_can_be_given_money_level_by_level(
    office: Office, caller: Caller, at: datetime
) -> None:
    caller("甲"), caller("乙")
    office.posted()
    desk = till(at)  # the line is opened after the run: what was posted waits for it
    by(desk, "block")
    desk.give(4_000)
    assert sorted(covered for _name, _fen, covered in dues()) == [False, True]
    desk.give(2_000)
    assert (held(), faults()) == (6_000, [])


def test_a_line_that_blocks_takes_back_what_the_bank_did_not_pay(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    from songhe.areas.registry.api import Enrolment

    found = caller("甲")
    account(found, at)
    by(desk, "block")
    desk.give(3_000)
    office.posted(date(2026, 10, 1))
    desk.result(desk.released())
    Enrolment.everywhere.update(until=date(2026, 9, 15))
    office.posted(date(2026, 10, 1))
    Enrolment.everywhere.update(since=date(2026, 11, 1), until=None)
    office.posted()
    batch = desk.released()
    assert (batch.withheld_fen, batch.fen) == (200, 800)
    desk.line.levels.filter(level="city").update(
        share_bp=9_000
    )  # the shares changed meanwhile: not all fits again
    desk.line.levels.filter(level="county").update(share_bp=1_000)
    desk.result(batch, 甲="frozen")
    batch.refresh_from_db()
    assert (batch.state, batch.failed_fen, dues(), faults()) == ("done", 800, [("甲", 1000, False)], [])


def test_the_last_fen_of_a_budget_is_paid(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    account(caller("甲"), at)
    by(desk, "block")
    desk.give(3_000)
    office.posted()
    assert desk.result(desk.released()).paid_fen == 3_000
    assert (balance_of("budget:city"), balance_of("budget:county"), held(), faults()) == (0, 0, 0, [])
