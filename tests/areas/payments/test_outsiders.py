"""Every page, verb, download and operation of payments, tried by people whom they do not concern."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.payments.conftest import Caller, Office
from tests.areas.payments.paying import Till, account, till
from tests.kit.test_rest import Program

from songhe.areas.payments.models import Batch
from songhe.areas.registry.api import Enrolment
from songhe.engines.acts.models import Act
from songhe.engines.imports.api import ImportRun
from songhe.kit.spec import RECORDS, Record

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SLUGS = (
    "payment-runs", "payment-postings", "payment-batches", "payment-lines", "payment-checks", "payees", "budget-lines",
    "money-sources", "receivables", "bank-results",
)  # fmt: skip
OUTSIDERS = {
    "a county officer of another county": ("county_officer", make.OTHER_COUNTY),
    "finance of another county": ("finance_officer", make.OTHER_COUNTY),
    "an auditor of another county": ("auditor", make.OTHER_COUNTY),
    "a town officer of another county": ("town_officer", 0),
    "a manager of an organisation": ("organisation_manager", make.COUNTY),
    "a worker": ("worker", make.COUNTY),
    "a hotline agent": ("hotline_agent", make.COUNTY),
    "a stranger": ("", 0),
}


@pytest.fixture
def rows(office: Office, caller: Caller, at: datetime) -> dict[str, Any]:
    """One row of each kind, of a county in which everything has happened."""
    desk: Till = till(at)
    for name in ("甲甲", "乙乙"):
        account(caller(name), at)
    desk.give(100_000)
    office.posted(date(2026, 10, 1))
    desk.result(desk.released(), 乙乙="frozen")
    Enrolment.everywhere.update(until=date(2026, 9, 15))
    office.posted(date(2026, 10, 1))
    signed_in(desk.treasurer).post(
        "/bank-results/do/bring/",
        {
            "region": make.COUNTY,
            "file": SimpleUploadedFile("回盘.csv", "明细号,金额(元),处理结果\nx,1,成功\n".encode()),
        },
    )
    found = {slug: RECORDS[slug].model.everywhere.order_by("-pk").first() for slug in SLUGS}  # type: ignore[attr-defined]
    found["bank-results"] = ImportRun.everywhere.get()
    assert all(found.values()), found
    return found


def verbs_of(record: Record) -> Iterator[tuple[str, bool]]:
    for verb in record.verbs:
        yield verb.slug, verb.takes(record.model)


@pytest.mark.parametrize("whom", OUTSIDERS)
def test_outsiders_see_nothing_and_do_nothing(whom: str, rows: dict[str, Any]) -> None:
    role, region = OUTSIDERS[whom]
    region = region or make.town(make.OTHER_COUNTY)
    holder = make.person(make.village()).pk if role in ("organisation_manager", "worker") else None
    user = (
        make.user(role, region, holder_id=holder)
        if role
        else make.user("family", make.COUNTY, holder_id=make.person(make.village(make.OTHER_COUNTY)).pk)
    )
    client, before = signed_in(user), Act.objects.filter(kind="write").count()
    for slug, row in rows.items():
        right = RECORDS[slug].right
        closed = {404} if user.may(right) else {403, 404}
        assert client.get(f"/{slug}/{row.pk}/").status_code in closed, (slug, "page")
        listed = client.get(f"/{slug}/")
        assert listed.status_code == (200 if user.may(right) else 403), (slug, "list")
        assert f"/{slug}/{row.pk}/" not in listed.content.decode(), (slug, "list")
        for verb, on_row in verbs_of(RECORDS[slug]):
            if on_row:
                answer = client.post(f"/{slug}/{row.pk}/{verb}/", {"reason": "x", "region": make.COUNTY})
                assert answer.status_code in {403, 404}, (slug, verb, answer.status_code)
    batch = Batch.everywhere.get(state="done")
    for path in ("bank-file/", "statement.pdf"):
        for send in (client.get, client.post):
            assert send(f"/payment-batches/{batch.pk}/{path}").status_code in {403, 404, 405}, path
    for path, form in {
        "payment-runs/do/prepare_run/": {"region": make.COUNTY, "month": "2026-11-01"},
        "payment-batches/do/prepare/": {"region": make.COUNTY, "benefit": "call_subsidy", "year": 2026},
        "money-sources/do/receive/": {
            "fund": str(batch.fund_id),
            "rule": "city",
            "amount": "1",
            "document": "x",
        },
        "payees/do/propose/": {
            "person": str(rows["payees"].person_id),
            "bank": "psbc",
            "account": "1",
            "since": "2026-01-01",
            "whose": "own",
        },
        "bank-results/do/bring/": {"region": make.COUNTY, "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")},
    }.items():
        assert client.post(f"/{path}", form).status_code in {403, 404, 422}, path
    for query in ("甲甲", batch.number):
        for slug in SLUGS:
            text = client.get(f"/{slug}/", {"q": query}).content.decode()
            assert f"/{slug}/{rows[slug].pk}/" not in text, (slug, query)
    assert Act.objects.filter(kind="write").exclude(verb__startswith="access.").count() <= before + 1


@pytest.mark.parametrize("whom", ["finance of another county", "a manager of an organisation"])
def test_programs_of_outsiders_neither(whom: str, rows: dict[str, Any]) -> None:
    role, region = OUTSIDERS[whom]
    holder = make.person(make.village()).pk if role == "organisation_manager" else None
    program = Program(make.user(role, region, holder_id=holder))
    before = Act.objects.exclude(kind="read").count()
    paths = program.get("/api/v1/openapi.json").json()["paths"]
    for slug, row in rows.items():
        if f"/api/v1/{slug}/{{pk}}" not in paths:
            continue
        assert program.get(f"/api/v1/{slug}/{row.pk}").status_code in {403, 404}, slug
        assert str(row.pk) not in [
            str(one.get("id")) for one in program.get(f"/api/v1/{slug}").json().get("items", [])
        ]
        for verb, on_row in verbs_of(RECORDS[slug]):
            if on_row and f"/api/v1/{slug}/{{pk}}/{verb}" in paths:
                answer = program.send(f"{slug}/{row.pk}/{verb}", {"reason": "x"}, key=f"{slug}-{verb}")
                assert answer.status_code in {403, 404, 422}, (slug, verb, answer.content)
    prepared = program.send(
        "payment-batches/do/prepare",
        {"region": make.COUNTY, "benefit": "call_subsidy", "year": 2026},
        key="p",
    )
    assert prepared.status_code in {403, 404, 422}
    assert Act.objects.exclude(kind="read").count() == before
