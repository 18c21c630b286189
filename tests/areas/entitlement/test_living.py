"""Life certifications: opened a year later, late ones suspended, later ones resumed with arrears."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import actions, api, tasks
from songhe.areas.entitlement.models import Finding, Grant, LifeCheck
from songhe.core.days import month_after, month_of, months_later
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.jobs.api import run_due, start
from songhe.kit.clock import now, today

assert callable(tasks.life), "importing it registers the jobs"


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(-40, 40))
def test_months_later(day: date, count: int) -> None:
    later = months_later(day, count)
    assert later.year * 12 + later.month == day.year * 12 + day.month + count
    assert later.day <= day.day and (later.day == day.day or months_later(later, 1).month != later.month)


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


@pytest.fixture
def grant(offices: Offices, elder: Elder) -> Grant:
    """One grant that came through every desk."""
    return offices.granted(elder(tags=("low_income",)), now() + timedelta(days=8))


def nightly(at: datetime | None = None) -> dict[str, Any]:
    """What the nightly job did."""
    job = start("entitlement.life", actor=SYSTEM, at=at or now())
    run_due(at or now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job.result


@pytest.mark.django_db
def test_a_year_after_the_grant_and_then_after_each_certification(offices: Offices, grant: Grant) -> None:
    assert nightly() == {"opened": 1, "closed": 0, "late": 0}
    assert nightly() == {"opened": 0, "closed": 0, "late": 0}
    check = LifeCheck.everywhere.get(person_id=grant.person_id)
    assert check.due_on == months_later(today() + timedelta(days=8), 12)
    LifeCheck.everywhere.update(due_on=today() + timedelta(days=100))
    seen = {"seen_on": today().isoformat(), "how": "visit"}
    assert offices.village.post(f"/life-checks/{check.pk}/certify/", seen).status_code == 302
    check.refresh_from_db()
    assert (check.state, check.how, check.by_name) == ("done", "visit", "村干部")
    assert offices.village.post(f"/life-checks/{check.pk}/certify/", seen).status_code == 422
    assert nightly(now() + timedelta(days=9))["opened"] == 1
    assert LifeCheck.everywhere.filter(state="open").count() == 1


@pytest.mark.django_db
def test_late_is_suspended_from_next_month_and_resumed_with_arrears(offices: Offices, grant: Grant) -> None:
    nightly()
    check = LifeCheck.everywhere.get(person_id=grant.person_id)
    LifeCheck.everywhere.filter(pk=check.pk).update(due_on=today() - timedelta(days=1))
    assert nightly()["late"] == 1
    assert nightly()["late"] == 0
    grant.refresh_from_db()
    following = month_after(today())
    assert (grant.state, grant.why) == ("suspended", "life_certification")
    (held,) = api.in_force(month_of(today()), make.COUNTY, Scope.EVERYTHING)
    (ahead,) = api.in_force(following, make.COUNTY, Scope.EVERYTHING)
    assert (held.suspended, ahead.suspended, ahead.why) == (False, True, "life_certification")
    assert "Life certifications due" in offices.village.get("/").content.decode()
    later = datetime.combine(months_later(following, 2), datetime.min.time(), now().tzinfo) + timedelta(
        days=3
    )
    check.refresh_from_db()
    actions.certify(check, actor=offices.users["town"], at=later, seen_on=today(), how="video")
    grant.refresh_from_db()
    assert grant.state == "in_force"
    (owed,) = api.arrears_due(make.COUNTY, Scope.EVERYTHING)
    assert (owed.months.start, owed.months.until) == (following, months_later(following, 2))


@pytest.mark.django_db
def test_certified_before_the_suspension_begins_owes_nothing(offices: Offices, grant: Grant) -> None:
    nightly()
    LifeCheck.everywhere.update(due_on=today() - timedelta(days=1))
    nightly()
    check = LifeCheck.everywhere.get()
    sent = {"seen_on": today().isoformat(), "how": "hospital", "note": "住院"}
    assert offices.town.post(f"/life-checks/{check.pk}/certify/", sent).status_code == 302
    assert api.arrears_due(make.COUNTY, Scope.EVERYTHING) == []
    assert not any(row.suspended for row in api.in_force(month_after(today()), make.COUNTY, Scope.EVERYTHING))


@pytest.mark.django_db
def test_what_is_due_soon_stands_on_the_review_too(grant: Grant) -> None:
    nightly()
    LifeCheck.everywhere.update(due_on=today() + timedelta(days=10))
    job = start("entitlement.review_all", actor=SYSTEM, at=now())
    run_due(now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert list(Finding.everywhere.values_list("kind", flat=True)) == ["life"]


@pytest.mark.django_db
def test_who_receives_nothing_any_more_is_left_in_peace(grant: Grant) -> None:
    nightly()
    actions.stop_grant(grant, actor=SYSTEM, at=now(), on=today(), why="gave_up")
    assert nightly() == {"opened": 0, "closed": 1, "late": 0}
    assert LifeCheck.everywhere.get().state == "void"


@pytest.mark.django_db
def test_days_that_cannot_be_and_people_who_may_not(offices: Offices, grant: Grant) -> None:
    nightly()
    check = LifeCheck.everywhere.get()
    url = f"/life-checks/{check.pk}"
    for day in (today() + timedelta(days=1), today() - timedelta(days=500)):
        assert (
            offices.town.post(f"{url}/certify/", {"seen_on": day.isoformat(), "how": "office"}).status_code
            == 422
        )
    assert grant.person is not None
    _user, family = offices.family_of(grant.person)
    assert family.get(f"{url}/").status_code == 200
    assert family.post(f"{url}/certify/", {"seen_on": today().isoformat(), "how": "video"}).status_code == 403
    neighbour = signed_in(make.user("village_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"{url}/").status_code == 404
    assert neighbour.post(f"{url}/certify/").status_code == 404
    assert Client().get(f"{url}/").status_code == 302
