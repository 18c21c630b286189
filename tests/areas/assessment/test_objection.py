"""A result is delivered, may be objected to, and comes into force when nobody may any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from django.utils.timezone import now as clock
from tests import make
from tests.areas.assessment.office import Office, fresh_, sheet_of, signed_in

from songhe.areas.assessment import tasks
from songhe.areas.assessment.api import Assessment, level_of
from songhe.areas.assessment.rules.parameters import build_parameters
from songhe.core.sources import DataError
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.cases.api import CaseStep
from songhe.engines.jobs.api import Work, run_due, start
from songhe.engines.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def ten_days(settings: Any) -> None:
    """A city without parameters of its own has the nation's ten days for an objection."""
    settings.CITY = "elsewhere"


def in_days(days: int) -> datetime:
    """A moment so many days from now."""
    return clock() + timedelta(days=days)


def object_to(office: Office, row: Assessment) -> Assessment:
    """An objection of the person; gives the re-assessment."""
    url = f"/assessments/{row.pk}/object_to/"
    reply = office.desk.post(url, {"objector": "王秀英", "reason": "评估时正在发烧"})
    assert reply.status_code == 302, reply.content.decode()
    return Assessment.everywhere.get(corrects=row)


def reassessed(office: Office, row: Assessment) -> Assessment:
    """The result of two other people, delivered."""
    others = [make.user("assessor", make.COUNTY, name=name) for name in ("甲", "乙")]
    given = {"first": str(others[0].pk), "second": str(others[1].pk), "medical": "both"}
    assert office.desk.post(f"/assessments/{row.pk}/assign/", given).status_code == 302
    row.refresh_from_db()
    first, second = map(signed_in, others)
    assert first.post(f"/assessments/{row.pk}/form/", sheet_of(row) | {"hand_in": "1"}).status_code == 302
    assert office.informed(row, first).status_code == 302
    for client in (first, second):
        assert client.post(f"/assessments/{row.pk}/sign/").status_code == 302
    assert office.desk.post(f"/assessments/{row.pk}/confirm/").status_code == 302
    assert office.deliver(row).status_code == 302
    return fresh_(row)


def test_in_force_by_a_timer_when_ten_days_passed(office: Office) -> None:
    row = office.delivered(B_1_3="3")
    assert (row.state, row.objections_until) == ("delivered", localdate() + timedelta(days=10))
    assert level_of(office.elder.pk, localdate()) is None
    run_due(in_days(9))
    assert fresh_(row).state == "delivered"
    run_due(in_days(11))
    run_due(in_days(12))
    assert fresh_(row).state == "confirmed"
    first = localdate() + timedelta(days=11)
    assert row.in_force_on == first
    assert level_of(office.elder.pk, first) == 1
    assert level_of(office.elder.pk, first - timedelta(days=1)) is None
    assert CaseStep.everywhere.filter(case_id=row.case_id, move="enter").count() == 1


def test_a_timer_that_comes_twice_or_was_lost_does_no_harm(office: Office) -> None:
    row = office.delivered()
    Job.objects.filter(kind="assessment.enter").delete()
    lost = start("assessment.enter_due", actor=SYSTEM, at=in_days(20))
    assert tasks.enter_due(Work(lost, in_days(20))) == {"entered": 1}
    assert tasks.enter_due(Work(lost, in_days(20))) == {"entered": 0}
    again = start("assessment.enter", {"assessment": str(row.pk)}, actor=SYSTEM, at=in_days(20))
    assert tasks.enter(Work(again, in_days(20))) == {"entered": True}
    assert fresh_(row).in_force_on == localdate() + timedelta(days=11), "late, but counted from its day on"
    assert CaseStep.everywhere.filter(case_id=row.case_id, move="enter").count() == 1


def test_an_objection_is_answered_by_two_other_people_whose_result_is_final(office: Office) -> None:
    row = office.delivered(B_1_3="3")
    again = object_to(office, row)
    assert (fresh_(row).state, again.cause, again.note) == ("objected", "objection", "评估时正在发烧")
    refused = office.assigned(again)
    assert refused.status_code == 422
    assert f"carried out the assessment {row.number} now under objection" in refused.content.decode()
    run_due(in_days(20))
    assert fresh_(row).state == "objected"
    assert fresh_(reassessed(office, again)).state == "confirmed", "nobody objects to a re-assessment"
    assert fresh_(row).state == "superseded"
    assert level_of(office.elder.pk, localdate()) == 0
    page = office.desk.get(f"/assessments/{again.pk}/").content.decode()
    assert "Record an objection" not in page
    assert "An objection" in page


def test_an_older_result_stays_in_force_until_the_new_one_is(office: Office, settings: Any) -> None:
    settings.CITY = "weihai"
    old = office.delivered(B_1_3="3")
    settings.CITY = "elsewhere"
    new = office.delivered(B_1_3="2", B_2_1="2")
    assert (fresh_(old).state, new.state) == ("confirmed", "delivered")
    assert level_of(office.elder.pk, localdate()) == old.level
    run_due(in_days(11))
    assert fresh_(new).state == "confirmed"
    assert level_of(office.elder.pk, localdate() + timedelta(days=11)) == new.level


