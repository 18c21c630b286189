"""What changes between the claim and the money: times that are corrected, consents that end, lines that are refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.areas.claims import made
from tests.areas.finance.test_story import prepared
from tests.areas.visits import made as visits

from songhe.areas.claims.models import BillKind, BillLine, Claim, Dispute, LineState, SampleCheck
from songhe.areas.contracts.models import Contract, Stage, Use
from songhe.areas.contracts.queries import standings
from songhe.areas.verification.actions import clear, look_through
from songhe.areas.verification.models import Check
from songhe.areas.visits import actions
from songhe.areas.visits.models import Visit
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def shortened(town: visits.Town, visit: Visit, minutes: int) -> None:
    """Corrected to fewer minutes by one, compared, cleared by another."""
    visit.refresh_from_db()
    assert visit.arrived_at is not None
    actions.correct_visit(
        visit, actor=town.user("organisation_manager", town.organisation), at=now(), arrived_at=visit.arrived_at,
        left_at=visit.arrived_at + timedelta(minutes=minutes), cause="forgot_out", reason="忘记签退",
    )  # fmt: skip
    look_through(at=now())
    check = Check.everywhere.get(visit=visit)
    clear(check, actor=town.user("inspector"), at=now(), reason="confirmed_by_person")
    visit.refresh_from_db()
    assert (visit.counts, visit.minutes) == (True, minutes)


def test_a_visit_that_was_made_shorter_since_is_not_paid_as_claimed() -> None:
    town = made.town()
    made.fund()
    first, other = (made.given(town, day, 120, item="0106") for day in (3, 4))
    made.granted(town, 240)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.scored(town, manager=manager)
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 302
    shortened(town, first, 30)
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    found = {line.visit_id: line.state for line in made.lines(claim)}
    assert found == {first.pk: LineState.CHANGED, other.pk: LineState.PAYABLE}
    assert made.adds_up(claim)


def test_a_visit_that_was_made_shorter_since_sends_a_settlement_back() -> None:
    town = made.town()
    made.fund()
    visit = made.given(town, 3, 120, item="0106")
    made.granted(town, 240)
    settlement = prepared(town)
    shortened(town, visit, 30)
    finance = made.client("finance_officer")
    answer = finance.post(f"/settlements/{settlement.pk}/approve/")
    assert answer.status_code == 422
    assert visit.order.number in answer.content.decode()
    assert finance.post(f"/settlements/{settlement.pk}/return/", {"reason": "已更正"}).status_code == 302
    again = prepared(town)
    assert (again.minutes, again.payable_minutes) == (30, 30)


def consented(town: visits.Town, manager: Any, since: date) -> str:
    form = {
        "organisation": str(town.organisation.pk), "person": str(town.person.pk), "since": since.isoformat(),
        "given_by": "本人", "document": f"同意书{since}",
    }  # fmt: skip
    answer = manager.post("/pay-consents/do/enter_consent/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    from songhe.areas.claims.models import PayConsent

    return str(PayConsent.everywhere.latest("at").pk)


def test_a_consent_holds_from_its_day_to_its_last() -> None:
    town = made.town()
    made.fund()
    for day in (3, 5, 8):
        made.given(town, day)
    made.granted(town, 30)
    month = made.last_month()
    manager = made.client("organisation_manager", holder=town.organisation)
    key = consented(town, manager, month.replace(day=4))
    form = {"until": month.replace(day=6).isoformat()}
    assert manager.post(f"/pay-consents/{key}/end_consent/", form).status_code == 302
    claim = made.accepted(town)
    assert (
        made.client("finance_officer").post(f"/settlements/{claim.settlement_id}/approve/").status_code == 302
    )
    form = {"organisation": str(town.organisation.pk), "month": month.isoformat()}
    assert manager.post("/bills/do/make_bills/", form).status_code == 302
    found = {(line.on.day, line.kind): line.fen for line in BillLine.everywhere.all()}
    assert found == {(5, BillKind.BEYOND): made.PRICE}, "neither before it was given nor after it ended"


def test_what_a_town_refused_takes_of_the_contract_no_more() -> None:
    town = made.town()
    made.fund()
    for day in (3, 4):
        made.given(town, day)
    made.granted(town, 120)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.filed(town, manager)
    line, other = made.lines(claim)
    own = made.client("town_officer", line.region_id // 1000 * 1000)
    assert own.post(f"/claim-lines/{line.pk}/refuse/", {"reason": "老人当日在外地"}).status_code == 302
    officer = made.client("county_officer")
    made.sampled(claim, officer)
    made.accepted_by_towns(claim)
    assert officer.post(f"/claims/{claim.pk}/score/").status_code == 302
    assert manager.post(f"/claims/{claim.pk}/agree/").status_code == 302
    assert made.client("county_officer").post(f"/claims/{claim.pk}/accept/").status_code == 302
    stages = {one.pk: Use.everywhere.get(order_id=_order(one)) for one in (line, other)}
    assert stages[line.pk].stage != Stage.RELEASED, "it may still be returned"
    claim.refresh_from_db()
    answer = made.client("finance_officer").post(f"/settlements/{claim.settlement_id}/approve/")
    assert answer.status_code == 302
    stages = {one.pk: Use.everywhere.get(order_id=_order(one)).stage for one in (line, other)}
    assert stages == {line.pk: Stage.RELEASED, other.pk: Stage.SETTLED}
    contract = Contract.everywhere.get(pk=claim.contract_id)
    assert standings([contract])[contract.pk].used.fen == made.PRICE


def _order(line: Any) -> Any:
    return Visit.everywhere.get(pk=line.visit_id).order_id


def test_what_was_given_after_all_takes_of_the_contract_again() -> None:
    town = made.town()
    made.fund()
    for day in (3, 4):
        made.given(town, day)
    made.granted(town, 120)
    manager = made.client("organisation_manager", holder=town.organisation)
    claim = made.scored(town, manager=manager, found="not_given", words="没有来")
    line, other = made.lines(claim)
    assert {Use.everywhere.get(order_id=_order(one)).stage for one in (line, other)} == {Stage.RELEASED}
    assert manager.post(f"/claim-lines/{line.pk}/dispute/", {"words": "记错日期"}).status_code == 302
    dispute = Dispute.everywhere.get(line=line)
    city = made.client("city_officer")
    assert city.post(f"/claim-disputes/{dispute.pk}/allow/", {"answer": "家属证实"}).status_code == 302
    assert Use.everywhere.get(order_id=_order(line)).stage == Stage.GIVEN
    assert Use.everywhere.get(order_id=_order(other)).stage == Stage.RELEASED


def test_a_sample_is_told_of_lines_for_which_the_person_pays_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from songhe.areas.claims.queries import drawing
    from songhe.areas.claims.queries.sums import sample_of
    from songhe.areas.claims.rules import Copay

    own = replace(drawing.terms(), copay=Copay(percent=100, items={}, contracts={}))
    monkeypatch.setattr(drawing, "terms", lambda: own)
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.granted(town, 60)
    claim = made.drawn_up(town)
    manager = made.client("organisation_manager", holder=town.organisation)
    form = made.invoice(claim, amount="0.01", difference="老人自付")
    assert manager.post(f"/claims/{claim.pk}/enter_invoice/", form).status_code == 302
    assert manager.post(f"/claims/{claim.pk}/file/", {"seen": claim.hash}).status_code == 302
    officer = made.client("county_officer")
    claim = Claim.everywhere.get(pk=claim.pk)
    made.sampled(claim, officer)
    assert SampleCheck.everywhere.filter(claim=claim).count() == 1
    found = sample_of(claim)
    assert (found.lines, found.reached) == (1, 1)
    assert officer.get(f"/claims/{claim.pk}/").status_code == 200


def test_two_organisations_are_not_promised_the_same_minutes() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    worker = visits.providers.worker(town.rival, "senior_care", lon=122.42, lat=37.16, name="李红")
    made.given(town, 4, organisation=town.rival, worker=worker)
    made.granted(town, 60)
    settlement = prepared(town)
    from songhe.areas.finance.models import Settlement

    other = Settlement.everywhere.get(organisation=town.rival)
    assert settlement.payable_minutes + other.payable_minutes == 60, "the person has no more"


def test_minutes_below_one_cost_nothing() -> None:
    from songhe.areas.contracts.actions import give

    town = made.town()
    visit = visits.visit(town)
    give(visit.order_id, minutes=0, at=now())
    use = Use.everywhere.get(order_id=visit.order_id)
    assert (use.stage, use.fen, use.minutes) == (Stage.GIVEN, 0, 0)
    give(visit.order_id, minutes=45, at=now())
    use.refresh_from_db()
    assert use.fen == made.PRICE
