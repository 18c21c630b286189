"""A month for a whole region: in chunks, approved in batches, the same as one by one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests import make
from tests.areas.entitlement.conftest import MONTH, Elder

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.api import Entitlement, Unit, approved, remaining_minutes
from songhe.areas.registry.api import Person
from songhe.core.refusal import Forbidden
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due, start
from songhe.engines.ledger.api import Journal, faults
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
assert callable(tasks.determine), "importing it registers the jobs"


def test_a_region_is_determined_and_approved_in_two_jobs(elder: Elder, at: datetime) -> None:
    people = [elder(f"老人{n}", tags=("low_income",) if n % 2 else ()) for n in range(5)]
    elder("邻县", region=make.village(make.OTHER_COUNTY), tags=("low_income",))
    county = Region.objects.get(pk=make.COUNTY)
    preparer, chief = make.user("county_officer", make.COUNTY), make.user("county_officer", make.COUNTY)
    made = actions.determine_region(actor=preparer, at=at, region=county, month=date(2026, 11, 20))
    run_due(at)
    made.refresh_from_db()
    assert (made.state, made.error) == ("done", "")
    # seven benefits each: the allowance of the eighties for all, hours and service for two, whose care is pending
    assert made.result == {"people": 5, "draft": 9, "pending": 2, "not_granted": 24}
    approving = actions.approve_region(actor=chief, at=at, region=county, month=MONTH)
    run_due(at)
    approving.refresh_from_db()
    assert (approving.state, approving.result) == ("done", {"approved": 9})
    assert [remaining_minutes(person.pk, MONTH) for person in people] == [0, 2700, 0, 2700, 0]
    assert Journal.everywhere.filter(kind="entitlement.grant").count() == 1
    assert approved(MONTH, Unit.MINUTE, chief.scope()).count() == 2
    assert Act.objects.filter(kind="bulk", verb__startswith="entitlement.").count() == 2
    assert not list(faults())


def test_nobody_approves_a_region_of_their_own_drafts(elder: Elder, at: datetime) -> None:
    elder(tags=("low_income",))
    county = Region.objects.get(pk=make.COUNTY)
    officer = make.user("county_officer", make.COUNTY)
    actions.determine_region(actor=officer, at=at, region=county, month=MONTH)
    approving = actions.approve_region(actor=officer, at=at, region=county, month=MONTH)
    run_due(at)
    approving.refresh_from_db()
    assert approving.result == {"approved": 0}
    assert Entitlement.everywhere.filter(state="draft").count() == 3


def test_a_region_outside_the_scope_is_refused(at: datetime) -> None:
    city = Region.objects.get(pk=make.CITY)
    with pytest.raises(Forbidden, match="outside your area"):
        actions.determine_region(
            actor=make.user("county_officer", make.COUNTY), at=at, region=city, month=MONTH
        )


def test_what_the_dead_were_granted_ends_and_goes_back(elder: Elder, at: datetime) -> None:
    person, other = elder(tags=("low_income",)), elder("健在", tags=("low_income",))
    preparer, chief = make.user("county_officer", make.COUNTY), make.user("county_officer", make.COUNTY)
    for month in (date(2026, 10, 1), MONTH):
        for one in (person, other):
            actions.determine(one, actor=preparer, at=at, month=month)
    for row in Entitlement.everywhere.filter(state="draft"):
        actions.approve(row, actor=chief, at=at)
    Person.everywhere.filter(pk=person.pk).update(died_on=date(2026, 11, 3), state="dead")
    made = start("entitlement.end_for_the_dead", actor=SYSTEM, at=at)
    run_due(at)
    made.refresh_from_db()
    assert (made.state, made.result) == ("done", {"ended": 3})
    assert remaining_minutes(person.pk, MONTH) == 0
    assert remaining_minutes(person.pk, date(2026, 10, 1)) == 2700
    assert remaining_minutes(other.pk, MONTH) == 2700
