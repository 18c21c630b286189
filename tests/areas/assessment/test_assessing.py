"""From the request to the confirmed level, through HTTP, with an insider, a neighbour and a stranger."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate
from tests import make
from tests.areas.assessment.office import Office, fresh_, sheet_of, signed_in

from songhe.areas.assessment.api import Assessment, level_of
from songhe.core.refusal import Refused
from songhe.engines.acts.models import Act

pytestmark = pytest.mark.django_db


def test_from_the_request_to_the_level_in_force(office: Office) -> None:
    row = office.signed(B_1_3="3", diagnoses=["hypertension", "dementia"])
    assert (row.state, row.judged, row.level) == ("signed", 2, None)
    assert level_of(office.elder.pk, localdate()) is None
    page = office.desk.get(f"/assessments/{row.pk}/").content.decode()
    assert "2 · moderate" in page or "Moderate impairment" in page
    assert "89 / 90" in page
    assert "Dementia is diagnosed: one level up" in page
    assert office.desk.post(f"/assessments/{row.pk}/confirm/").status_code == 302
    assert level_of(office.elder.pk, localdate()) is None
    assert office.deliver(row).status_code == 302
    assert level_of(office.elder.pk, localdate()) == 2, "no days for an objection in this city"
    assert "No objection period · assumed" in office.desk.get(f"/assessments/{row.pk}/").content.decode()
    verbs = list(
        Act.objects.filter(subject_id=row.pk, kind="write").order_by("id").values_list("verb", flat=True)
    )
    assert verbs == [
        f"assessment.{name}"
        for name in ("request", "assign", "hand_in", "informant_signs", "sign", "sign", "confirm", "deliver")
    ]


def test_a_missing_and_a_wrong_answer_show_on_their_items(office: Office) -> None:
    row = office.requested()
    office.assigned(row)
    row.refresh_from_db()
    url = f"/assessments/{row.pk}/form/"
    sent = sheet_of(row) | {"hand_in": "1"}
    del sent["B.2.3"]
    reply = office.first.post(url, sent)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert 'id="f-B.2.3">Not answered yet.' in page and page.count('class="fault"') == 1
    reply = office.first.post(url, sheet_of(row, falls="7", B_1_1="9") | {"save": "1"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert 'id="f-falls">Enter a whole number from 0 to 3.' in page
    assert 'id="f-B.1.1">This is not one of the choices.' in page
    assert office.first.post(url, {"B.1.1": "4", "save": "1"}).status_code == 302
    page = office.first.get(url).content.decode()
    assert "4 / 90" in page and 'value="4" checked' in page


def test_two_different_assessors_one_of_them_medical(office: Office) -> None:
    row = office.requested()
    nurse = str(office.nurse.pk)
    assert "Two different people" in office.assigned(row, second=nurse).content.decode()
    assert "medical or nursing background" in office.assigned(row, medical="neither").content.decode()
    other = make.user("assessor", make.OTHER_COUNTY)
    assert office.assigned(row, second=str(other.pk)).status_code == 422
    row.refresh_from_db()
    assert row.state == "requested"


def test_both_sign_nobody_twice_and_only_they(office: Office) -> None:
    row = office.handed_in()
    url = f"/assessments/{row.pk}/sign/"
    assert office.desk.post(url).status_code == 403
    assert office.first.post(url).status_code == 302
    assert office.first.post(url).status_code == 422
    row.refresh_from_db()
    assert (row.state, row.judged) == ("answered", None)
    third = signed_in(make.user("assessor", make.COUNTY))
    assert third.post(url).status_code == 404
    assert office.second.post(url).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.judged) == ("signed", 0)


def test_a_change_after_one_signature_takes_it_back(office: Office) -> None:
    row = office.handed_in()
    office.first.post(f"/assessments/{row.pk}/sign/")
    office.second.post(f"/assessments/{row.pk}/form/", sheet_of(row, B_2_1="2") | {"hand_in": "1"})
    row.refresh_from_db()
    assert (row.state, row.first_signed_at) == ("answered", None)


def test_what_is_signed_is_never_changed(office: Office) -> None:
    row = office.signed()
    assert office.first.post(f"/assessments/{row.pk}/form/", sheet_of(row) | {"save": "1"}).status_code == 422
    for statement in (
        "UPDATE assessment_assessment SET level = 4",
        "UPDATE assessment_assessment SET judged = 4",
        "UPDATE assessment_assessment SET in_force_on = assessed_on",
        "UPDATE assessment_assessment SET state = 'assigned'",
        "UPDATE assessment_assessment SET first_signed_at = NULL",
        "DELETE FROM assessment_assessment",
    ):
        with pytest.raises(DatabaseError, match="kept as it was signed"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_correction_replaces_the_old_version_when_it_is_confirmed(office: Office) -> None:
    row = office.delivered(B_1_3="3")
    done = office.desk.post(f"/assessments/{row.pk}/correct/", {"reason": "洗澡一项有误"})
    assert done.status_code == 302
    fresh = Assessment.everywhere.get(corrects=row)
    assert office.assigned(fresh).status_code == 302
    page = office.second.get(f"/assessments/{fresh.pk}/form/").content.decode()
    assert "89 / 90" in page
    office.second.post(f"/assessments/{fresh.pk}/form/", sheet_of(fresh_(fresh)) | {"hand_in": "1"})
    office.informed(fresh)
    for client in (office.first, office.second):
        client.post(f"/assessments/{fresh.pk}/sign/")
    assert level_of(office.elder.pk, localdate()) == 1
    assert office.desk.post(f"/assessments/{fresh.pk}/confirm/").status_code == 302
    assert level_of(office.elder.pk, localdate()) == 1
    assert office.deliver(fresh).status_code == 302
    row.refresh_from_db()
    assert row.state == "superseded"
    assert level_of(office.elder.pk, localdate()) == 0


def test_an_assessor_does_not_confirm(office: Office) -> None:
    make.grant(office.nurse, "county_officer", make.COUNTY)
    row = office.signed()
    reply = office.first.post(f"/assessments/{row.pk}/confirm/")
    assert reply.status_code == 422
    assert "somebody else must approve" in reply.content.decode()


def test_one_assessment_of_a_person_at_a_time(office: Office) -> None:
    office.requested()
    reply = office.desk.post("/assessments/do/request/", {"person": str(office.elder.pk)})
    assert reply.status_code == 422
    assert "is under way" in reply.content.decode()


def test_a_neighbour_and_a_stranger_find_nothing(office: Office) -> None:
    row = office.signed()
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    for url in (f"/assessments/{row.pk}/", f"/assessments/{row.pk}/answers/"):
        assert neighbour.get(url).status_code == 404
    assert row.number not in neighbour.get("/assessments/").content.decode()
    other = signed_in(make.user("assessor", make.COUNTY))
    assert other.get(f"/assessments/{row.pk}/form/").status_code == 404
    assert row.number not in other.get("/assessments/").content.decode()
    stranger = signed_in(make.user("worker", make.COUNTY))
    assert stranger.get("/assessments/").status_code == 403
    assert Client().get(f"/assessments/{row.pk}/").status_code == 302


def test_showing_answers_is_logged_and_needs_a_right(office: Office) -> None:
    row = office.signed()
    clerk = signed_in(make.user("village_officer", office.village))
    assert clerk.get(f"/assessments/{row.pk}/answers/").status_code == 403
    assert "王丽" in office.desk.get(f"/assessments/{row.pk}/answers/").content.decode()
    line = Act.objects.get(verb="assessment.read_answers")
    assert (line.actor_id, line.person_id, line.purpose) == (office.officer.pk, office.elder.pk, "review")


def test_the_lists_and_homes_show_what_waits_for_whom(office: Office) -> None:
    row = office.requested()
    assert row.number in office.desk.get("/assessments/?state=requested").content.decode()
    assert "王秀英" in office.desk.get("/").content.decode()
    office.assigned(row)
    assert "王秀英" in office.first.get("/").content.decode()
    assert row.number in office.first.get("/assessments/").content.decode()


def test_an_action_outside_its_state_is_refused_with_what_is_possible(office: Office, at: datetime) -> None:
    from songhe.areas.assessment import actions

    row = office.requested()
    with pytest.raises(Refused, match="while the state is Requested"):
        actions.confirm(row, actor=office.officer, at=at)
