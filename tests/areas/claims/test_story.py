"""A month from the organisation's lines to the money: who sees it, who does what, and that every fen is somewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.areas.claims import made

from songhe.areas.claims.models import Claim, ClaimLine, LineState, SampleCheck, State, TownPart
from songhe.areas.contracts.api import charge
from songhe.areas.contracts.models import Contract, Service, Stage, Use
from songhe.areas.finance import actions as finance
from songhe.areas.finance.models import Line, Settlement
from songhe.areas.visits.models import Order, OrderState, Visit
from songhe.engines.access.api import SYSTEM
from songhe.engines.ledger.api import balance, faults
from songhe.engines.vault.models import Attachment
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db


def test_a_month_from_the_lines_to_the_money() -> None:
    town, fund = made.town(), made.fund()
    visits = [made.given(town, day) for day in (3, 10, 17)]
    made.granted(town, 180)
    claim = made.accepted(town)
    assert (claim.state, claim.visits, claim.claimed_fen) == (State.ACCEPTED, 3, 3 * made.PRICE)
    assert made.adds_up(claim)
    settlement = claim.settlement
    assert settlement is not None
    assert (settlement.fen, settlement.deducted_fen, settlement.source_id) == (
        claim.net_fen,
        claim.deducted_fen,
        claim.pk,
    )
    money = made.client("finance_officer")
    assert money.post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    assert money.post(f"/settlements/{settlement.pk}/approve/").status_code == 422
    claim.refresh_from_db()
    assert claim.state == State.APPROVED
    assert balance(finance.owed_account(settlement, at=now())) == claim.net_fen
    assert balance(finance.fund_account(fund, at=now())) == 1_000_000 - claim.net_fen
    assert (
        Visit.everywhere.filter(pk__in=[one.pk for one in visits], settled_in=settlement.number).count() == 3
    )
    paid = {"paid_on": made.today().isoformat(), "reference": "国库1"}
    assert money.post(f"/settlements/{settlement.pk}/pay/", paid).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, faults()) == (State.PAID, [])
    page = money.get(f"/claims/{claim.pk}/").content.decode()
    assert "240.00" in page


def test_each_visit_says_what_becomes_of_it() -> None:
    town = made.town()
    made.fund(fen=2 * made.PRICE)
    for day in (3, 4, 5, 6):
        made.given(town, day)
    made.given(town, 7, flags=["far"])
    Visit.everywhere.filter(pk=made.given(town, 8).pk).update(rejected_at=now())
    made.given(town, 9, paid_by="self")
    made.granted(town, 150)
    claim = made.drawn_up(town)
    assert [line.state for line in made.lines(claim)] == [
        LineState.PAYABLE, LineState.PAYABLE, LineState.BUDGET, LineState.GRANT, LineState.UNVERIFIED, LineState.REJECTED,
    ]  # fmt: skip
    assert (claim.visits, claim.left_out, claim.claimed_fen) == (2, 4, 2 * made.PRICE)
    page = made.client("organisation_manager", holder=town.organisation).get(f"/claims/{claim.pk}/")
    assert "超出预算" in page.content.decode()
    assert "超出待遇" in page.content.decode()


def test_who_sees_and_who_may() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    claim = made.filed(town)
    page, line = f"/claims/{claim.pk}/", made.lines(claim)[0]
    part = TownPart.everywhere.get(claim=claim)
    rival = made.client("organisation_manager", holder=town.rival)
    neighbour = made.client("county_officer", make.OTHER_COUNTY)
    for stranger in (rival, neighbour, made.client("town_officer", make.town(make.OTHER_COUNTY))):
        for address in (page, f"/claim-lines/{line.pk}/", f"/town-acceptances/{part.pk}/"):
            assert stranger.get(address).status_code == 404, address
        assert stranger.post(f"{page}withdraw/", {"reason": "x"}).status_code in (403, 404)
    assert made.client("worker", holder=town.worker).get(page).status_code == 403
    assert Client().get(page).status_code == 302
    (file,) = Attachment.everywhere.filter(about_id=claim.pk)
    assert made.client("finance_officer").get(f"/files/{file.pk}/full/").content == made.PDF
    assert rival.get(f"/files/{file.pk}/full/").status_code == 404
    assert made.client("hotline_agent").get(f"/files/{file.pk}/full/").status_code == 404
    own = make.town(nth=1)
    assert made.client("town_officer", own).get(f"/town-acceptances/{part.pk}/").status_code == 404
    assert neighbour.post(f"{page}draw_sample/").status_code == 404


def test_an_invoice_that_does_not_fit_is_refused() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.drawn_up(town, manager)
    address = f"/claims/{claim.pk}/enter_invoice/"
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 422
    bad = (
        {"amount": "100.00"}, {"amount": "-80.00"}, {"amount": "0"}, {"amount": "80.001"}, {"number": " "},
        {"on": (made.today() + timedelta(days=1)).isoformat()}, {"on": "2020-01-01"},
        {"file": SimpleUploadedFile("x.pdf", b"MZ program", "application/pdf")},
        {"file": SimpleUploadedFile("x.pdf", b"", "application/pdf")},
    )  # fmt: skip
    for values in bad:
        assert manager.post(address, made.invoice(claim, **values)).status_code == 422, values
    assert not Attachment.everywhere.exists()
    more = made.invoice(claim, amount="100.00", difference="含上月补差")
    assert manager.post(address, more).status_code == 302
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": "0" * 64}).status_code == 422
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 302
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 422
    assert manager.post(address, made.invoice(claim)).status_code == 422


def test_lines_that_changed_since_are_not_filed_unseen_and_late_ones_come_next() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    late = made.given(town, 4, flags=["far"])
    made.granted(town, 120)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.drawn_up(town, manager)
    assert manager.post(f"/claims/{claim.pk}/enter_invoice/", made.invoice(claim)).status_code == 302
    Visit.everywhere.filter(pk=late.pk).update(verified_at=now())
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 422
    assert manager.post(f"/claims/{claim.pk}/refresh/").status_code == 302
    claim.refresh_from_db()
    assert claim.claimed_fen == 2 * made.PRICE
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 422, (
        "the invoice is too low now"
    )
    Visit.everywhere.filter(pk=late.pk).update(verified_at=None)
    manager.post(f"/claims/{claim.pk}/refresh/")
    claim.refresh_from_db()
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 302
    Visit.everywhere.filter(pk=late.pk).update(verified_at=now())
    before = (made.last_month() - timedelta(days=1)).replace(day=1)
    Claim.everywhere.filter(pk=claim.pk).update(month=before)
    ClaimLine.everywhere.filter(claim=claim).update(on=before)
    Visit.everywhere.update(arrived_at=made.now_in(before))
    made.granted(town, 120, before)
    made.given(town, 5)
    following = made.drawn_up(town, manager)
    assert [line.visit_id for line in made.lines(following) if line.on.month == before.month] == [late.pk]
    assert following.visits == 2


def test_a_visit_is_paid_once_by_either_way() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    manager, officer = (
        made.client("organisation_manager", holder=town.organisation),
        made.client("county_officer"),
    )
    month = {"region": make.COUNTY, "month": made.last_month().isoformat()}
    assert officer.post("/settlements/do/prepare_month/", month).status_code == 302
    answer = manager.post("/claims/do/draw_up/", month | {"organisation": str(town.organisation.pk)})
    claim = Claim.everywhere.filter(organisation=town.organisation).first()
    assert answer.status_code == 302 and claim is not None and not claim.visits, (
        "what a settlement holds is not claimed"
    )
    settlement = Settlement.everywhere.get()
    money = made.client("finance_officer")
    assert money.post(f"/settlements/{settlement.pk}/return/", {"reason": "请核对"}).status_code == 302
    assert officer.post("/settlements/do/prepare_month/", month).status_code == 422, "the organisation claims"
    manager.post(f"/claims/{claim.pk}/refresh/")
    claim.refresh_from_db()
    assert claim.visits == 1
    assert (
        manager.post("/claims/do/draw_up/", month | {"organisation": str(town.organisation.pk)}).status_code
        == 422
    )
    assert manager.post(f"/claims/{claim.pk}/withdraw/", {"reason": "改由县里结算"}).status_code == 302
    assert officer.post("/settlements/do/prepare_month/", month).status_code == 302
    assert Line.everywhere.filter(active=True).count() == 1


def test_nobody_accepts_what_he_had_a_hand_in() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    manager, first, second = (
        made.client("organisation_manager", holder=town.organisation),
        made.client("county_officer"),
        made.client("county_officer"),
    )
    claim = made.filed(town, manager)
    page = f"/claims/{claim.pk}/"
    assert first.post(f"{page}score/").status_code == 422, "no sample yet"
    part = TownPart.everywhere.get(claim=claim)
    caller = made.client("town_officer", part.region_id)
    accepting = f"/town-acceptances/{part.pk}/accept/"
    assert caller.post(accepting).status_code == 422, "no sample yet"
    assert first.post(f"{page}draw_sample/").status_code == 302
    assert first.post(f"{page}draw_sample/").status_code == 422
    check = SampleCheck.everywhere.get(claim=claim)
    assert made.client("town_officer", part.region_id).post(accepting).status_code == 422, (
        "the sample is open"
    )
    assert first.post(f"{page}score/").status_code == 422
    assert (
        caller.post(f"/claim-samples/{check.pk}/check/", {"how": "visited", "found": "given"}).status_code
        == 302
    )
    assert caller.post(accepting).status_code == 422, "who checked does not accept"
    assert first.post(f"{page}score/").status_code == 422, "the town has not accepted"
    made.accepted_by_towns(claim)
    assert first.post(f"{page}score/").status_code == 302
    assert second.post(f"{page}accept/").status_code == 422, "the organisation may dispute"
    assert manager.post(f"{page}agree/").status_code == 302
    assert first.post(f"{page}accept/").status_code == 422, "who sampled does not accept"
    assert second.post(f"{page}accept/").status_code == 302
    assert second.post(f"{page}accept/").status_code == 422
    assert Settlement.everywhere.count() == 1


def test_what_finance_returns_is_drawn_up_anew() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    claim = made.accepted(town)
    manager, money = (
        made.client("organisation_manager", holder=town.organisation),
        made.client("finance_officer"),
    )
    assert claim.settlement is not None
    sent = money.post(f"/settlements/{claim.settlement.pk}/return/", {"reason": "发票抬头有误"})
    assert sent.status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.reason) == (State.RETURNED, "发票抬头有误")
    assert not ClaimLine.everywhere.filter(active=True).exists()
    assert "发票抬头有误" in manager.get(f"/claims/{claim.pk}/").content.decode()
    assert manager.post(f"/claims/{claim.pk}/draw_again/").status_code == 302
    assert manager.post(f"/claims/{claim.pk}/draw_again/").status_code == 422
    again = Claim.everywhere.get(follows=claim)
    assert (again.state, again.claimed_fen) == (State.DRAFT, made.PRICE)
    assert manager.post(f"/claims/{again.pk}/enter_invoice/", made.invoice(claim)).status_code == 302
    assert manager.post(f"/claims/{again.pk}/file/", {"seen": again.hash}).status_code == 302


def test_the_fund_never_pays_more_than_it_has(at: datetime) -> None:
    town = made.town()
    fund = made.fund()
    for day in (3, 4, 5):
        made.given(town, day)
    made.granted(town, 180)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.scored(town, manager=manager)
    manager.post(f"/claims/{claim.pk}/agree/")
    other = finance.place_account(make.COUNTY, "paid", unit=finance.Unit.FEN, at=at)
    left = 2 * made.PRICE
    finance.post(
        finance.carry(finance.fund_account(fund, at=at).pk, other.pk, 1_000_000 - left), key="away", kind="finance.pay",
        at=at, actor=SYSTEM,
    )  # fmt: skip
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    claim.refresh_from_db()
    assert made.adds_up(claim)
    states = [line.state for line in made.lines(claim)]
    assert states == [LineState.PAYABLE, LineState.PAYABLE, LineState.BUDGET]
    assert claim.net_fen <= left
    assert claim.settlement is not None
    assert (
        made.client("finance_officer").post(f"/settlements/{claim.settlement.pk}/approve/").status_code == 302
    )
    assert faults() == []


def test_what_came_into_doubt_since_waits() -> None:
    town = made.town()
    made.fund()
    visits = [made.given(town, day) for day in (3, 4)]
    made.granted(town, 120)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.scored(town, manager=manager)
    manager.post(f"/claims/{claim.pk}/agree/")
    Visit.everywhere.filter(pk=visits[1].pk).update(flags=["doubtful"], verified_at=None)
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    assert [line.state for line in made.lines(claim)] == [LineState.PAYABLE, LineState.CHANGED]
    assert made.adds_up(claim)
    assert not ClaimLine.everywhere.filter(visit_id=visits[1].pk, active=True).exists()


def test_the_running_month_and_foreign_organisations_are_refused() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    manager = made.client("organisation_manager", holder=town.organisation)
    form = {
        "organisation": str(town.organisation.pk),
        "region": make.COUNTY,
        "month": made.today().isoformat(),
    }
    assert manager.post("/claims/do/draw_up/", form).status_code == 422
    form["month"] = made.last_month().isoformat()
    assert manager.post("/claims/do/draw_up/", form | {"organisation": str(town.rival.pk)}).status_code == 422
    assert manager.post("/claims/do/draw_up/", form | {"region": make.CITY}).status_code == 422
    assert manager.post("/claims/do/draw_up/", form | {"month": "gestern"}).status_code == 422
    assert not Claim.everywhere.exists()


def test_what_is_charged_for_a_visit_in_vain_stays_with_whom_it_was_booked() -> None:
    town = made.town()
    made.fund()
    made.granted(town, 60)
    Service.everywhere.filter(organisation_id=town.organisation.pk, item="0103").update(fen=9_000)
    vain = made.given(town, 3)
    contract = vain.order.contract_id
    charge(vain.order_id, vain.pk, percent=50, minutes=30, draws=True, at=now())
    Visit.everywhere.filter(pk=vain.pk).update(
        state="in_vain",
        outcome="absent",
        waited=20,
        minutes=None,
        left_at=None,
        charge_percent=50,
        charge_minutes=30,
    )
    other = Contract.everywhere.get(organisation=town.rival)
    Order.everywhere.filter(pk=vain.order_id).update(
        state=OrderState.RECEIVED, organisation=town.rival, contract=other
    )
    claim = made.accepted(town)
    (line,) = made.lines(claim)
    assert (claim.contract_id, line.contract_id, line.state) == (contract, contract, LineState.PAYABLE)
    assert line.claimed_fen == 4_500
    answer = made.client("finance_officer").post(f"/settlements/{claim.settlement_id}/approve/")
    assert answer.status_code == 302
    assert Use.everywhere.get(order_id=vain.pk).stage == Stage.SETTLED


def test_a_doubt_about_a_visit_in_vain_is_listed_with_the_contract_it_was_booked_on() -> None:
    town = made.town()
    made.fund()
    made.granted(town, 60)
    vain = made.given(town, 3, flags=["far"])
    contract = vain.order.contract_id
    charge(vain.order_id, vain.pk, percent=50, minutes=30, draws=True, at=now())
    Visit.everywhere.filter(pk=vain.pk).update(
        state="in_vain",
        outcome="absent",
        waited=20,
        minutes=None,
        left_at=None,
        charge_percent=50,
        charge_minutes=30,
    )
    Order.everywhere.filter(pk=vain.order_id).update(
        state=OrderState.RECEIVED, organisation=None, contract=None
    )
    claim = made.drawn_up(town)
    (line,) = made.lines(claim)
    assert (claim.contract_id, line.contract_id, line.state) == (contract, contract, LineState.UNVERIFIED)
