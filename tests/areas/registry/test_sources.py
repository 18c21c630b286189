"""Every value of a person's file says who said it: as first entered, and when it changed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests import make
from tests.areas.registry.test_people_list import AT, row, taken
from tests.kit.people import logged_in

from songhe.areas.registry.actions import persons, tagging
from songhe.areas.registry.models import Consent, Fact, Kind, Person, Source
from songhe.areas.registry.queries.facts import open_value
from songhe.areas.registry.queries.secrets import secrets_of
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.models import Region
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def officer() -> User:
    return make.user("village_officer", make.village())


def registered(by: User, number: str, **values: Any) -> Person:
    """Somebody of the village whom an officer entered in March, as relatives said."""
    return persons.register(
        actor=by, at=FIRST, name="王建国", region=Region.objects.get(code=make.village()), id_number=number,
        source=Source.PERSON, **values,
    )  # fmt: skip


def told(person: Person, kind: Kind) -> list[tuple[str, str, Any, bool]]:
    """Value, source and user of every fact of a kind, the oldest first, and whether it is believed."""
    rows = Fact.everywhere.filter(person=person, kind=kind).order_by(
        "recorded_at", F("valid_from").asc(nulls_first=True)
    )
    return [
        (str(open_value(row)), row.source, row.recorded_by_id, row.recorded_until is None) for row in rows
    ]


def test_a_list_that_brings_another_number_keeps_the_old_one_with_its_own_source(officer: User) -> None:
    number = make.id_number()
    person = registered(officer, number, phone="13700000000", address="石岛1号")
    run = taken([row(身份证号=number, 联系电话="13812345678")])
    assert (run.rows_changed, run.rows_unchanged) == (1, 0)
    phones = told(person, Kind.PHONE)
    assert phones[0] == ("13700000000", "person", officer.pk, False)
    assert phones[-1] == ("13812345678", "list", SYSTEM.id, True)
    before = Fact.everywhere.filter(person=person, kind=Kind.PHONE).earliest("recorded_at")
    assert (before.recorded_at, before.recorded_until) == (FIRST, AT)
    held = [one[:3] for one in phones if one[3]]
    assert held == [("13700000000", "person", officer.pk), ("13812345678", "list", SYSTEM.id)]
    assert {one[0] for one in told(person, Kind.ADDRESS) if one[3]} > {"石岛1号"}
    assert told(person, Kind.REGISTERED)[-1] == (str(make.COUNTY), "list", SYSTEM.id, True)


def test_a_change_does_not_claim_to_have_said_what_held_before(officer: User) -> None:
    person = registered(officer, make.id_number(), phone="13700000000")
    later = make.user("county_officer", make.COUNTY)
    persons.reach(person, actor=later, at=FIRST + timedelta(days=9), phone="13812345678")
    assert told(person, Kind.PHONE)[0] == ("13700000000", "person", officer.pk, False)
    assert told(person, Kind.PHONE)[-1] == ("13812345678", "worker", later.pk, True)


def test_an_entry_whose_source_was_not_kept_says_so(officer: User) -> None:
    person = registered(officer, make.id_number(), phone="13700000000")
    Person.everywhere.filter(pk=person.pk).update(first_source=None, first_by_id=None)
    person.refresh_from_db()
    persons.reach(person, actor=officer, at=FIRST + timedelta(days=9), phone="13812345678")
    assert told(person, Kind.PHONE)[0] == ("13700000000", "", SYSTEM.id, False)
    page = logged_in(officer).get(f"/people/{person.pk}/").content.decode()
    assert "未记录" in page


def test_the_file_shows_the_source_of_what_was_entered_first(officer: User) -> None:
    person = registered(officer, make.id_number(), phone="13700000000")
    page = logged_in(officer).get(f"/people/{person.pk}/").content.decode()
    panel = page[page.index("事实与来源") :]
    assert panel.count("本人或亲属") == 6, "name, sex, birthday, residence, number and telephone"
    assert "13700000000" not in page
    assert "object at" not in page
    assert "1943-05-02" in panel
    run = taken([row(姓名="李秀英", 性别="")])
    assert run.rows_made == 1
    other = Person.everywhere.get(name="李秀英")
    assert (other.first_source, other.first_by_id) == ("list", SYSTEM.id)


def test_facts_of_a_list_are_read_and_written_together(officer: User) -> None:
    def asked(count: int) -> int:
        numbers = [make.id_number() for _ in range(count)]
        for number in numbers:
            registered(officer, number, phone="13700000000")
        with CaptureQueriesContext(
            connection,
        ) as found:
            run = taken([row(身份证号=number, 人员类别="", 是否独居="") for number in numbers])
        assert run.rows_changed == count
        return sum('"registry_fact"' in one["sql"] for one in found.captured_queries)

    assert asked(3) == asked(1)


def paper() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return SimpleUploadedFile("户口簿.png", out.getvalue(), "image/png")


def test_a_paper_is_kept_sealed_behind_what_it_proves(officer: User) -> None:
    person = registered(officer, make.id_number(), phone="13700000000")
    tagging.tag(person, actor=officer, at=FIRST, tag="low_income", since=FIRST.date())
    day = FIRST.date().isoformat()
    desk, url = logged_in(officer), f"/people/{person.pk}/"
    assert desk.post(f"{url}consent/", {"kinds": ["health"], "given_on": day}).status_code == 302
    tag = Fact.everywhere.get(person=person, kind=Kind.TAG)
    agreed = Consent.everywhere.get(person=person, kind="health")
    sent = {"proves": ["id_number", "name", str(tag.pk), str(agreed.pk)], "file": paper()}
    reply = desk.post(f"{url}keep_evidence/", sent)
    assert reply.status_code == 302, reply.content.decode()
    kept = Attachment.everywhere.get(about_id=person.pk)
    assert b"PNG" not in bytes(kept.body_sealed)
    tag.refresh_from_db()
    agreed.refresh_from_db()
    assert tag.evidence_id == agreed.evidence_id == kept.pk
    number = Fact.everywhere.get(person=person, kind=Kind.ID_NUMBER)
    assert (open_value(number), number.source, number.recorded_by_id, number.evidence_id) == (
        secrets_of(person).id_number, "person", officer.pk, kept.pk,
    )  # fmt: skip
    assert number.recorded_at == FIRST
    assert Fact.everywhere.get(person=person, kind=Kind.NAME).value == "王建国"
    page = desk.get(url).content.decode()
    assert page.count(f"/files/{kept.pk}/full/") == 4
    assert desk.get(f"/files/{kept.pk}/full/").status_code == 200
    town = logged_in(make.user("town_officer", person.region_id // 1000 * 1000))
    assert town.get(f"/files/{kept.pk}/full/").status_code == 200
    leader = logged_in(make.user("city_leader", make.CITY))
    assert leader.get(url).status_code == 200
    assert leader.get(f"/files/{kept.pk}/full/").status_code == 404, "may not have numbers shown"
    stranger = logged_in(make.user("county_officer", make.OTHER_COUNTY))
    assert stranger.get(f"/files/{kept.pk}/full/").status_code == 404
    wrong = {"proves": [str(kept.pk)], "file": paper()}
    assert desk.post(f"{url}keep_evidence/", wrong).status_code == 422
    assert Attachment.everywhere.count() == 1
