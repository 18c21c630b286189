"""Whoever gave the information signs, evidence is added, and only some may see it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests import make
from tests.areas.assessment.office import Office, fresh_, sheet_of, signed_in

from songhe.areas.assessment.models import Evidence, Signature
from songhe.areas.assessment.rules.signing import signature
from songhe.engines.acts.models import Act

names = st.sampled_from(["", "王丽", "李村医", "护士"])


@given(names, names, st.booleans(), st.booleans())
def test_a_signature_has_its_picture_or_a_witness(
    name: str, witness: str, has_picture: bool, needs_witness: bool
) -> None:
    decision = signature(
        name=name, witness=witness, has_picture=has_picture, needs_witness=needs_witness, assessors={"护士"}
    )
    proved = bool(witness) or (has_picture and not needs_witness)
    assert decision.refused != (bool(name) and proved and witness not in {name, "护士"} - {""})


def picture() -> SimpleUploadedFile:
    """A photographed signature."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return SimpleUploadedFile("签名.png", out.getvalue(), "image/png")


@pytest.mark.django_db
def test_nobody_signs_before_the_informant(office: Office) -> None:
    row = office.only_handed_in()
    reply = office.first.post(f"/assessments/{row.pk}/sign/")
    assert reply.status_code == 422
    assert "Obtain that signature first" in reply.content.decode()
    assert office.informed(row, witness="").status_code == 422
    assert office.informed(row, way="thumb", witness="").status_code == 422
    assert "Name somebody else" in office.informed(row, witness="护士").content.decode()
    assert office.informed(row, way="written", witness="", picture=picture()).status_code == 302
    made = Signature.everywhere.get()
    assert (made.name, made.relation, made.by_id) == ("王丽", "family", office.nurse.pk)
    assert office.first.post(f"/assessments/{row.pk}/sign/").status_code == 302
    assert "Obtain that signature first" not in office.first.get(f"/assessments/{row.pk}/").content.decode()


@pytest.mark.django_db
def test_a_change_of_the_answers_makes_the_signature_void(office: Office) -> None:
    row = office.handed_in()
    sent = sheet_of(row, B_2_1="2") | {"hand_in": "1"}
    assert office.second.post(f"/assessments/{row.pk}/form/", sent).status_code == 302
    assert office.second.post(f"/assessments/{row.pk}/sign/").status_code == 422
    page = office.second.get(f"/assessments/{row.pk}/").content.decode()
    assert "has not signed the answers as they now stand" in page
    assert office.informed(row).status_code == 302
    assert office.second.post(f"/assessments/{row.pk}/sign/").status_code == 302


@pytest.mark.django_db
def test_evidence_is_seen_by_the_two_and_by_reviewers_alone(office: Office) -> None:
    row = office.requested()
    office.assigned(row)
    url = f"/assessments/{row.pk}/add_evidence/"
    assert office.first.post(url, {"kind": "diagnosis", "file": picture()}).status_code == 302
    file = f"/files/{Evidence.everywhere.get().attachment_id}"
    page = office.second.get(f"/assessments/{row.pk}/").content.decode()
    assert f"{file}/full/" in page
    for client in (office.first, office.second, office.desk):
        assert client.get(f"{file}/full/").status_code == 200
    assert Act.objects.filter(verb="attachment.open").count() == 3
    clerk = signed_in(make.user("village_officer", office.village))
    page = clerk.get(f"/assessments/{row.pk}/").content.decode()
    assert file not in page
    assert "Evidence is shown to the two assessors" in page
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    for client in (clerk, neighbour, signed_in(make.user("hotline_agent", make.COUNTY))):
        for size in ("full", "small"):
            assert client.get(f"{file}/{size}/").status_code == 404


@pytest.mark.django_db
def test_only_the_two_add_papers_and_only_while_the_form_is_open(office: Office) -> None:
    row = office.handed_in()
    url = f"/assessments/{row.pk}/add_evidence/"
    assert office.desk.post(url, {"kind": "other", "file": picture()}).status_code == 403
    text = SimpleUploadedFile("x.txt", b"no picture", "text/plain")
    assert office.first.post(url, {"kind": "other", "file": text}).status_code == 422
    for client in (office.first, office.second):
        client.post(f"/assessments/{row.pk}/sign/")
    assert fresh_(row).state == "signed"
    assert office.first.post(url, {"kind": "other", "file": picture()}).status_code == 422
    assert office.informed(row).status_code == 422


@pytest.mark.django_db
def test_signatures_and_evidence_are_only_added(office: Office) -> None:
    row = office.handed_in()
    office.first.post(f"/assessments/{row.pk}/add_evidence/", {"kind": "other", "file": picture()})
    for statement in (
        "UPDATE assessment_signature SET name = 'x'",
        "DELETE FROM assessment_signature",
        "UPDATE assessment_evidence SET kind = 'other'",
        "DELETE FROM assessment_evidence",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
