"""What a person is entitled to and why: the facts with their origin, what changes next, letters, and the same for programs."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, open_canteen
from tests.kit.test_rest import Program

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.queries.courses import asked
from songhe.areas.entitlement.queries.explained import belongs
from songhe.areas.entitlement.queries.months import known
from songhe.areas.entitlement.terms import build
from songhe.areas.registry.api import Enrolment, Fact, Household
from songhe.core.rules import Tags
from songhe.engines.acts.models import Act
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def offices(at: datetime) -> Offices:
    return Offices(at)


def words(reply: object) -> str:
    return " ".join(reply.content.decode().split())  # type: ignore[attr-defined]  # a response


def test_the_page_tells_amount_reason_origin_and_what_changes(offices: Offices, elder: Elder) -> None:
    village = make.village(nth=400)
    person = elder(region=village, tags=("low_income",), born=date(1947, 3, 9), enrolled_on=date(2024, 1, 5))
    Fact.everywhere.filter(person=person).update(
        valid_to=date(2027, 5, 10), source_note="低保名单2026", recorded_by_id=offices.users["town"].pk
    )
    open_canteen(person.region_id)
    page = offices.county.get(f"/entitled-people/{person.pk}/explained/")
    text = words(page)
    assert "45 h a month" in text and "Receives the minimum living allowance" in text
    assert "An imported list · 低保名单2026 · since 2026-01-01 · until 2027-05-09" in text
    assert "by 镇干部" in text and "the entry in the registry" in text
    assert "turning 80 in March 2027: + 31 meals a month" in text
    assert "Minimum living allowance ends in June 2027: − 45 h a month, it ends" in text
    assert "with “Certificate of support for the extremely poor”" in text and "hypothetical" in text
    assert Act.objects.filter(verb="entitlement.read_explanation", subject_id=person.pk).count() == 1


def test_what_is_known_of_each_month_to_come_is_what_its_decision_would_read(
    offices: Offices, elder: Elder, household: Household
) -> None:
    """Facts are read where something ends or begins; between, nothing may differ."""
    person = elder(tags=("low_income", "extreme_poverty"), household=household, enrolled_on=date(2024, 1, 5))
    other = elder("李大爷", household=household, enrolled_on=date(2023, 1, 5))
    Fact.everywhere.filter(person=person, term="low_income").update(valid_to=date(2027, 2, 1))
    Fact.everywhere.filter(person=person, term="extreme_poverty").update(valid_to=date(2027, 5, 20))
    Enrolment.everywhere.filter(person=other).update(until=date(2027, 9, 9))
    day = date(2026, 11, 25)
    question = asked(known([person], day)[person.pk], day, person.region_id)
    assert set(question.members) == {str(person.pk), str(other.pk)}
    for n in range(24):
        year, month = divmod(2026 * 12 + 11 + n, 12)
        first = date(year, month + 1, 1)
        for one in known([person, other], first).values():
            assert question.members[str(one.person.pk)].on(first) == one.facts, first


def test_a_group_that_excludes_another_takes_its_place() -> None:
    held = belongs(tags_of("low_income", "disability", "disability:2"), "extreme_poverty")
    assert held.held == {"extreme_poverty", "disability", "disability:2"}
    assert belongs(held, "disability:1").held == {"extreme_poverty", "disability", "disability:1"}


def tags_of(*held: str) -> Tags:
    return Tags(frozenset(held))


def test_programs_are_told_the_same_within_the_same_scope(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    address = f"/api/v1/entitled-people/{person.pk}/explanation"
    told = Program(offices.users["county"]).get(address)
    assert told.status_code == 200, told.content
    hours = next(one for one in told.json()["benefits"] if one["benefit"] == "home_service_minutes")
    assert (hours["amount"], hours["unit"], hours["pending"]) == (2700, "minute", False)
    assert hours["origins"]["tag:low_income"]["source"] == "list"
    assert hours["why"]["steps"][0]["clause"]["code"] == "2"
    assert any(one["name"] == "extreme_poverty" for one in told.json()["hypothetical"])
    assert Act.objects.filter(verb="entitlement.read_explanation", subject_id=person.pk).count() == 1
    stranger = make.user("county_officer", make.OTHER_COUNTY)
    assert Program(stranger).get(address).status_code == 404
    assert Program(make.user("worker", make.COUNTY)).get(address).status_code == 403
    assert Program(offices.users["county"]).get(address.replace(str(person.pk), "x")).status_code == 422
    assert Act.objects.filter(verb="entitlement.read_explanation").count() == 1


def test_the_family_reads_its_own_and_nobody_elses(offices: Offices, elder: Elder) -> None:
    person, other = elder(tags=("low_income",)), elder("别家")
    Fact.everywhere.filter(person=person).update(recorded_by_id=offices.users["town"].pk)
    _user, family = offices.family_of(person)
    page = family.get(f"/entitled-people/{person.pk}/explained/")
    assert page.status_code == 200 and "镇干部" not in words(page)
    assert family.get(f"/entitled-people/{other.pk}/explained/").status_code == 404
    assert family.get(f"/entitled-people/{other.pk}/letter.pdf").status_code == 404


def test_nobody_is_entitled_after_death(offices: Offices, elder: Elder) -> None:
    person = elder()
    type(person).everywhere.filter(pk=person.pk).update(state="dead", died_on=date(2026, 11, 1))
    for path in ("explained/", "letter/", "letter.pdf"):
        assert offices.county.get(f"/entitled-people/{person.pk}/{path}").status_code == 422


def test_a_letter_of_refusal_says_why_by_which_clause_and_until_when_to_appeal(
    offices: Offices, elder: Elder
) -> None:
    row = offices.go(
        offices.verified(elder("欧阳𠮷国")), offices.county, "refuse", clause="1", reason="不属于救助对象"
    )
    letter = words(offices.county.get(f"/applications/{row.pk}/letter/?language=zh"))
    assert "欧阳𠮷国" in letter and row.decision_number in letter and "未予批准" in letter
    assert "不属于救助对象。" in letter and "第1条:低保、城乡特困" in letter.replace("：", ":")
    assert row.decided_at is not None
    until = queries.appeal_until(row.decided_at)
    assert f"{until.year}年{until.month}月{until.day}日" in letter
    assert "独居,行动不便" not in letter  # what the visit found is for the office
    page = words(offices.county.get(f"/applications/{row.pk}/"))
    assert "May be appealed until" in page and "assumed: no published text" in page
    english = words(offices.county.get(f"/applications/{row.pk}/letter/?language=en"))
    assert "You may appeal until" in english and "Appeal period" in english


def test_a_letter_of_a_grant_says_how_much_from_when_and_what_it_rests_on(
    offices: Offices, elder: Elder
) -> None:
    grant = offices.granted(elder(tags=("low_income",)), now() + timedelta(days=9))
    told = words(offices.county.get(f"/applications/{grant.application_id}/letter/"))
    assert "45 h a month" in told and "Minimum living allowance: yes (An imported list" in told
    assert "Clause" not in told.split("Why")[0]
    own = words(offices.county.get(f"/benefit-grants/{grant.pk}/letter/"))
    assert "You receive “Home service” from" in own
    sent = {"from_month": today().isoformat(), "why": "life_certification", "note": "邻居来电反映"}
    assert offices.county.post(f"/benefit-grants/{grant.pk}/suspend_grant/", sent).status_code == 302
    gone = words(offices.county.get(f"/benefit-grants/{grant.pk}/letter/"))
    assert (
        "is suspended from" in gone
        and "Complete a life certification" in gone
        and "You may appeal until" in gone
    )
    assert "邻居来电反映" not in gone  # what an office notes for itself
    assert "letter.pdf" in words(offices.county.get(f"/benefit-grants/{grant.pk}/"))
    assert Act.objects.filter(verb="entitlement.letter", subject_id=grant.pk).count() == 2


def test_there_is_no_letter_before_a_decision(offices: Offices, elder: Elder) -> None:
    row = offices.filed(elder(tags=("low_income",)))
    assert offices.county.get(f"/applications/{row.pk}/letter/").status_code == 422
    page = words(offices.county.get(f"/applications/{row.pk}/"))
    assert "letter.pdf" not in page
    assert "Decision number" not in page and "Number on the paper" not in page  # empty, so left out


@pytest.mark.parametrize("language", ["zh", "en", "", "xx", "\0"])
def test_a_paper_is_drawn_for_any_name(offices: Offices, elder: Elder, language: str) -> None:
    name = "阿卜杜热合曼·买买提依明·艾合麦提江·努尔麦麦提·图尔荪·𠮷𬭚😀"
    person = elder(name, tags=("low_income",))
    reply = offices.county.get(f"/entitled-people/{person.pk}/letter.pdf", {"language": language})
    assert reply.status_code == 200 and reply["Content-Type"] == "application/pdf"
    assert reply.content.startswith(b"%PDF-")


def test_an_explanation_asks_the_database_no_more_for_a_longer_future(offices: Offices, elder: Elder) -> None:
    plain = elder()
    known_for_now = elder(tags=("low_income",))
    Fact.everywhere.filter(person=known_for_now).update(valid_to=date(2027, 6, 1))
    queries.explained(plain, today())
    counts = []
    for person in (plain, known_for_now):
        with CaptureQueriesContext(connection) as asked_for:
            queries.explained(person, today())
        counts.append(len(asked_for))
    assert counts[0] <= 90 and counts[1] - counts[0] <= 16, counts


def test_what_nobody_says_of_appeals_is_assumed() -> None:
    assert build({}, "x").appeals.days == 60 and build({}, "x").appeals.assumed
    assert build({"appeal_days": 30}, "x").appeals.days == 30
    told = build({"appeal": {"days": 15}}, "x").appeals
    assert (told.days, told.assumed) == (15, False)
    assert build({"appeal": {"days": 15, "assumed": True}}, "x").appeals.assumed