def test_an_objection_is_withdrawn_before_it_is_decided(office: Office) -> None:
    row = office.delivered()
    again = object_to(office, row)
    assert office.desk.post(f"/assessments/{again.pk}/cancel/", {"reason": "误点"}).status_code == 422
    done = office.desk.post(f"/assessments/{row.pk}/withdraw_objection/", {"reason": "老人同意结果"})
    assert done.status_code == 302, done.content.decode()
    assert (fresh_(row).state, fresh_(again).state) == ("delivered", "cancelled")
    run_due(in_days(11))
    assert fresh_(row).state == "confirmed"


def test_too_late_is_refused_and_says_what_to_do(office: Office, at: datetime) -> None:
    row = office.delivered()
    Assessment.everywhere.filter(pk=row.pk).update(objections_until=localdate() - timedelta(days=1))
    reply = office.desk.post(f"/assessments/{row.pk}/object_to/", {"objector": "王秀英", "reason": "晚了"})
    assert reply.status_code == 422
    assert fresh_(row).state == "delivered"


def test_a_result_under_correction_does_not_come_into_force(office: Office) -> None:
    row = office.delivered()
    assert office.desk.post(f"/assessments/{row.pk}/correct/", {"reason": "录入有误"}).status_code == 302
    run_due(in_days(11))
    assert fresh_(row).state == "delivered"
    fresh = Assessment.everywhere.get(corrects=row)
    assert office.desk.post(f"/assessments/{fresh.pk}/cancel/", {"reason": "没有误"}).status_code == 302
    enter = start("assessment.enter_due", actor=SYSTEM, at=in_days(12))
    assert tasks.enter_due(Work(enter, in_days(12))) == {"entered": 1}


def test_delivery_has_its_day_and_its_recipient(office: Office) -> None:
    row = office.confirmed()
    tomorrow = localdate() + timedelta(days=1)
    assert "not in the future" in office.deliver(row, delivered_on=tomorrow).content.decode()
    yesterday = localdate() - timedelta(days=1)
    assert "was confirmed on" in office.deliver(row, delivered_on=yesterday).content.decode()
    assert office.deliver(row, recipient_name=" ").status_code == 422
    town = signed_in(make.user("town_officer", office.village // 1000 * 1000))
    given = {"delivery": "post", "recipient": "family", "recipient_name": "王丽"}
    assert town.post(f"/assessments/{row.pk}/deliver/", given).status_code == 302
    row.refresh_from_db()
    assert (row.delivery, row.recipient, row.recipient_name) == ("post", "family", "王丽")
    assert office.deliver(row).status_code == 422, "once"
    line = Act.objects.get(verb="assessment.deliver")
    assert line.after["recipient_name"] == "王丽"
    page = office.desk.get(f"/assessments/{row.pk}/").content.decode()
    assert f"{localdate() + timedelta(days=10)} · assumed" in page


def test_the_level_asked_judged_and_approved_stand_side_by_side(office: Office) -> None:
    asked = {"person": str(office.elder.pk), "asked": "3"}
    assert office.desk.post("/assessments/do/request/", asked).status_code == 302
    row = Assessment.everywhere.latest("requested_at")
    office.requested = lambda: row  # type: ignore[method-assign]
    row = office.signed(B_1_3="3")
    url = f"/assessments/{row.pk}/confirm/"
    assert "Say why" in office.desk.post(url, {"level": "2"}).content.decode()
    assert office.desk.post(url, {"level": "2", "reason": "复核护理记录"}).status_code == 302
    row.refresh_from_db()
    assert (row.asked, row.judged, row.level, row.approval_note) == (3, 1, 2, "复核护理记录")
    page = office.desk.get(f"/assessments/{row.pk}/").content.decode()
    for words in (
        "Level applied for",
        "Assessed level",
        "Approved level",
        "3 · severe",
        "1 · mild",
        "2 · moderate",
    ):
        assert words in page


def test_neighbours_and_strangers_neither_deliver_nor_object(office: Office) -> None:
    row = office.confirmed()
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    stranger = signed_in(make.user("worker", make.COUNTY))
    for verb in ("deliver", "object_to", "withdraw_objection"):
        assert neighbour.post(f"/assessments/{row.pk}/{verb}/").status_code == 404
        assert stranger.post(f"/assessments/{row.pk}/{verb}/").status_code == 403
    assert office.first.post(f"/assessments/{row.pk}/deliver/").status_code == 403


def test_a_parameter_is_whole_and_known() -> None:
    with pytest.raises(DataError, match="no parameter days"):
        build_parameters({"days": {"value": 1, "source": "x"}})
    with pytest.raises(DataError, match="must be a mapping"):
        build_parameters({"objection_days": 3})
