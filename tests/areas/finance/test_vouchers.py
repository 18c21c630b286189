"""National vouchers: brought in once, reconciled with what the city pays, and what does not add up is decided."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.finance.samples import settlements

from songhe.areas.assessment.models import NationalLevel
from songhe.areas.entitlement import tasks
from songhe.areas.entitlement.models import NationalVoucher, Redemption, VoucherSuspect
from songhe.areas.finance.models import Line, Settlement
from songhe.areas.registry.api import Person, tag
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.ids import uuid7
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert callable(tasks.reconcile_vouchers), "importing them registers jobs"


def month() -> date:
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def day(n: int) -> str:
    return month().replace(day=n).isoformat()


class Desk:
    """The county's officer, somebody with a national level, and a body that gives services."""

    def __init__(self) -> None:
        self.user: User = make.user("county_officer", make.COUNTY)
        self.client: Client = signed_in(self.user)
        self.number = make.id_number(date(1940, 1, 1))
        self.person: Person = make.person(name="王大爷", born=date(1940, 1, 1), id_number=self.number)
        (self.settlement,) = settlements(1, make.COUNTY)
        self.body = self.settlement.organisation
        self.levels()

    def levels(self, last: date | None = None) -> None:
        NationalLevel.everywhere.filter(person=self.person).delete()
        NationalLevel.everywhere.create(
            person=self.person,
            region_id=self.person.region_id,
            level=3,
            assessed_on=date(2026, 1, 5),
            assessed_by="国评",
            valid_until=last or date(2099, 1, 1),
            imported_at=now(),
        )

    def brought(self, kind: str, rows: list[dict[str, Any]]) -> ImportRun:
        """A file that was uploaded, checked, imported and reconciled."""
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(dict.fromkeys(head for row in rows for head in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
        file = io.BytesIO(out.getvalue().encode("utf-8-sig"))
        spec = imports.spec_of(f"entitlement.{kind}")
        run = imports.take_in(
            file, name="list.csv", spec=spec, region_id=make.COUNTY, actor=self.user, at=now()
        )
        imports.start_check(run, actor=self.user, at=now())
        run_due(now())
        run.refresh_from_db()
        if run.rows_good:
            imports.start_write(run, actor=self.user, at=now())
            run_due(now())
            run.refresh_from_db()
        return run

    def issued(self, number: str = "XFQ-001", **values: Any) -> ImportRun:
        return self.brought("national_vouchers", [self.voucher(number, **values)])

    def voucher(self, number: str = "XFQ-001", **values: Any) -> dict[str, Any]:
        plain = {"身份证号": self.number, "月份": f"{month():%Y-%m}", "服务类型": "居家上门"}
        return {"券号": number, "抵扣比例": "45%", "抵扣上限": "800"} | plain | values

    def bill(self, number: str = "XFQ-001", **values: Any) -> dict[str, Any]:
        plain = {"核销日期": day(12), "账单金额": "1000", "抵扣金额": "450.00", "服务机构": self.body.name}
        return {"券号": number} | plain | values

    def redeemed(self, **values: Any) -> ImportRun:
        return self.brought("redemptions", [self.bill(**values)])

    def line(self, n: int, fen: int = 8_000) -> Line:
        made: Line = Line.everywhere.create(
            settlement=self.settlement,
            visit_id=uuid7(),
            person_id=self.person.pk,
            organisation_id=self.body.pk,
            region_id=self.person.region_id,
            item="0103",
            on=month().replace(day=n),
            minutes=60,
            payable_minutes=60,
            unit_fen=fen,
            fen=fen,
        )
        return made

    def told(self, state: str = "open") -> dict[str, VoucherSuspect]:
        return {row.kind: row for row in VoucherSuspect.everywhere.filter(person=self.person, state=state)}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_vouchers_and_bills_come_in_once_and_twice_changes_nothing(desk: Desk) -> None:
    first, again = desk.issued(), desk.issued()
    assert [(run.state, run.rows_made, run.rows_unchanged) for run in (first, again)] == [
        ("done", 1, 0),
        ("done", 0, 1),
    ]
    first, again = desk.redeemed(), desk.redeemed()
    assert [(run.rows_made, run.rows_unchanged) for run in (first, again)] == [(1, 0), (0, 1)]
    paid = Redemption.everywhere.get()
    assert (paid.bill_fen, paid.deducted_fen, paid.organisation_id) == (100_000, 45_000, desk.body.pk)
    assert desk.told() == {}
    page = desk.client.get("/national-vouchers/").content.decode()
    assert "XFQ-001" in page and "Partly used, the rest expired" in page and "Home help" in page
    page = desk.client.get(f"/national-vouchers/{paid.voucher_id}/").content.decode()
    assert desk.body.name in page and "450.00" in page
    better = desk.issued(抵扣比例="50%")
    assert (better.rows_changed, NationalVoucher.everywhere.get().percent) == (1, 50)


def test_the_person_shows_level_and_vouchers(desk: Desk) -> None:
    desk.issued()
    page = desk.client.get(f"/entitled-people/{desk.person.pk}/").content.decode()
    assert "Severe disability" in page and "XFQ-001" in page and "Expired unused" in page
    assert "National voucher for" in desk.client.get(f"/people/{desk.person.pk}/").content.decode()
    assert desk.client.get("/national-vouchers/", {"use": "unused"}).context["count"] == 1
    assert desk.client.get("/national-vouchers/", {"use": "used"}).context["count"] == 0


def test_what_the_city_pays_for_the_same_visit_is_a_suspect_with_both_sides(desk: Desk) -> None:
    desk.issued()
    desk.line(12)
    desk.redeemed()
    row = desk.told()["paid_twice"]
    assert (row.voucher_fen, row.city_fen) == (45_000, 8_000)
    page = desk.client.get(f"/voucher-suspects/{row.pk}/").content.decode()
    assert desk.settlement.number in page and "same day and provider" in page
    assert "450.00" in page and "80.00" in page
    assert "Vouchers to check" in desk.client.get("/").content.decode()
    address = f"/voucher-suspects/{row.pk}/claim_back/"
    assert desk.client.post(address, {"reason": ""}).status_code == 422
    assert desk.client.post(address, {"reason": "机构退回80元"}).status_code == 302
    assert desk.client.post(address, {"reason": "再来"}).status_code == 422
    desk.redeemed(核销日期=day(20))
    assert desk.told("claim")["paid_twice"].pk == row.pk, "what is decided is not listed again"
    assert set(desk.told()) == {"paid_twice", "over_cap"}, "the other bill is another suspect"


def test_a_line_that_comes_later_is_found_and_one_that_is_returned_settles_it(desk: Desk) -> None:
    desk.issued()
    desk.redeemed()
    assert desk.told() == {}
    line = desk.line(12)
    desk.redeemed(核销日期=day(13), 账单金额="10", 抵扣金额="1")
    assert set(desk.told()) == {"paid_twice"}
    Line.everywhere.filter(pk=line.pk).update(active=False)
    desk.redeemed(核销日期=day(14), 账单金额="10", 抵扣金额="1")
    assert desk.told() == {} and set(desk.told("gone")) == {"paid_twice"}
    assert Settlement.everywhere.count() == 1


def test_what_must_not_have_been_paid(desk: Desk) -> None:
    desk.levels(last=month())
    tag(desk.person, actor=SYSTEM, at=now(), tag="extreme_poverty", since=date(2026, 1, 1))
    Person.everywhere.filter(pk=desk.person.pk).update(state="dead", died_on=month().replace(day=5))
    desk.issued()
    desk.redeemed(账单金额="2000", 抵扣金额="901")
    assert set(desk.told()) == {"no_level", "after_death", "over_cap", "over_share", "comparable"}
    for row in desk.told().values():
        page = desk.client.get(f"/voucher-suspects/{row.pk}/").content.decode()
        assert ("This rests on a rule" in page) == (row.kind in ("over_cap", "over_share", "comparable"))
    listed = desk.client.get("/voucher-suspects/", {"state": "open"}).content.decode()
    assert "901.00 paid, 800.00 allowed" in listed or "901" in listed
    row = desk.told()["comparable"]
    sent = {"reason": "民政核实"}
    assert desk.client.post(f"/voucher-suspects/{row.pk}/find_in_order/", sent).status_code == 302


def test_faults_come_back_with_their_reason(desk: Desk) -> None:
    nobody = make.id_number(date(1950, 1, 1))
    rows = [
        desk.voucher("XFQ-001"),
        desk.voucher("XFQ-001"),
        desk.voucher("XFQ-002", 身份证号=nobody),
        desk.voucher("XFQ-003", 抵扣比例="80%"),
        desk.voucher("XFQ-004", 抵扣上限="900"),
        desk.voucher("XFQ-005", 月份="2025-12"),
        desk.voucher("XFQ-006", 服务类型="购物"),
        desk.voucher("X"),
    ]
    run = desk.brought("national_vouchers", rows)
    assert (run.rows_good, run.rows_bad, run.rows_made) == (1, 7, 1)
    page = desk.client.get(f"/imports/{run.pk}/").content.decode()
    for reason in (
        "Row 2 says the same",
        "is in the registry of the area",
        "at most 800 yuan",
        "before 2026-01-01",
    ):
        assert reason in page
    other = desk.issued(月份=f"{today():%Y-%m}")
    assert other.rows_bad == 1, "a voucher does not change its month"
    bills = [
        desk.bill(),
        desk.bill(),
        desk.bill("XFQ-999"),
        desk.bill(账单金额="100"),
        desk.bill(核销日期="2199-01-01"),
        desk.bill(抵扣金额="0"),
        desk.bill(身份证号=nobody),
    ]
    run = desk.brought("redemptions", bills)
    assert (run.rows_good, run.rows_bad, run.rows_made) == (1, 6, 1)


def test_a_neighbour_and_a_stranger_see_no_voucher(desk: Desk) -> None:
    desk.issued()
    desk.line(12)
    desk.redeemed()
    voucher, row = NationalVoucher.everywhere.get(), desk.told()["paid_twice"]
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/national-vouchers/{voucher.pk}/").status_code == 404
    assert neighbour.post(f"/voucher-suspects/{row.pk}/claim_back/", {"reason": "x"}).status_code == 404
    assert signed_in(make.user("town_officer", make.COUNTY)).get("/voucher-suspects/").status_code == 403
    assert Client().get(f"/national-vouchers/{voucher.pk}/").status_code == 302
