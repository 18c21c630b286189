"""Public notices: open to everybody, gone by themselves, and nothing on them but what they are for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import models
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder

from songhe.areas.entitlement.models import Application, Notice, Paper
from songhe.areas.entitlement.queries import on_notice
from songhe.areas.entitlement.rules import shown_name
from songhe.areas.registry.api import Fact, Person
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal
from songhe.kit.clock import today

CANARY = "金丝雀"
SHOWN = {
    "region_id",
    "shown_name",
    "benefit_en",
    "benefit_zh",
    "decision_number",
    "from_month",
    "posted_on",
    "until",
}


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王建国", "王*国"),
        ("王强", "王*"),
        ("欧阳建国", "欧**国"),
        ("李", "*"),
        ("", "*"),
        ("阿卜杜·热合曼", "阿*****曼"),
    ],
)
def test_names_as_neighbours_know_them(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.text(st.characters(categories=["Lo"]), min_size=1, max_size=12))
def test_of_a_name_at_most_two_signs_are_read(name: str) -> None:
    shown = shown_name(name)
    assert len(shown) == len(name)
    assert sum(1 for sign in shown if sign != "*") <= 2
    assert "*" in shown


@pytest.mark.django_db
def test_everybody_reads_a_notice_without_logging_in(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    row = offices.noticed(person)
    village = person.region_id
    for code in (village, village // 1000 * 1000, make.COUNTY):
        for page in (f"/notices/{code}/", f"/notices/{code}/sheet/"):
            reply = Client(headers={"Accept-Language": "en"}).get(page)
            text = reply.content.decode()
            assert reply.status_code == 200
            assert "张*兰" in text and "居家上门服务时长" in text and row.decision_number in text
            assert "张桂兰" not in text and '<meta name="robots" content="noindex' in text
            assert reply.headers["X-Robots-Tag"].startswith("noindex")
    assert f"/notices/{village // 1000 * 1000}/" in Client().get("/notices/").content.decode()
    english = Client()
    english.cookies["django_language"] = "en"
    text = english.get(f"/notices/{village}/").content.decode()
    until = (today() + timedelta(days=6)).isoformat()
    assert "Home service" in text and until in text and "in writing, by telephone or in person" in text


@pytest.mark.django_db
def test_a_place_elsewhere_and_a_place_that_is_none(offices: Offices, elder: Elder) -> None:
    offices.noticed(elder(tags=("low_income",)))
    there = Client().get(f"/notices/{make.village(make.OTHER_COUNTY)}/")
    assert there.status_code == 200 and "张*兰" not in there.content.decode()
    for code in (1, 999999999999, 370000000000, 371000000000, 10**30):
        assert Client().get(f"/notices/{code}/").status_code == 404


@pytest.mark.django_db
def test_a_notice_ends_with_its_last_day_whatever_the_jobs_did(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    row = offices.noticed(person)
    assert len(on_notice(person.region_id, today())) == 1
    assert len(on_notice(person.region_id, today() + timedelta(days=6))) == 1
    assert on_notice(person.region_id, today() + timedelta(days=7)) == []
    assert on_notice(person.region_id, today() - timedelta(days=1)) == []
    Notice.everywhere.filter(application=row).update(
        posted_on=today() - timedelta(days=9), until=today() - timedelta(days=1)
    )
    assert "张*兰" not in Client().get(f"/notices/{person.region_id}/").content.decode()
    assert Client().get("/notices/").content.decode().count(f"/notices/{make.COUNTY}/") == 0


@pytest.mark.django_db
def test_nothing_else_sings_on_a_notice(offices: Offices, elder: Elder) -> None:
    """Every other text of the application, its papers, its person and the facts holds the canary's name."""
    person = elder(tags=("low_income", "disability"))
    row = offices.noticed(person)
    notice = Notice.everywhere.get(application=row)
    _sing(row, leave={"number", "decision_number", "rule", "state", "channel"})
    for paper in Paper.everywhere.filter(application=row):
        _sing(paper, leave={"shown"})
    row.visit_note_sealed = seal(person.pk, CANARY)
    row.reason = {"steps": [{"why": {"zh": CANARY, "en": CANARY}}], "value": 4499}
    row.save()
    Person.everywhere.filter(pk=person.pk).update(
        name=CANARY, name_pinyin=CANARY, address_sealed=seal(person.pk, CANARY)
    )
    Fact.everywhere.filter(person=person).update(source_note=CANARY)
    policy = row.policy
    policy.title_zh = policy.title_en = policy.issuer_zh = CANARY
    policy.pk, policy.code, policy.content_hash = uuid7(), "canary", uuid7().hex
    policy.save(force_insert=True)
    row.policy = policy
    row.save(update_fields=["policy"])
    plain = {field.attname for field in Notice._meta.concrete_fields} - SHOWN
    assert plain == {"id", "application_id", "taken_down_at"}, (
        "a new column has to be weighed before it is shown"
    )
    for page in (f"/notices/{person.region_id}/", f"/notices/{person.region_id}/sheet/", "/notices/"):
        for language in ("en", "zh-hans"):
            reader = Client()
            reader.cookies["django_language"] = language
            text = reader.get(page).content.decode()
            for secret in (
                CANARY,
                str(person.pk),
                str(row.pk),
                str(notice.pk),
                row.number,
                "4499",
                "2700",
                "低保",
            ):
                assert secret not in text, (page, secret)


def _sing(row: models.Model, *, leave: set[str]) -> None:
    for field in row._meta.concrete_fields:
        if isinstance(field, models.CharField) and field.attname not in leave:
            setattr(row, field.attname, CANARY[: field.max_length or 3])
    row.save()


@pytest.mark.django_db
def test_a_notice_belongs_to_one_decision(offices: Offices, elder: Elder) -> None:
    row = offices.noticed(elder(tags=("low_income",)))
    assert Application.everywhere.get(pk=row.pk).notices.count() == 1
