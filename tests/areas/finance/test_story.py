"""A month is prepared by one, approved by another, paid once, and seen by those it concerns."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers
from tests.areas.visits import made

from songhe.areas.finance import actions
from songhe.areas.finance.models import Fund, Line, Settlement, State
from songhe.areas.finance.queries import grant_code
from songhe.areas.visits.models import Order, OrderState, Visit, VisitState
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import Case
from songhe.engines.indicators.api import Span
from songhe.engines.ledger.api import Owner, OwnerKind, Unit, account_of, balance, carry, faults, post
from songhe.engines.regions.models import Region
from songhe.kit.clock import today

pytestmark = pytest.mark.django_db
PRICE = 8_000
"""Fen for one assisted bath (0103) in the shipped price list."""


def last_month() -> date:
    return today().replace(day=1) - timedelta(days=1)


def given(town: made.Town, day: int, minutes: int = 60, **values: Any) -> Visit:
    """A visit of last month that was done without a flag: promised ahead, as orders are, and then set back."""
    visit = made.visit(town, start=made.morning(day), **values)
    start = timezone.make_aware(datetime.combine(last_month().replace(day=day), time(9)))
    end = start + timedelta(minutes=minutes)
    Visit.everywhere.filter(pk=visit.pk).update(
        state=VisitState.DONE,
        starts_at=start,
        ends_at=end,
        arrived_at=start,
        left_at=end,
        minutes=minutes,
        flags=[],
    )
    Order.everywhere.filter(pk=visit.order_id).update(state=OrderState.COMPLETED, completed_at=end)
    Case.everywhere.filter(pk=visit.order.case_id).update(state=OrderState.COMPLETED)
    visit.refresh_from_db()
    return visit


def granted(town: made.Town, minutes: int, at: datetime) -> None:
    """Minutes of home service for last month."""
    person = Owner(OwnerKind.PERSON, town.person.pk, town.person.region_id)
    source = Owner(OwnerKind.REGION, town.organisation.pk, make.COUNTY)
    code = grant_code(last_month())
    to = account_of(person, code, unit=Unit.MINUTE, at=at)
    out = account_of(source, "granted", unit=Unit.MINUTE, at=at, may_overdraw=True)
    post(carry(out.pk, to.pk, minutes), key=f"grant {to.pk}", kind="entitlement.grant", at=at, actor=SYSTEM)


@pytest.fixture
def town() -> made.Town:
    return made.town()


@pytest.fixture
def fund(at: datetime) -> Fund:
    county = Region.objects.get(pk=make.COUNTY)
    made_fund = actions.open_fund(
        actor=SYSTEM, at=at, region=county, year=last_month().year, name="居家养老服务资金"
    )
    actions.allot(made_fund, actor=SYSTEM, at=at, amount=actions.Fen(1_000_000), document="财社〔2026〕1号")
    return made_fund


def prepared(town: made.Town) -> Settlement:
    """What the county officer prepared through the form."""
    officer = town.client("county_officer")
    answer = officer.post(
        "/settlements/do/prepare_month/", {"region": make.COUNTY, "month": last_month().isoformat()}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return Settlement.everywhere.get(organisation=town.organisation, state=State.PREPARED)


def test_a_month_from_visits_to_payment(town: made.Town, fund: Fund, at: datetime) -> None:
    visits = [given(town, day) for day in (3, 10, 17)]
    granted(town, 150, at)
    settlement = prepared(town)
    assert (settlement.visits, settlement.minutes, settlement.payable_minutes) == (3, 180, 150)
    assert settlement.fen == 2 * PRICE + PRICE // 2
    finance = town.client("finance_officer")
    assert "王秀英" not in finance.get(f"/settlements/{settlement.pk}/").content.decode()
    assert finance.post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    settlement.refresh_from_db()
    assert (settlement.state, settlement.journal is not None) == (State.APPROVED, True)
    assert set(
        Visit.everywhere.filter(pk__in=[v.pk for v in visits]).values_list("settled_in", flat=True)
    ) == {settlement.number}
    owed = actions.owed_account(settlement, at=at)
    assert balance(owed) == settlement.fen
    assert balance(actions.fund_account(fund, at=at)) == 1_000_000 - settlement.fen
    answer = finance.post(
        f"/settlements/{settlement.pk}/pay/", {"paid_on": today().isoformat(), "reference": "回单20261125"}
    )
    assert answer.status_code == 302
    assert (balance(owed), faults()) == (0, [])


def test_approving_asks_no_more_for_many_visits_than_for_few(
    town: made.Town, fund: Fund, at: datetime
) -> None:
    granted(town, 3_000, at)
    finance, asked = town.client("finance_officer"), []
    for days in ((3, 4), range(5, 13)):
        visits = [given(town, day) for day in days]
        settlement = prepared(town)
        with CaptureQueriesContext(connection) as statements:
            assert finance.post(f"/settlements/{settlement.pk}/approve/").status_code == 302
        asked.append(len(statements))
        orders = Order.everywhere.filter(pk__in=[visit.order_id for visit in visits])
        assert set(orders.values_list("state", "case__state")) == {("settled", "settled")}
        assert not orders.filter(settled_at=None).exists()
    assert asked[1] <= asked[0] + 2


def test_who_prepares_may_not_approve(town: made.Town, fund: Fund, at: datetime) -> None:
    given(town, 3)
    granted(town, 60, at)
    settlement = prepared(town)
    officer = town.client("county_officer")
    assert officer.post(f"/settlements/{settlement.pk}/approve/").status_code == 403
    both = make.user("finance_officer", make.COUNTY)
    Settlement.everywhere.filter(pk=settlement.pk).update(prepared_by_id=both.pk)
    settlement.refresh_from_db()
    with pytest.raises(Refused) as refused:
        actions.approve(settlement, actor=both, at=at)
    assert refused.value.code == "same_person"
    settlement.refresh_from_db()
    assert (settlement.state, faults()) == (State.PREPARED, [])


def test_a_visit_is_settled_once(town: made.Town, fund: Fund, at: datetime) -> None:
    given(town, 3)
    granted(town, 60, at)
    settlement = prepared(town)
    officer = town.client("county_officer")
    again = officer.post(
        "/settlements/do/prepare_month/", {"region": make.COUNTY, "month": last_month().isoformat()}
    )
    assert again.status_code == 422
    finance = town.client("finance_officer")
    sent = finance.post(f"/settlements/{settlement.pk}/return/", {"reason": "请核对第一次服务"})
    assert sent.status_code == 302
    assert not Line.everywhere.filter(settlement=settlement, active=True).exists()
    second = prepared(town)
    assert second.number != settlement.number
    assert finance.post(f"/settlements/{second.pk}/approve/").status_code == 302
    assert finance.post(f"/settlements/{second.pk}/approve/").status_code == 422


def test_neighbours_and_strangers(town: made.Town, fund: Fund, at: datetime) -> None:
    given(town, 3)
    granted(town, 60, at)
    settlement = prepared(town)
    page = f"/settlements/{settlement.pk}/"
    assert town.client("organisation_manager", town.organisation).get(page).status_code == 200
    assert town.client("organisation_manager", town.rival).get(page).status_code == 404
    assert providers.client_of(make.user("finance_officer", make.OTHER_COUNTY)).get(page).status_code == 404
    assert town.client("worker", town.worker).get(page).status_code == 403
    assert Client().get(page).status_code == 302
    assert (
        providers.client_of(make.user("finance_officer", make.OTHER_COUNTY))
        .get(page + "statement.pdf")
        .status_code
        == 404
    )
    confirmed = town.client("organisation_manager", town.organisation).post(page + "confirm/")
    assert confirmed.status_code == 302
    settlement.refresh_from_db()
    assert settlement.confirmed_at is not None


def test_an_empty_fund_refuses_and_moves_nothing(town: made.Town, at: datetime) -> None:
    county = Region.objects.get(pk=make.COUNTY)
    empty = actions.open_fund(actor=SYSTEM, at=at, region=county, year=last_month().year, name="资金")
    given(town, 3)
    granted(town, 60, at)
    settlement = prepared(town)
    answer = town.client("finance_officer").post(f"/settlements/{settlement.pk}/approve/")
    assert answer.status_code == 422
    settlement.refresh_from_db()
    assert (settlement.state, balance(actions.fund_account(empty, at=at)), faults()) == (
        State.PREPARED,
        0,
        [],
    )


def test_what_the_person_pays_is_not_settled(town: made.Town, fund: Fund, at: datetime) -> None:
    given(town, 3, paid_by="self")
    officer = town.client("county_officer")
    answer = officer.post(
        "/settlements/do/prepare_month/", {"region": make.COUNTY, "month": last_month().isoformat()}
    )
    assert answer.status_code == 422


def test_the_running_month_is_refused(town: made.Town, fund: Fund) -> None:
    answer = town.client("county_officer").post(
        "/settlements/do/prepare_month/", {"region": make.COUNTY, "month": today().isoformat()}
    )
    assert answer.status_code == 422
    assert "month" in answer.context["form"].errors


def test_the_papers(town: made.Town, fund: Fund, at: datetime) -> None:
    given(town, 3)
    granted(town, 60, at)
    settlement = prepared(town)
    finance = town.client("finance_officer")
    paper = finance.get(f"/settlements/{settlement.pk}/statement.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert finance.get("/finance/payable.csv").content.decode("utf-8-sig").count("\r\n") == 1
    finance.post(f"/settlements/{settlement.pk}/approve/")
    text = finance.get("/finance/payable.csv").content.decode("utf-8-sig")
    assert f"{settlement.number},{last_month():%Y-%m},{town.organisation.name}" in text
    assert ",80.00," in text
    assert town.client("county_officer").get("/finance/payable.csv").status_code == 403


def test_one_document_is_allotted_once(fund: Fund, at: datetime) -> None:
    actions.allot(fund, actor=SYSTEM, at=at, amount=actions.Fen(1_000_000), document="财社〔2026〕1号")
    assert balance(actions.fund_account(fund, at=at)) == 1_000_000


@pytest.mark.parametrize(
    ("amount", "document", "field"),
    [
        ("20000", "财社〔2026〕1号", "document"),
        ("20000", "财" * 160, "document"),
        ("-5", "财社〔2026〕2号", "amount"),
    ],
)
def test_an_allotment_that_cannot_be_is_refused_on_its_field(
    town: made.Town, fund: Fund, at: datetime, amount: str, document: str, field: str
) -> None:
    finance = town.client("finance_officer")
    answer = finance.post(f"/funds/{fund.pk}/allot/", {"amount": amount, "document": document})
    assert (answer.status_code, [*answer.context["form"].errors]) == (422, [field])
    assert balance(actions.fund_account(fund, at=at)) == 1_000_000


def test_delivered_minutes_and_money_reach_the_indicators(town: made.Town, fund: Fund, at: datetime) -> None:
    from songhe.areas.cockpit import measures

    given(town, 3, minutes=45)
    granted(town, 60, at)
    settlement = prepared(town)
    town.client("finance_officer").post(f"/settlements/{settlement.pk}/approve/")
    span = Span(Period.holding(last_month()), 0, 10**12)
    assert list(measures.home_service_minutes(span)) == [(town.person.region_id, 45, 0)]
    assert list(measures.settled_fen(span)) == [(town.person.region_id, PRICE, None)]


def test_the_books_are_checked_on_a_page(town: made.Town, fund: Fund, at: datetime) -> None:
    answer = town.client("finance_officer").get("/finance/reconcile/")
    assert (answer.status_code, answer.context["faults"]) == (200, 0)
    found = {use: total for use, _count, total in answer.context["uses"]}
    assert found["资金余额"] == "10,000.00"
    assert found["财政拨款"] == "-10,000.00"
    assert town.client("county_officer").get("/finance/reconcile/").status_code == 403
