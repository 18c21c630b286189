"""The story through the browser with two officers: accounts, batch, sample, list for the bank, its answer."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, balance_of, card, till
from tests.badinput import files
from tests.badinput.strings import NAUGHTY

from songhe.areas.payments import papers
from songhe.areas.payments.models import Batch, LineState, PayCheck, Payee, PayLine
from songhe.areas.payments.queries.files import FileRow
from songhe.engines.acts.models import Act
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.ledger.api import faults
from songhe.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def desk(office: Office) -> Till:
    return till(office.at)


def answer(client: Client, name: str, body: bytes) -> ImportRun:
    """Bring in a list, let it be checked, and book what is good."""
    sent = client.post(
        "/bank-results/do/bring/", {"region": make.COUNTY, "file": SimpleUploadedFile(name, body)}
    )
    assert sent.status_code == 302, sent.context["form"].errors
    run_due(now())
    run = ImportRun.everywhere.filter(spec="payments.results").latest("started_at", "id")
    if run.rows_good:
        assert client.post(f"/bank-results/{run.pk}/book/").status_code == 302
        run_due(now())
        run.refresh_from_db()
    return run


def result_csv(rows: list[list[Any]], encoding: str = "gb18030") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["明细号", "户名", "金额(元)", "处理结果", "失败原因", "入账日期"], *rows])
    return out.getvalue().encode(encoding)


def test_two_officers_from_an_account_to_the_banks_answer(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    person, other = caller("甲"), caller("乙")
    account(other, at)
    desk.give(100_000)
    office.posted()
    clerk, helper, money = signed_in(desk.clerk), signed_in(desk.visitor), signed_in(desk.treasurer)
    number = card()
    form = {
        "person": str(person.pk),
        "bank": "psbc",
        "account": number[:-1] + str((int(number[-1]) + 1) % 10),
        "since": "2026-01-01",
        "whose": "own",
    }
    assert clerk.post("/payees/do/propose/", form).status_code == 422
    assert clerk.post("/payees/do/propose/", form | {"account": number}).status_code == 302
    payee = Payee.everywhere.get(person=person)
    assert number not in clerk.get(f"/payees/{payee.pk}/").content.decode()
    assert number.encode() not in bytes(payee.account_sealed)
    assert clerk.post(f"/payees/{payee.pk}/confirm/").status_code in (403, 404, 422)
    assert helper.post(f"/payees/{payee.pk}/confirm/").status_code == 302
    made = clerk.post(
        "/payment-batches/do/prepare/", {"region": make.COUNTY, "benefit": "call_subsidy", "year": 2026}
    )
    assert made.status_code == 302, made.context["form"].errors
    batch = Batch.everywhere.get()
    page = f"/payment-batches/{batch.pk}/"
    assert clerk.post(page + "approve/").status_code == 403
    assert money.post(page + "approve/").status_code == 302
    assert money.get(page + "bank-file/").content.decode().count("released to the bank") == 1
    assert money.post(page + "release/").status_code == 422
    for check in PayCheck.everywhere.filter(batch=batch):
        sent = helper.post(f"/payment-checks/{check.pk}/verify/", {"how": "called", "found": "right"})
        assert sent.status_code == 302, sent.context["form"].errors
    assert "With 95 % confidence" in money.get(page).content.decode()
    assert money.post(page + "release/").status_code == 302
    assert clerk.get(page + "bank-file/").status_code == 403
    _taken(money, batch, number)
    lines = list(PayLine.everywhere.filter(batch=batch).order_by("seq"))
    rows = [
        [lines[0].number, "甲", "30.00", "成功", "", "2026-11-25"],
        [lines[1].number, "乙", "30.00", "失败", "账户已销户", ""],
    ]
    run = answer(money, "回盘.csv", result_csv(rows))
    assert (run.state, run.rows_good, run.rows_bad, run.rows_changed) == ("done", 2, 0, 2)
    batch.refresh_from_db()
    assert (batch.state, batch.paid_fen, batch.failed_fen, balance_of("payable")) == ("done", 3000, 3000, 0)
    assert PayLine.everywhere.get(pk=lines[1].pk).reason == "closed"
    again = answer(money, "回盘.csv", result_csv(rows))
    assert (again.rows_good, again.rows_bad, again.rows_changed, again.rows_unchanged) == (2, 0, 0, 2)
    desk_page = money.get("/payments/desk/")
    assert (desk_page.status_code, faults()) == (200, [])
    assert money.get(page + "statement.pdf").content.startswith(b"%PDF-")


def _taken(money: Client, batch: Batch, number: str) -> None:
    page = f"/payment-batches/{batch.pk}/bank-file/"
    batch.refresh_from_db()
    shown = money.get(page).content.decode()
    assert batch.file_hash in shown and "60.00" in shown and number not in shown
    assert money.post(page, {"kind": "xlsx", "password": "short"}).status_code == 422
    text = money.post(page, {"kind": "csv"}).content.decode("gb18030")
    assert number in text and text.count("\r\n") == 3
    sealed = money.post(page, {"kind": "xlsx", "password": "一个足够长的密码2026"}).content
    assert number.encode() not in sealed
    found = msoffcrypto.OfficeFile(io.BytesIO(sealed))
    found.load_key(password="一个足够长的密码2026", verify_password=True)
    bare = io.BytesIO()
    found.decrypt(bare)
    sheet = openpyxl.load_workbook(bare).active
    assert sheet is not None and sheet.max_row == 3
    assert number in {str(row[2].value) for row in sheet.iter_rows()}
    assert Act.objects.filter(verb="payments.bank_file").count() == 2


def test_rows_that_do_not_match_come_back_with_why(
    office: Office, caller: Caller, desk: Till, at: datetime
) -> None:
    for name in "甲乙丙":
        account(caller(name), at)
    desk.give(100_000)
    office.posted()
    batch = desk.released()
    one, two, three = PayLine.everywhere.filter(batch=batch).order_by("seq")
    rows = [
        [one.number, "甲", "30.01", "成功", "", "2026-11-25"],
        [two.number, "乙", "¥ 30.00元", "成功", "", "2026-11-25"],
        [two.number, "乙", "30", "成功", "", "2026-11-25"],
        [three.number, "丙", "30", "处理中", "", ""],
        ["FF-371082-202611-999-00001", "丁", "30", "成功", "", ""],
        ["=1+1", "戊", "30", "成功", "", ""],
        [three.number[:-1], "丙", "1e3", "成功", "", "2026-13-45"],
    ]
    money = signed_in(desk.treasurer)
    run = answer(money, "回盘.csv", result_csv(rows, "utf-8-sig"))
    assert (run.rows_good, run.rows_bad, run.rows_changed) == (1, 6, 1)
    page = money.get(f"/bank-results/{run.pk}/").content.decode()
    for why in (
        "30.00 yuan, the row says otherwise",
        "has the same number",
        "neither paid nor failed",
        "No payment of your area",
    ):
        assert why in page, why
    assert sorted(PayLine.everywhere.filter(batch=batch).values_list("state", flat=True)) == [
        "paid",
        "ready",
        "ready",
    ]
    late = answer(money, "b.csv", result_csv([[two.number, "乙", "30", "失败", "退票", ""]]))
    assert (late.rows_bad, PayLine.everywhere.get(pk=two.pk).state) == (1, LineState.PAID)
    assert faults() == []


def test_neighbours_neither_see_nor_answer(office: Office, caller: Caller, desk: Till, at: datetime) -> None:
    account(caller("甲"), at)
    desk.give(100_000)
    office.posted()
    batch = desk.released()
    (line,) = PayLine.everywhere.filter(batch=batch)
    other = signed_in(make.user("finance_officer", make.OTHER_COUNTY))
    for path in ("", "bank-file/", "statement.pdf"):
        assert other.get(f"/payment-batches/{batch.pk}/{path}").status_code == 404
    sent = other.post(
        "/bank-results/do/bring/",
        {
            "region": make.COUNTY,
            "file": SimpleUploadedFile("a.csv", result_csv([[line.number, "甲", "30", "成功", "", ""]])),
        },
    )
    assert sent.status_code in (403, 422)
    sent = other.post(
        "/bank-results/do/bring/",
        {
            "region": make.OTHER_COUNTY,
            "file": SimpleUploadedFile("a.csv", result_csv([[line.number, "甲", "30", "成功", "", ""]])),
        },
    )
    run_due(now())
    run = ImportRun.everywhere.latest("started_at")
    assert (sent.status_code, run.rows_good, run.rows_bad) == (302, 0, 1)


@pytest.mark.parametrize("text", NAUGHTY[::3])
def test_no_cell_of_a_list_is_a_formula(text: str) -> None:
    row = FileRow("FF-1", text, "6210", text, 100, text)
    cells = papers.cells(row)
    assert not any(
        cell.lstrip()[:1] in ("=", "+", "-", "@") for cell in (cells[1], cells[3], cells[5]) if cell
    )
    if text.encode("utf-8", "ignore").decode() == text:
        assert (
            list(csv.reader(io.StringIO(papers.bank_csv([row], "gb18030").decode("gb18030"), newline="")))[1][
                2
            ]
            == "6210"
        )


@pytest.mark.parametrize("what", files.REFUSED)
def test_bad_files_are_refused_and_nothing_is_booked(what: str, office: Office, desk: Till) -> None:
    raw, _code = files.REFUSED[what]
    sent = signed_in(desk.treasurer).post(
        "/bank-results/do/bring/", {"region": make.COUNTY, "file": SimpleUploadedFile("回盘.xlsx", raw)}
    )
    assert sent.status_code == 422, what
    assert not ImportRun.everywhere.exists()
