"""Appeals: in time, heard by somebody else, and what follows when they are right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import actions, api
from songhe.areas.entitlement.models import Appeal, Application, Grant
from songhe.areas.registry.api import Person
from songhe.core.days import month_of, months_later
from songhe.engines.access.api import SYSTEM, Scope
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
WORDS = {"words": "我家情况没有核实清楚"}


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


@pytest.fixture
def judge() -> Client:
    """Another officer of the county."""
    return signed_in(make.user("county_officer", make.COUNTY, name="复核员"))


def refused(offices: Offices, person: Person) -> Application:
    return offices.go(offices.verified(person), offices.county, "refuse", clause="1", reason="不符合")


def test_a_refusal_is_appealed_by_the_family_and_verified_again(
    offices: Offices, elder: Elder, judge: Client
) -> None:
    person = elder()
    _user, family = offices.family_of(person)
    row = refused(offices, person)
    assert family.post(f"/applications/{row.pk}/appeal/", WORDS).status_code == 302
    appeal = Appeal.everywhere.get(application=row)
    assert (appeal.state, appeal.number[:3]) == ("filed", "SS-") and appeal.due_at is not None
    again = family.post(f"/applications/{row.pk}/appeal/", WORDS)
    assert again.status_code == 422 and "is waiting to be heard" in again.content.decode()
    own = offices.county.post(f"/appeals/{appeal.pk}/allow/", {"answer": "成立"})
    assert own.status_code == 422 and "somebody else must approve" in own.content.decode()
    assert WORDS["words"] in judge.get(f"/appeals/{appeal.pk}/").content.decode()
    assert f"/appeals/{appeal.pk}/" in judge.get("/").content.decode()
    assert judge.post(f"/appeals/{appeal.pk}/allow/", {"answer": "应重新核实"}).status_code == 302
    row.refresh_from_db()
    appeal.refresh_from_db()
    assert (appeal.state, row.state, row.decided_by_id) == ("allowed", "accepted", None)
    assert "应重新核实" in family.get(f"/appeals/{appeal.pk}/").content.decode()
    assert judge.post(f"/appeals/{appeal.pk}/dismiss/", {"answer": "不"}).status_code == 422


def test_a_stop_that_was_wrong_is_undone_with_arrears(offices: Offices, elder: Elder) -> None:
    grant = offices.granted(elder(tags=("low_income",)), now() + timedelta(days=8))
    chief, later = offices.users["county"], now() + timedelta(days=40)
    actions.stop_grant(grant, actor=chief, at=now(), on=today(), why="not_found")
    row = actions.appeal_grant(grant, actor=offices.users["village"], at=now(), words="人在家中")
    judge = make.user("county_officer", make.COUNTY)
    actions.allow(row, actor=judge, at=later, answer="查有此人")
    grant.refresh_from_db()
    assert (grant.state, grant.why, grant.until_month) == ("in_force", "appeal", None)
    (owed,) = api.arrears_due(make.COUNTY, Scope.EVERYTHING)
    assert owed.months.start == grant.from_month == month_of(today())
    assert owed.months.until is not None and owed.months.until > month_of(today())


def test_after_the_days_of_the_city_it_is_too_late(offices: Offices, elder: Elder) -> None:
    row = refused(offices, elder())
    Application.everywhere.filter(pk=row.pk).update(decided_at=now() - timedelta(days=62))
    reply = offices.village.post(f"/applications/{row.pk}/appeal/", WORDS)
    assert reply.status_code == 422
    assert not Appeal.everywhere.exists()


def test_a_dismissal_leaves_the_decision_and_says_why(offices: Offices, elder: Elder, judge: Client) -> None:
    grant: Grant = offices.granted(elder(tags=("low_income",)), now() + timedelta(days=8))
    url = f"/benefit-grants/{grant.pk}"
    assert offices.village.post(f"{url}/appeal_grant/", WORDS).status_code == 422
    actions.suspend_grant(
        grant, actor=SYSTEM, at=now(), from_month=months_later(month_of(today()), 1), why="other"
    )
    assert offices.village.post(f"{url}/appeal_grant/", WORDS).status_code == 302
    appeal = Appeal.everywhere.get(grant=grant)
    assert judge.post(f"/appeals/{appeal.pk}/dismiss/", {"answer": "核实无误"}).status_code == 302
    grant.refresh_from_db()
    assert grant.state == "suspended"
    page = offices.village.get(f"/appeals/{appeal.pk}/").content.decode()
    assert "核实无误" in page and "Dismissed" in page


def test_an_appeal_may_be_taken_back(offices: Offices, elder: Elder) -> None:
    row = refused(offices, elder())
    offices.village.post(f"/applications/{row.pk}/appeal/", WORDS)
    appeal = Appeal.everywhere.get(application=row)
    assert offices.village.post(f"/appeals/{appeal.pk}/take_back/").status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


def test_a_neighbour_and_a_stranger_find_no_appeal(offices: Offices, elder: Elder) -> None:
    row = refused(offices, elder())
    offices.village.post(f"/applications/{row.pk}/appeal/", WORDS)
    appeal = Appeal.everywhere.get(application=row)
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/appeals/{appeal.pk}/").status_code == 404
    assert neighbour.post(f"/appeals/{appeal.pk}/allow/", {"answer": "好"}).status_code == 404
    assert signed_in(make.user("worker", make.COUNTY)).get("/appeals/").status_code == 403
    assert Client().get(f"/appeals/{appeal.pk}/").status_code == 302
