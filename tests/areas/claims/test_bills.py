"""What persons pay: bills that stand in the ledger, receipts, consents, and the statements that tell of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.areas.claims import made
from tests.areas.providers import made as providers
from tests.areas.visits import made as visits

from songhe.areas.claims.actions.billing import accounts
from songhe.areas.claims.models import Bill, BillKind, BillLine, BillState, Claim, PayConsent, Receipt
from songhe.areas.claims.queries import drawing
from songhe.areas.claims.rules import Copay
from songhe.areas.finance import actions as finance
from songhe.areas.finance.models import Fund
from songhe.areas.visits.models import Visit
from songhe.engines.access.api import Tie, tie
from songhe.engines.ledger.api import balance, faults
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def billed(town: visits.Town, manager: Client, *, status: int = 302) -> None:
    form = {"organisation": str(town.organisation.pk), "month": made.last_month().isoformat()}
    answer = manager.post("/bills/do/make_bills/", form)
    assert answer.status_code == status, answer.context["form"].errors


def owed(town: visits.Town) -> tuple[int, int]:
    """What the person and the organisation have on their accounts of bills."""
    owes, is_owed = accounts(town.person, town.organisation, at=now())
    return balance(owes), balance(is_owed)


def manager_of(town: visits.Town) -> Client:
    return made.client("organisation_manager", holder=town.organisation)


def test_an_order_at_own_cost_is_billed_once_and_paid_in_parts() -> None:
    town, fund = made.town(), made.fund()
    manager = manager_of(town)
    billed(town, manager, status=422)
    visit = made.given(town, 3, paid_by="self")
    billed(town, manager)
    billed(town, manager, status=422)
    bill = Bill.everywhere.get()
    assert (bill.fen, bill.person_id, bill.state) == (made.PRICE, town.person.pk, BillState.OPEN)
    assert owed(town) == (-made.PRICE, made.PRICE)
    assert Visit.everywhere.get(pk=visit.pk).settled_in == bill.number
    address, day = f"/bills/{bill.pk}/receipt/", made.today().isoformat()
    for amount in ("80.01", "0", "-1"):
        assert manager.post(address, {"amount": amount, "on": day, "reference": "S1"}).status_code == 422
    assert manager.post(address, {"amount": "30", "on": "2020-01-01", "reference": "S1"}).status_code == 422
    assert manager.post(address, {"amount": "30", "on": day, "reference": "S1"}).status_code == 302
    assert manager.post(address, {"amount": "30", "on": day, "reference": "S1"}).status_code == 422
    assert owed(town) == (-5_000, 5_000)
    assert manager.post(address, {"amount": "50", "on": day, "reference": "S2"}).status_code == 302
    bill.refresh_from_db()
    assert (bill.state, owed(town), faults()) == (BillState.PAID, (0, 0), [])
    assert Receipt.everywhere.count() == 2
    assert balance(finance.fund_account(fund, at=now())) == 1_000_000, "the fund has no part in it"


def approved(town: visits.Town) -> None:
    claim = made.accepted(town)
    assert claim.settlement is not None
    answer = made.client("finance_officer").post(f"/settlements/{claim.settlement.pk}/approve/")
    assert answer.status_code == 302
    assert made.adds_up(claim)


def test_a_share_and_what_goes_beyond_with_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = replace(drawing.terms(), copay=Copay(percent=0, items={"0103": 25}, contracts={}))
    monkeypatch.setattr(drawing, "terms", lambda: strict)
    town, fund = made.town(), made.fund()
    manager = manager_of(town)
    for day in (3, 4, 5):
        made.given(town, day)
    made.granted(town, 90)
    consent: dict[str, Any] = {
        "organisation": str(town.organisation.pk), "person": str(town.person.pk), "since": "2026-01-05",
        "given_by": "本人", "document": "同意书2026-1",
    }  # fmt: skip
    assert (
        manager.post("/pay-consents/do/enter_consent/", consent | {"since": "2199-01-01"}).status_code == 422
    )
    assert manager.post("/pay-consents/do/enter_consent/", consent).status_code == 302
    assert manager.post("/pay-consents/do/enter_consent/", consent).status_code == 422
    approved(town)
    billed(town, manager)
    found = {(line.on.day, line.kind): line.fen for line in BillLine.everywhere.all()}
    assert found == {
        (3, BillKind.SHARE): 2_000, (4, BillKind.SHARE): 1_000, (4, BillKind.BEYOND): 4_000, (5, BillKind.BEYOND): 8_000,
    }  # fmt: skip
    paid = 1_000_000 - balance(finance.fund_account(Fund.everywhere.get(pk=fund.pk), at=now()))
    assert paid + Bill.everywhere.get().fen == 3 * made.PRICE, "every fen is paid by one of the two"
    assert owed(town) == (-15_000, 15_000)


def test_without_consent_nobody_pays_beyond_the_grant() -> None:
    town = made.town()
    made.fund()
    for day in (3, 4):
        made.given(town, day)
    made.granted(town, 60)
    manager = manager_of(town)
    approved(town)
    billed(town, manager, status=422)
    assert not PayConsent.everywhere.exists()


def test_who_reads_a_bill_and_a_statement() -> None:
    town = made.town()
    made.fund()
    made.given(town, 3)
    made.given(town, 4, paid_by="self")
    made.granted(town, 60)
    manager = manager_of(town)
    approved(town)
    billed(town, manager)
    bill, month = Bill.everywhere.get(), made.last_month()
    kin = make.user("family", make.COUNTY, holder_id=None)
    family = make.user("family", make.COUNTY, holder_id=kin.pk)
    tie(town.person.pk, kin.pk, Tie.Kind.KIN, region_id=town.person.region_id, since=month)
    tie(town.person.pk, town.rival.pk, Tie.Kind.ORGANISATION, region_id=town.person.region_id, since=month)
    relative = providers.client_of(family)
    rival = made.client("organisation_manager", holder=town.rival)
    neighbour = made.client("county_officer", make.OTHER_COUNTY)
    page, paper = f"/bills/{bill.pk}/", f"/people/{town.person.pk}/services/{month.year}/{month.month}.pdf"
    assert relative.get(page).status_code == 200
    assert "80.00" in relative.get("/bills/").content.decode()
    assert rival.get(page).status_code == neighbour.get(page).status_code == 404
    assert made.client("worker", holder=town.worker).get(page).status_code == 403
    for reader in (relative, manager, made.client("county_officer")):
        answer = reader.get(paper)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert neighbour.get(paper).status_code == 404
    assert Client().get(paper).status_code == 302
    assert manager.get(paper.replace(f"/{month.month}.pdf", "/13.pdf")).status_code == 404
    shown = manager.get(f"/people/{town.person.pk}/").content.decode()
    assert "居家服务对账单" in shown
    claim = Claim.everywhere.get()
    statement = f"/claims/{claim.pk}/statement.pdf"
    assert manager.get(statement).content.startswith(b"%PDF-")
    assert rival.get(statement).status_code == neighbour.get(statement).status_code == 404


def test_the_sum_of_statements_is_the_ledger() -> None:
    from songhe.areas.claims.queries.billing import month_of
    from songhe.core.measure import Period
    from songhe.engines.access.api import Scope

    town = made.town()
    made.fund()
    for day in (3, 4):
        made.given(town, day)
    made.given(town, 5, paid_by="self")
    vain = made.given(town, 6, paid_by="self")
    Visit.everywhere.filter(pk=vain.pk).update(
        state="in_vain",
        outcome="absent",
        waited=20,
        minutes=None,
        left_at=None,
        charge_percent=50,
        charge_minutes=30,
    )
    made.granted(town, 120)
    approved(town)
    billed(town, manager_of(town))
    found = month_of(town.person.pk, Period.holding(made.last_month()), Scope.EVERYTHING)
    (settlement,) = finance.Settlement.everywhere.all()
    assert found.fund_fen == balance(finance.owed_account(settlement, at=now())) == settlement.fen
    assert found.open_fen == -owed(town)[0]
    assert (found.used, found.left, len(found.visits)) == (120, 0, 4)
    assert found.visits[-1].own_fen == made.PRICE // 2, (
        "what was charged although it was in vain is told, too"
    )
    assert sum(one.fund_fen + one.own_fen for one in found.visits) == found.fund_fen + found.billed_fen
