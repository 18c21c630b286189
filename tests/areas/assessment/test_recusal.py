"""Relatives, and whoever works for an organisation that serves the person, do not assess; through HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from tests import make
from tests.areas.assessment.office import Office

from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Contact, Household, Member
from songhe.engines.access.api import Tie, tie, untie

pytestmark = pytest.mark.django_db


def a_contact(office: Office, at: datetime, name: str, relation: str, **more: object) -> Contact:
    """Somebody to call about the person."""
    made: Contact = Contact.everywhere.create(
        person=office.elder,
        region_id=office.village,
        name=name,
        relation=relation,
        owner_id=office.elder.pk,
        added_at=at,
        **more,
    )
    return made


def test_a_relative_with_a_log_in_does_not_assess(office: Office, at: datetime) -> None:
    row = office.requested()
    tie(office.elder.pk, office.social.pk, Tie.Kind.KIN, region_id=office.village, since=at.date())
    reply = office.assigned(row)
    assert reply.status_code == 422
    assert "社工 is a relative of this person" in reply.content.decode()
    untie(office.elder.pk, office.social.pk, kind=Tie.Kind.KIN, until=at.date())
    assert office.assigned(row).status_code == 422, "a tie that ended ends no kinship"


def test_a_contact_of_kin_does_not_assess_and_a_neighbour_may(office: Office, at: datetime) -> None:
    row = office.requested()
    found = a_contact(office, at, "小李", "child_in_law", user_id=office.nurse.pk)
    assert "护士 is a relative" in office.assigned(row).content.decode()
    found.relation = "neighbour"
    found.save()
    assert office.assigned(row).status_code == 302


def test_a_namesake_of_a_relative_needs_somebody_to_answer_for_it(office: Office, at: datetime) -> None:
    row = office.requested()
    a_contact(office, at, "护士", "child")
    assert "has the name of a relative" in office.assigned(row).content.decode()
    assert office.assigned(row, namesakes_differ="on").status_code == 302
    row.refresh_from_db()
    assert row.namesakes_differ


def test_whoever_lives_with_the_person_does_not_assess(office: Office, at: datetime) -> None:
    row = office.requested()
    home = Household.everywhere.create(region_id=office.village, head=office.elder, created_at=at)
    other = make.person(office.village, name="社工")
    for who, relation in ((office.elder, "head"), (other, "child")):
        Member.everywhere.create(household=home, person=who, region_id=office.village, relation=relation)
    assert "社工 has the name of a relative" in office.assigned(row).content.decode()


def test_an_organisation_that_serves_the_person_does_not_assess(office: Office, at: datetime) -> None:
    serves = Organisation.everywhere.create(region_id=make.COUNTY, name="幸福到家养老服务", kinds=["home"])
    office.nurse.organisation_id = serves.pk
    office.nurse.save()
    row = office.requested()
    tie(office.elder.pk, serves.pk, Tie.Kind.ORGANISATION, region_id=office.village, since=at.date())
    reply = office.assigned(row)
    assert reply.status_code == 422
    assert "护士 works for 幸福到家养老服务" in reply.content.decode()
    untie(office.elder.pk, serves.pk, kind=Tie.Kind.ORGANISATION, until=at.date())
    assert office.assigned(row).status_code == 302


def test_nobody_signs_who_became_bound_after_being_named(office: Office, at: datetime) -> None:
    row = office.handed_in()
    make.grant(office.social, "dispatcher", make.COUNTY, holder_id=(mine := uuid4()))
    tie(office.elder.pk, mine, Tie.Kind.ORGANISATION, region_id=office.village, since=at.date())
    reply = office.second.post(f"/assessments/{row.pk}/sign/")
    assert reply.status_code == 422
    assert "which serves this person" in reply.content.decode()
    assert office.first.post(f"/assessments/{row.pk}/sign/").status_code == 302


def test_the_refusal_is_told_in_chinese(office: Office, at: datetime) -> None:
    row = office.requested()
    tie(office.elder.pk, office.social.pk, Tie.Kind.KIN, region_id=office.village, since=at.date())
    office.desk.cookies["django_language"] = "zh-hans"
    assert "社工是该老人的亲属，不得参与评估" in office.assigned(row).content.decode()
