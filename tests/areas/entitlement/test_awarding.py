"""What is given unasked: everybody who is entitled stands on a list, and has a grant once somebody else approved it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests import make
from tests.areas.entitlement.conftest import MONTH, Elder, signed_in

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.models import Award, AwardLine, Grant, GrantSpan
from songhe.areas.registry.api import Household, Person
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
assert callable(tasks.propose), "importing it registers the job"


@pytest.fixture
def officers(at: datetime) -> tuple[User, User]:
    """Who prepares and who approves; the city's policies are loaded."""
    actions.load_policies(actor=SYSTEM, at=at)
    return make.user("county_officer", make.COUNTY), make.user("county_officer", make.COUNTY)


def listed(by: User, at: datetime, *, month: date = MONTH) -> Award:
    made = actions.propose(actor=by, at=at, region=Region.objects.get(pk=make.COUNTY), month=month)
    run_due(at)
    made.refresh_from_db()
    return made


def calls() -> list[str]:
    rows = Grant.everywhere.filter(benefit="call_subsidy").select_related("person")
    return sorted(row.person.name for row in rows if row.person)


def test_nobody_is_forgotten_and_nobody_has_it_twice(
    officers: tuple[User, User], elder: Elder, household: Household, at: datetime
) -> None:
    clerk, chief = officers
    since = date(2026, 3, 1)
    elder("甲", enrolled_on=since), elder("乙")
    (
        elder("丙", enrolled_on=since, household=household),
        elder("丁", enrolled_on=date(2026, 4, 1), household=household),
    )
    gone = elder("戊", enrolled_on=since)
    Person.everywhere.filter(pk=gone.pk).update(state="dead", died_on=date(2026, 11, 2))
    elder("邻县", enrolled_on=since, region=make.village(make.OTHER_COUNTY))
    award = listed(clerk, at)
    assert award.state == "ready" and award.sums["call_subsidy"] == {
        "unit": "fen",
        "grants": 2,
        "amount": 2000,
    }
    assert not Grant.everywhere.exists()
    actions.approve_award(award, actor=chief, at=at)
    assert calls() == ["丙", "甲"]
    grant = Grant.everywhere.get(person__name="甲", benefit="call_subsidy")
    assert (grant.from_month, grant.prepared_by_id, grant.approved_by_id) == (MONTH, clerk.pk, chief.pk)
    assert grant.basis["facts"]["enrolled"] is True and grant.number == award.number
    assert GrantSpan.everywhere.filter(grant=grant, state="in_force", until_month=None).count() == 1
    again = listed(clerk, at)
    assert (again.state, again.note) == ("discarded", "nobody")


def test_a_grant_made_meanwhile_is_not_made_again(
    officers: tuple[User, User], elder: Elder, at: datetime
) -> None:
    clerk, chief = officers
    elder("甲", enrolled_on=date(2026, 3, 1)), elder("乙", enrolled_on=date(2026, 3, 1))
    award = listed(clerk, at)
    Award.everywhere.filter(pk=award.pk).update(state="discarded")
    actions.approve_award(listed(clerk, at), actor=chief, at=at)
    Award.everywhere.filter(pk=award.pk).update(state="ready")
    award.refresh_from_db()
    actions.approve_award(award, actor=chief, at=at)
    assert calls() == ["乙", "甲"]


def test_four_eyes_one_list_at_a_time_and_scope(
    officers: tuple[User, User], elder: Elder, at: datetime
) -> None:
    clerk, _chief = officers
    elder(enrolled_on=date(2026, 3, 1))
    award = listed(clerk, at)
    with pytest.raises(Refused, match="prepared this yourself"):
        actions.approve_award(award, actor=clerk, at=at)
    with pytest.raises(Refused, match="still open"):
        listed(clerk, at)
    actions.discard_award(award, actor=clerk, at=at, reason="wrong month")
    with pytest.raises(Forbidden):
        actions.propose(actor=clerk, at=at, region=Region.objects.get(pk=make.OTHER_COUNTY), month=MONTH)
    with pytest.raises(Refused, match="county"):
        actions.propose(actor=clerk, at=at, region=Region.objects.get(pk=make.village()), month=MONTH)
    assert not Grant.everywhere.exists() and AwardLine.everywhere.filter(benefit="call_subsidy").count() == 1


def test_the_pages_say_it(officers: tuple[User, User], elder: Elder, at: datetime) -> None:
    clerk, chief = (signed_in(one) for one in officers)
    elder("张桂兰", enrolled_on=date(2026, 3, 1))
    form = {"region": make.COUNTY, "month": "2026-11-20"}
    assert clerk.post("/awards/do/propose/", form).status_code == 302
    run_due(datetime.now(at.tzinfo))
    award = Award.everywhere.get()
    shown = clerk.get(f"/awards/{award.pk}/").content.decode()
    assert "张桂兰" in shown and "¥10.00" in shown and "Call subsidy" in shown
    assert "Automatic grants to approve" in chief.get("/").content.decode()
    assert chief.post(f"/awards/{award.pk}/approve_award/", {}).status_code == 302
    assert calls() == ["张桂兰"]
