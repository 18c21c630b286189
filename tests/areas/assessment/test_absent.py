"""Nobody at home, in hospital, refused: another appointment, and after enough of them back to the requester."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localtime
from django.utils.timezone import now as clock
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.assessment.office import Office, fresh_, sheet_of, signed_in

from songhe.areas.assessment.api import Assessment
from songhe.areas.assessment.models import Attempt
from songhe.areas.assessment.rules.appointment import Next, after_attempt
from songhe.engines.acts.models import Act

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
moments = st.integers(-1000, 1000).map(lambda hours: AT + timedelta(hours=hours))


@given(st.integers(1, 9), st.integers(1, 9), st.none() | moments)
def test_back_after_enough_attempts_and_else_another_day(
    attempts: int, most: int, next_at: datetime | None
) -> None:
    decision = after_attempt(attempts, most=most, next_at=next_at, at=AT)
    if attempts >= most:
        assert decision.value is Next.GIVE_BACK
    elif next_at is None or next_at <= AT:
        assert decision.refused
    else:
        assert decision.value is Next.REBOOK


def day(days: int) -> str:
    """A moment so many days from now, as a browser sends it."""
    return f"{localtime(clock()) + timedelta(days=days):%Y-%m-%dT%H:%M}"


def tried(office: Office, row: Assessment, **given: Any) -> Any:
    """The reply to a vain attempt."""
    return office.first.post(f"/assessments/{row.pk}/absent/", {"absence": "not_home"} | given)


@pytest.mark.django_db
def test_three_vain_attempts_and_back_to_who_asked(office: Office) -> None:
    row = office.requested()
    assert office.assigned(row, appointment_at=day(1)).status_code == 302
    first = fresh_(row).appointment_at
    assert "attempt 1 of 3" in tried(office, row).content.decode()
    assert "is in the past" in tried(office, row, next_at=day(-1)).content.decode()
    assert tried(office, row, next_at=day(3), note="邻居说去女儿家了").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts, row.appointment_at != first) == ("assigned", 1, True)
    assert tried(office, row, absence="hospital", next_at=day(9)).status_code == 302
    page = office.first.get(f"/assessments/{row.pk}/").content.decode()
    assert "邻居说去女儿家了" in page
    assert "In hospital" in page
    assert tried(office, row, absence="refused").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts, row.first_assessor_id, row.appointment_at) == ("returned", 3, None, None)
    kept = list(Attempt.everywhere.filter(assessment=row).order_by("at").values_list("absence", flat=True))
    assert kept == ["not_home", "hospital", "refused"]
    assert Attempt.everywhere.earliest("at").appointment_at == first
    assert office.first.get(f"/assessments/{row.pk}/").status_code == 404, "the assessors are free of it"
    assert "Returned requests" in office.desk.get("/").content.decode()
    assert office.desk.post(f"/assessments/{row.pk}/ask_again/", {"note": "出院后再评"}).status_code == 302
    assert (fresh_(row).state, row.attempts) == ("requested", 0)
    assert office.assigned(row).status_code == 302
    assert Act.objects.filter(verb="assessment.absent").count() == 3


@pytest.mark.django_db
def test_a_request_that_came_back_may_be_given_up(office: Office) -> None:
    row = office.requested()
    office.assigned(row)
    for days in (1, 2, 3):
        assert tried(office, row, next_at=day(days)).status_code == 302
    assert fresh_(row).state == "returned"
    assert office.desk.post("/assessments/do/request/", {"person": str(office.elder.pk)}).status_code == 422
    assert office.desk.post(f"/assessments/{row.pk}/cancel/", {"reason": "本人不愿意"}).status_code == 302
    assert fresh_(row).state == "cancelled"


@pytest.mark.django_db
def test_an_appointment_is_made_and_moved_by_the_two_alone(office: Office) -> None:
    row = office.requested()
    office.assigned(row)
    url = f"/assessments/{row.pk}/book/"
    assert office.second.post(url, {"appointment_at": day(2)}).status_code == 302
    assert office.first.post(url, {"appointment_at": day(-2)}).status_code == 422
    assert office.first.post(url, {"appointment_at": "morgen"}).status_code == 422
    assert office.desk.post(url, {"appointment_at": day(2)}).status_code == 403
    third = signed_in(make.user("assessor", make.COUNTY))
    for verb in ("book", "absent"):
        assert third.post(f"/assessments/{row.pk}/{verb}/").status_code == 404
    sent = sheet_of(fresh_(row)) | {"hand_in": "1"}
    assert office.first.post(f"/assessments/{row.pk}/form/", sent).status_code == 302
    assert tried(office, row, next_at=day(2)).status_code == 422, "the form is handed in"


@pytest.mark.django_db
def test_attempts_are_only_added(office: Office) -> None:
    row = office.requested()
    office.assigned(row)
    tried(office, row, next_at=day(1))
    for statement in ("UPDATE assessment_attempt SET note = 'x'", "DELETE FROM assessment_attempt"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
