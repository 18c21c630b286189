"""What goes wrong at a visit, and a worker who calls for help."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.areas.visits import made
from tests.areas.visits.test_proving import picture

from songhe.areas.visits.models import Incident, Sos
from songhe.engines.access.api import Tie, entered, tie
from songhe.engines.acts.models import Act
from songhe.engines.cases.api import Case, Priority
from songhe.engines.live.models import Event
from songhe.engines.vault.models import Attachment

pytestmark = pytest.mark.django_db
FALL = {"kind": "fall", "severity": "serious", "words": "浴室滑倒，右腕肿", "told": ["family", "ambulance"]}


def test_an_incident_goes_from_the_home_to_its_measures() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone, office = town.client("worker", town.worker), town.client("dispatcher", town.organisation)
    happened = timezone.now() - timedelta(minutes=7)
    form = FALL | {"photo": picture(), "_key": "i1", "_at": happened.isoformat()}
    assert phone.post(f"/visits/{visit.pk}/report_incident/", form).status_code == 302
    row = Incident.everywhere.get()
    case = Case.everywhere.get(pk=row.case_id)
    assert (row.kind, row.severity, row.told, row.words) == ("fall", "serious", FALL["told"], FALL["words"])
    assert abs(row.happened_at - happened) < timedelta(seconds=1)
    assert "滑倒".encode() not in bytes(row.words_sealed)
    assert (case.priority, case.due_at is not None) == (Priority.HIGH, True)
    assert Attachment.everywhere.filter(about_id=row.pk).count() == 1
    assert phone.get(f"/incidents/{row.pk}/").status_code == 200, "the worker sees what was reported"
    assert "跌倒" in office.get("/").content.decode()
    assert "浴室滑倒" in office.get(f"/incidents/{row.pk}/").content.decode()
    assert phone.post(f"/incidents/{row.pk}/take_up_incident/").status_code == 403
    assert office.post(f"/incidents/{row.pk}/take_up_incident/").status_code == 302
    assert office.post(f"/incidents/{row.pk}/close_incident/", {"measures": ""}).status_code == 422
    done = {"measures": "送医检查，浴室加装扶手"}
    assert office.post(f"/incidents/{row.pk}/close_incident/", done).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.measures) == ("closed", done["measures"])
    assert office.post(f"/incidents/{row.pk}/reopen_incident/").status_code == 302
    assert town.client("dispatcher", town.rival).get(f"/incidents/{row.pk}/").status_code == 404


def test_kin_do_not_see_what_may_be_about_them() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    abuse = {"kind": "abuse", "severity": "minor", "words": "身上有瘀伤"}
    assert phone.post(f"/visits/{visit.pk}/report_incident/", abuse).status_code == 302
    row = Incident.everywhere.get()
    assert Case.everywhere.get(pk=row.case_id).priority == Priority.URGENT
    son = town.user("family")
    tie(town.person.pk, son.pk, Tie.Kind.KIN, region_id=town.person.region_id, since=date(2026, 1, 1))
    with entered(son.scope()):
        assert not Incident.everywhere.exists()
        assert not Case.everywhere.filter(pk=row.case_id).exists()


@pytest.mark.parametrize(
    "form", [{"kind": "flood"}, {"severity": ""}, {"words": " "}, {"told": ["nobody"]}, {"words": "\0"}]
)
def test_a_report_that_says_nothing_is_refused(form: dict[str, Any]) -> None:
    town = made.town()
    visit = made.under_way(town)
    phone = town.client("worker", town.worker)
    assert phone.post(f"/visits/{visit.pk}/report_incident/", FALL | form).status_code == 422
    assert not Incident.everywhere.exists()


def call(phone: Client, press: str, **form: str) -> tuple[int, dict[str, Any]]:
    answer = phone.post("/today/sos/", {"press": press, **form}, headers={"Accept": "application/json"})
    return answer.status_code, answer.json()


def test_a_call_is_repeated_until_somebody_answers() -> None:
    town = made.town()
    visit = made.under_way(town)
    phone, office = town.client("worker", town.worker), town.client("dispatcher", town.organisation)
    press = str(uuid4())
    here = {"lon": "122.4211", "lat": "37.1611", "accuracy": "12"}
    assert call(phone, press, **here) == (200, {"answered": False, "by": ""})
    assert call(phone, press, lon="122.43", lat="37.16")[1]["answered"] is False
    row = Sos.everywhere.get()
    assert (row.times, row.visit_id, row.region_id) == (2, visit.pk, visit.region_id)
    assert b"122.43" not in bytes(row.place_sealed)
    assert Event.everywhere.filter(topic="visits", payload__what="sos").count() == 2
    for desk in (office, town.client("hotline_agent")):
        board = desk.get("/board/").content.decode()
        assert "服务人员求助" in board
        assert "王秀英" in board
    assert "服务人员求助" not in town.client("dispatcher", town.rival).get("/board/").content.decode()
    assert "122.43000" in office.get(f"/sos/{row.pk}/").content.decode()
    assert phone.post(f"/sos/{row.pk}/answer_sos/").status_code == 403
    assert office.post(f"/sos/{row.pk}/answer_sos/").status_code == 302
    assert office.post(f"/sos/{row.pk}/answer_sos/").status_code == 422
    assert call(phone, press)[1]["answered"] is True
    assert office.post(f"/sos/{row.pk}/end_sos/", {"words": "已护送离开"}).status_code == 302
    assert "服务人员求助" not in office.get("/board/").content.decode()
    assert Act.objects.filter(verb="visits.answer_sos", subject_id=row.pk).count() == 1


def test_help_comes_before_everything_that_is_wrong_with_the_form() -> None:
    town = made.town()
    phone = town.client("worker", town.worker)
    for press, form in (
        ("x", {}),
        (str(uuid4()), {"lon": "37", "lat": "122"}),
        (str(uuid4()), {"lon": "x\0", "lat": "y", "accuracy": "９"}),
        (str(uuid4()), {"accuracy": "-5"}),
    ):
        assert call(phone, press, **form)[0] == 200, form
    assert Sos.everywhere.count() == 4
    assert phone.post("/today/sos/", {}).status_code == 302, "without a script too"
    taken = str(Sos.everywhere.first().pk)  # type: ignore[union-attr]  # there are five
    assert call(town.client("worker", town.second), taken)[0] == 422
    assert town.client("dispatcher", town.organisation).post("/today/sos/").status_code == 403
    assert Client().post("/today/sos/").status_code == 302
