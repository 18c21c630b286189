"""A complaint that is decided again after a claim has borne it: less is given back with the next claim, more is taken of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.utils.timezone import make_aware
from tests.areas.claims import made
from tests.areas.hotline.samples import complaints
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.claims.models import Claim
from songhe.areas.claims.queries.fines import Fine, fines
from songhe.areas.finance import actions as finance
from songhe.areas.finance.models import Fund
from songhe.areas.hotline.api import Complaint
from songhe.engines.ledger.api import balance, faults
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]
FINE = made.PRICE // 2
LAST = made.last_month()
BEFORE = (LAST - timedelta(days=1)).replace(day=1)


@pytest.fixture
def town() -> visits.Town:
    """Two visits in each of two months, which the grants reach."""
    where = made.town()
    for year in {LAST.year, BEFORE.year}:
        made.fund(year=year)
    for month in (BEFORE, LAST):
        for day in (3, 4):
            made.given(where, day, month=month)
        made.granted(where, 120, month)
    return where


@pytest.fixture
def borne(town: visits.Town) -> Complaint:
    """A complaint whose deduction the claim of the month before last has borne; that claim is paid."""
    (complaint,) = complaints(1, town.person.region_id)
    Complaint.everywhere.filter(pk=complaint.pk).update(organisation=town.organisation, finding="founded")
    decided(complaint, FINE, BEFORE)
    claim = made.accepted(town, month=BEFORE)
    assert (claim.deducted_fen, claim.returned_fen) == (FINE, 0)
    money = made.client("finance_officer")
    assert money.post(f"/settlements/{claim.settlement_id}/approve/").status_code == 302
    paid = {"paid_on": made.today().isoformat(), "reference": "国库1"}
    assert money.post(f"/settlements/{claim.settlement_id}/pay/", paid).status_code == 302
    return complaint


def middle(month: date) -> datetime:
    return make_aware(datetime.combine(month + timedelta(days=14), time(9)))


def decided(complaint: Complaint, fen: int, on: date | None, **values: object) -> None:
    """What was decided of it; on no day while somebody looks into it again."""
    at = middle(on) if on else None
    Complaint.everywhere.filter(pk=complaint.pk).update(deduction_fen=fen, decided_at=at, **values)


def test_less_is_given_back_with_the_next_claim_to_the_fen(town: visits.Town, borne: Complaint) -> None:
    decided(borne, FINE // 4, LAST)
    claim = made.accepted(town)
    assert (claim.claimed_fen, claim.deducted_fen, claim.returned_fen) == (
        2 * made.PRICE,
        0,
        FINE - FINE // 4,
    )
    assert claim.net_fen == 2 * made.PRICE + FINE - FINE // 4
    assert made.adds_up(claim)
    assert fines(claim, 0) == [
        Fine(str(borne.pk), borne.number, FINE // 4 - FINE, str(middle(LAST).date()))
    ], "looked at again it is the same"
    settlement = claim.settlement
    assert settlement is not None
    assert (settlement.fen, settlement.returned_fen) == (claim.net_fen, claim.returned_fen)
    money = made.client("finance_officer")
    fund = Fund.everywhere.get(pk=settlement.fund_id)
    before = balance(finance.fund_account(fund, at=now()))
    assert money.post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    assert balance(finance.owed_account(settlement, at=now())) == claim.net_fen
    assert balance(finance.fund_account(fund, at=now())) == before - claim.net_fen
    assert faults() == []
    manager = made.client("organisation_manager", holder=town.organisation)
    page = manager.get(f"/claims/{claim.pk}/").content.decode()
    assert "退还扣款" in page and "30.00" in page and borne.number in page
    assert "退还扣款" in money.get(f"/settlements/{settlement.pk}/").content.decode()
    for paper in (f"/claims/{claim.pk}/statement.pdf", f"/settlements/{settlement.pk}/statement.pdf"):
        assert manager.get(paper).content.startswith(b"%PDF")


def test_it_is_given_back_once_and_taken_again_where_more_is_decided_later(
    town: visits.Town, borne: Complaint
) -> None:
    decided(borne, 0, LAST)
    claim = made.scored(town)
    assert claim.returned_fen == FINE
    later = Claim(organisation_id=claim.organisation_id, region_id=claim.region_id, month=claim.month)
    assert fines(later, 0) == [], "nothing is left to be given back"
    decided(borne, 2 * FINE, LAST)
    (again,) = fines(claim, 0)
    assert again.fen == FINE, "one that is looked at again bears what is decided now"


def test_while_it_is_looked_into_again_nothing_moves(town: visits.Town, borne: Complaint) -> None:
    decided(borne, 0, None, state="in_hand")
    assert made.scored(town).returned_fen == 0


@pytest.mark.parametrize("how", ["withdrawn", "unfounded", "another"])
def test_withdrawn_unfounded_or_of_another_organisation_all_is_given_back(
    town: visits.Town, borne: Complaint, how: str
) -> None:
    if how == "withdrawn":
        decided(borne, FINE, BEFORE, state="withdrawn", ended_at=middle(LAST))
    elif how == "unfounded":
        decided(borne, 0, None, state="closed", finding="unfounded", ended_at=middle(LAST))
    else:
        decided(borne, FINE, LAST, organisation=providers.organisation())
    claim = made.scored(town)
    assert (claim.deducted_fen, claim.returned_fen) == (0, FINE)
    assert made.adds_up(claim)
    assert [one.on for one in fines(claim, 0)] == [str(middle(LAST).date())]
    page = made.client("organisation_manager", holder=town.organisation).get(f"/claims/{claim.pk}/")
    assert f"({middle(LAST):%Y-%m-%d})" in page.content.decode()


def test_what_is_withdrawn_after_the_month_is_given_back_with_the_next(
    town: visits.Town, borne: Complaint
) -> None:
    desk = made.client("hotline_agent")
    Complaint.everywhere.filter(pk=borne.pk).update(state="received")
    assert desk.post(f"/complaints/{borne.pk}/withdraw_complaint/").status_code == 302
    borne.refresh_from_db()
    assert (borne.state, borne.ended_at is not None) == ("withdrawn", True)
    claim = made.scored(town)
    assert claim.returned_fen == 0, "it was withdrawn in this month, and the claim is of the last"
    following = Claim(
        organisation_id=claim.organisation_id, region=claim.region, month=made.today().replace(day=1)
    )
    following.contract_id = claim.contract_id
    assert [(one.fen, one.on) for one in fines(following, 0)] == [(-FINE, str(made.today()))]


def test_what_the_fund_does_not_reach_is_not_given_back(town: visits.Town, borne: Complaint) -> None:
    decided(borne, 0, LAST)
    claim = made.scored(town)
    manager = made.client("organisation_manager", holder=town.organisation)
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 302
    Claim.everywhere.filter(pk=claim.pk).update(returned_fen=10**7, net_fen=claim.net_fen - FINE + 10**7)
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 422


def test_a_deduction_lowered_before_any_claim_bears_it_is_just_less(town: visits.Town) -> None:
    (complaint,) = complaints(1, town.person.region_id)
    Complaint.everywhere.filter(pk=complaint.pk).update(organisation=town.organisation, finding="founded")
    decided(complaint, FINE // 4, LAST)
    claim = made.scored(town)
    assert (claim.deducted_fen, claim.returned_fen) == (FINE // 4, 0)
    (one,) = fines(claim, 0)
    assert replace(one, fen=0) == Fine(str(complaint.pk), complaint.number, 0, str(middle(LAST).date()))
