"""From the application to the grant in force, through the screens of everybody on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import tasks
from songhe.areas.entitlement.models import Application, Grant, Notice, Paper
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due, start
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert callable(tasks.notices_over), "importing it registers the jobs"
PDF = b"%PDF-1.4 one page"


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


def over(days: int = 8) -> dict[str, object]:
    """What the job of ended notices did some days from now."""
    job = start("entitlement.notices_over", actor=SYSTEM, at=now())
    run_due(now() + timedelta(days=days))
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job.result


def test_from_the_village_to_the_grant_in_force(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    row = offices.filed(person)
    assert (row.state, row.channel, row.number[:2]) == ("filed", "village", "S-")
    assert row.due_at is not None
    assert next(paper.name_en for paper in row.papers.order_by("rank")) == "Identity card"
    early = offices.village.post(f"/applications/{row.pk}/accept/")
    assert early.status_code == 422 and "Not shown yet: Identity card" in early.content.decode()
    offices.ticked(row)
    assert offices.go(row, offices.village, "accept").state == "accepted"
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="独居,行动不便")
    offices.go(row, offices.county, "approve_application", from_month=today().isoformat())
    assert (row.state, row.decision_number[:4]) == ("noticed", "威民待〔")
    assert not Grant.everywhere.exists()
    assert over(3)["granted"] == 0
    assert over() == {"granted": 1, "kept": []}
    assert over() == {"granted": 0, "kept": []}
    grant = Grant.everywhere.get(application=row)
    assert (grant.state, grant.from_month, grant.until_month) == ("in_force", today().replace(day=1), None)
    assert grant.basis["tags"] == ["low_income"]
    page = offices.county.get(f"/benefit-grants/{grant.pk}/").content.decode()
    assert "Grant in force" in page and row.decision_number in page
    assert "Granted" in offices.village.get(f"/applications/{row.pk}/").content.decode()
    assert "Grant in force" in offices.village.get(f"/people/{person.pk}/").content.decode()


def test_a_family_applies_sees_its_course_and_not_the_visit(offices: Offices, elder: Elder) -> None:
    person, other = elder(tags=("low_income",)), elder("邻居")
    _user, family = offices.family_of(person)
    row = offices.filed(person, family)
    assert row.channel == "family"
    paper = Paper.everywhere.filter(application=row).order_by("rank").first()
    assert paper is not None
    card = SimpleUploadedFile("card.pdf", PDF, "application/pdf")
    reply = family.post(f"/applications/{row.pk}/attach_paper/", {"paper": str(paper.pk), "file": card})
    assert reply.status_code == 302, reply.content.decode()
    paper.refresh_from_db()
    assert paper.shown == "attached"
    assert offices.village.get(f"/files/{paper.attachment_id}/full/").content == PDF
    offices.ticked(row)
    offices.go(row, offices.village, "accept")
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="独居,行动不便")
    seen = family.get(f"/applications/{row.pk}/").content.decode()
    assert "To be decided" in seen and "行动不便" not in seen
    assert "行动不便" in offices.county.get(f"/applications/{row.pk}/").content.decode()
    assert Act.objects.filter(verb="entitlement.read_visit", subject_id=row.pk).exists()
    for verb in ("accept", "verify", "approve_application", "see_paper"):
        assert family.post(f"/applications/{row.pk}/{verb}/").status_code == 403
    stranger = family.post("/applications/do/apply/", {"person": str(other.pk), "benefit": row.rule})
    assert stranger.status_code == 422
    assert not Application.everywhere.filter(person=other).exists()
    on_paper = {
        "person": str(person.pk),
        "benefit": row.rule,
        "received_on": today().isoformat(),
        "handed_in_by": "儿子",
    }
    assert family.post("/applications/do/enter_paper/", on_paper).status_code == 403


def test_a_paper_application_keeps_who_brought_it_and_when(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    sent = {
        "person": str(person.pk),
        "benefit": "home_service_minutes",
        "received_on": (today() - timedelta(days=2)).isoformat(),
        "handed_in_by": "女儿张红",
        "paper_number": "纸-17",
    }
    late = sent | {"received_on": (today() + timedelta(days=2)).isoformat()}
    assert offices.town.post("/applications/do/enter_paper/", late).status_code == 422
    assert offices.town.post("/applications/do/enter_paper/", sent).status_code == 302
    row = Application.everywhere.get(person=person)
    assert (row.channel, row.handed_in_by, row.paper_number) == ("paper", "女儿张红", "纸-17")
    assert row.received_on == today() - timedelta(days=2)
    page = offices.county.get(f"/applications/{row.pk}/").content.decode()
    assert "女儿张红" in page and "纸-17" in page


def test_what_is_missing_goes_back_and_comes_in_again(offices: Offices, elder: Elder) -> None:
    person = elder(born=None, tags=("low_income",))
    row = offices.filed(person)
    assert "Identity card" in [paper.name_en for paper in row.papers.all()]
    offices.go(row, offices.village, "give_back", missing="缺户口簿")
    assert row.state == "returned"
    assert "缺户口簿" in offices.village.get(f"/applications/{row.pk}/").content.decode()
    offices.go(row, offices.village, "hand_in_again")
    offices.ticked(row)
    offices.go(row, offices.village, "accept")
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="属实")
    reply = offices.county.post(
        f"/applications/{row.pk}/approve_application/", {"from_month": today().isoformat()}
    )
    assert reply.status_code == 422 and "Please bring: Identity card" in reply.content.decode()
    Person.everywhere.filter(pk=person.pk).update(born=today().replace(year=1944, day=1))
    offices.go(row, offices.county, "approve_application", from_month=today().isoformat())
    assert row.state == "noticed"


def test_nobody_approves_what_they_filed_accepted_or_verified(offices: Offices, elder: Elder) -> None:
    row = offices.filed(elder(tags=("low_income",)), offices.town)
    offices.ticked(row)
    offices.go(row, offices.village, "accept")
    visit = {"visited_on": today().isoformat(), "found": "属实"}
    reply = offices.town.post(f"/applications/{row.pk}/verify/", visit)
    assert reply.status_code == 422 and "somebody else must approve" in reply.content.decode()
    make.grant(offices.users["town"], "county_officer", make.COUNTY)
    colleague = signed_in(make.user("town_officer", make.COUNTY))
    offices.go(row, colleague, "verify", **visit)
    both = signed_in(offices.users["town"])
    reply = both.post(f"/applications/{row.pk}/approve_application/", {"from_month": today().isoformat()})
    assert reply.status_code == 422 and "somebody else must approve" in reply.content.decode()
    row.refresh_from_db()
    assert row.state == "verified"


def test_a_refusal_names_clause_and_reason_and_what_the_policy_refuses_cannot_be_approved(
    offices: Offices, elder: Elder
) -> None:
    row = offices.verified(elder())
    reply = offices.county.post(
        f"/applications/{row.pk}/approve_application/", {"from_month": today().isoformat()}
    )
    assert reply.status_code == 422 and "In none of the groups" in reply.content.decode()
    offices.go(row, offices.county, "refuse", clause="1", reason="不属政府购买服务对象")
    assert (row.state, row.clause) == ("refused", "1")
    page = offices.village.get(f"/applications/{row.pk}/").content.decode()
    assert "不属政府购买服务对象" in page
    again = offices.filed(elder("另一位", tags=("low_income",)))
    assert again.state == "filed"


def test_an_objection_takes_the_notice_down_and_sends_back_to_verification(
    offices: Offices, elder: Elder
) -> None:
    person = elder(tags=("low_income",))
    _user, family = offices.family_of(person)
    row = offices.noticed(person)
    offices.go(row, offices.town, "object_to", words="他家有三套房", by="李四")
    assert (row.state, row.decided_by_id, row.decision_number) == ("accepted", None, "")
    assert Notice.everywhere.get(application=row).taken_down_at is not None
    assert over()["granted"] == 0
    told = family.get(f"/applications/{row.pk}/").content.decode()
    assert "三套房" not in told and "李四" not in told
    assert "三套房" in offices.town.get(f"/applications/{row.pk}/").content.decode()
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="核实无误")
    offices.go(row, offices.county, "approve_application", from_month=today().isoformat())
    assert Notice.everywhere.filter(application=row, taken_down_at=None).count() == 1
    assert over()["granted"] == 1


def test_one_open_application_and_none_beside_a_grant(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    offices.filed(person)
    sent = {"person": str(person.pk), "benefit": "home_service_minutes"}
    reply = offices.town.post("/applications/do/apply/", sent)
    assert reply.status_code == 422 and "is under way" in reply.content.decode()
    other = elder("另一位", tags=("low_income",))
    offices.granted(other, now() + timedelta(days=8))
    reply = offices.town.post("/applications/do/apply/", sent | {"person": str(other.pk)})
    assert reply.status_code == 422 and "has this benefit already" in reply.content.decode()


def test_what_is_given_unasked_cannot_be_applied_for(offices: Offices, elder: Elder) -> None:
    sent = {"person": str(elder().pk), "benefit": "call_subsidy"}
    assert offices.village.post("/applications/do/apply/", sent).status_code == 422


def test_an_application_that_was_withdrawn_is_over(offices: Offices, elder: Elder) -> None:
    row = offices.filed(elder(tags=("low_income",)))
    offices.go(row, offices.village, "withdraw", reason="不想申请了")
    assert row.state == "withdrawn"
    assert offices.village.post(f"/applications/{row.pk}/accept/").status_code == 422


def test_what_waits_stands_on_each_desk(offices: Offices, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    row = offices.filed(person)
    assert "张桂兰" in offices.village.get("/").content.decode()
    offices.ticked(row)
    offices.go(row, offices.village, "accept")
    assert f"/applications/{row.pk}/" in offices.town.get("/").content.decode()
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="属实")
    assert f"/applications/{row.pk}/" in offices.county.get("/").content.decode()


def test_a_neighbour_and_a_stranger_find_no_application(offices: Offices, elder: Elder) -> None:
    row = offices.filed(elder(tags=("low_income",)))
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/applications/{row.pk}/").status_code == 404
    assert neighbour.post(f"/applications/{row.pk}/refuse/").status_code == 404
    assert "张桂兰" not in neighbour.get("/applications/").content.decode()
    stranger = signed_in(make.user("worker", make.COUNTY))
    assert stranger.get("/applications/").status_code == 403
    assert Client().get(f"/applications/{row.pk}/").status_code == 302
