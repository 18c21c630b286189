"""A form filled in without network, or in two windows: sent once, and never over what somebody else wrote."""

from __future__ import annotations

from typing import Any

import pytest
from tests import make
from tests.areas.assessment.office import Office, fresh_, sheet_of, signed_in

from songhe.areas.assessment.api import Assessment
from songhe.areas.assessment.models import Version
from songhe.engines.acts.models import Act
from songhe.engines.forms.api import read

pytestmark = pytest.mark.django_db


def begun(office: Office) -> Assessment:
    """An assessment whose form is open."""
    row = office.requested()
    office.assigned(row)
    return fresh_(row)


def sent(row: Assessment, **changes: Any) -> dict[str, Any]:
    """A whole form as both saw it empty, with the key that the device gave it."""
    return sheet_of(row, **changes) | {"save": "1", "base": "", "_key": "a-device-1"}


def test_the_same_form_twice_has_one_effect(office: Office) -> None:
    row = begun(office)
    url = f"/assessments/{row.pk}/form/"
    for _ in range(2):
        reply = office.first.post(url, sent(row), headers={"Accept": "application/json"})
        assert (reply.status_code, reply.json()["url"]) == (200, url)
    assert Act.objects.filter(verb="assessment.save_form").count() == 1
    assert not Version.everywhere.exists()


def test_a_second_other_version_is_refused_and_kept_beside_the_first(office: Office) -> None:
    row = begun(office)
    url = f"/assessments/{row.pk}/form/"
    assert office.first.post(url, sent(row)).status_code == 302
    reply = office.second.post(url, sent(row, B_1_3="2"), headers={"Accept": "application/json"})
    assert reply.status_code == 409
    assert "Nothing was overwritten" in reply.json()["text"]
    row.refresh_from_db()
    assert row.answers is not None
    assert read(row.answers)["B.1.3"] == "4"
    again = office.second.post(url, sent(row, B_1_3="2") | {"_key": "a-device-2"})
    assert again.status_code == 422
    page = again.content.decode()
    assert "Submitted version" in page
    assert "Needs help, does most of it" in page
    assert "Does it alone" in page
    other = Version.everywhere.get()
    assert b"B.1.3" not in bytes(other.answers_sealed)
    form = office.first.get(url).content.decode()
    link = f"/assessments/{row.pk}/versions/{other.pk}/"
    assert link in form
    assert office.first.post(link, {"take": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.answers is not None
    assert read(row.answers)["B.1.3"] == "2"
    assert fresh_version(other).state == "taken"
    assert office.first.post(link, {"take": "1"}).status_code == 422


def fresh_version(row: Version) -> Version:
    """The row read again."""
    row.refresh_from_db()
    return row


def test_the_same_key_with_other_answers_is_a_second_version_too(office: Office) -> None:
    row = begun(office)
    url = f"/assessments/{row.pk}/form/"
    assert office.first.post(url, sent(row)).status_code == 302
    assert office.first.post(url, sent(row, B_2_1="2")).status_code == 422
    other = Version.everywhere.get()
    assert office.first.post(f"/assessments/{row.pk}/versions/{other.pk}/", {"drop": "1"}).status_code == 302
    assert fresh_version(other).state == "dropped"


def test_what_comes_after_signing_is_kept_for_a_correction(office: Office) -> None:
    row = office.signed()
    url = f"/assessments/{row.pk}/form/"
    reply = office.second.post(url, sent(row, B_2_1="2"))
    assert reply.status_code == 422
    assert "ask for a correction" in reply.content.decode()
    other = Version.everywhere.get()
    link = f"/assessments/{row.pk}/versions/{other.pk}/"
    assert "Accept the submitted version" not in office.second.get(link).content.decode()
    assert office.second.post(link, {"take": "1"}).status_code == 422
    assert office.second.post(url, sent(row)).status_code == 422, "nothing new to keep"
    assert Version.everywhere.count() == 1


def test_missing_answers_are_told_to_a_device_in_words(office: Office) -> None:
    row = begun(office)
    given = sent(row) | {"hand_in": "1"}
    del given["B.1.3"]
    reply = office.first.post(f"/assessments/{row.pk}/form/", given, headers={"Accept": "application/json"})
    assert reply.status_code == 422
    assert "1 question needs another look" in reply.json()["text"]


def test_others_neither_see_nor_decide_versions(office: Office) -> None:
    row = begun(office)
    url = f"/assessments/{row.pk}/form/"
    office.first.post(url, sent(row))
    office.second.post(url, sent(row, B_1_3="2"))
    link = f"/assessments/{row.pk}/versions/{Version.everywhere.get().pk}/"
    third = signed_in(make.user("assessor", make.COUNTY))
    assert third.get(link).status_code == 404
    assert third.post(link, {"take": "1"}).status_code == 404
    assert office.desk.get(link).status_code == 403
    assert 'data-offline="' in office.first.get(url).content.decode()
