"""What a draft would change, and what policies will cost, for everybody of a region."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.conf import settings
from tests import make
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.models import Simulation
from songhe.areas.registry.api import Fact
from songhe.core.refusal import Forbidden
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.jobs.api import run_due
from songhe.engines.jobs.models import Job
from songhe.engines.policies.api import PolicyDraft, drafts
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
assert callable(tasks.simulate), "importing it registers the job"
FILE = settings.DATA / "cities/weihai/policies/home-service-hours.yaml"


def drafted(by: User, at: datetime, *, hours: int = 3000, region: int = make.CITY) -> PolicyDraft:
    """A draft in which the allowance's hours are others, from next year on."""
    text = FILE.read_text(encoding="utf-8").replace("value: 2700", f"value: {hours}")
    text = text.replace("effective: 2022-01-01", "effective: 2027-01-01").replace(
        "from: 2022-01-01", "from: 2027-01-01"
    )
    return drafts.begin(text, region_id=region, actor=by, at=at)


def asked(simulation: Simulation, at: datetime) -> Simulation:
    """The simulation when it is done."""
    run_due(at)
    simulation.refresh_from_db()
    return simulation


@pytest.fixture
def planner(at: datetime) -> User:
    """A city officer, with policies in force."""
    actions.load_policies(actor=SYSTEM, at=at)
    return make.user("city_officer", make.CITY)


def hours_of(done: Simulation) -> dict[str, object]:
    rules: list[dict[str, object]] = done.result["rules"]
    return next(one for one in rules if one["rule"] == "home_service_minutes")


def test_who_gains_by_a_draft_and_by_which_case(planner: User, elder: Elder, at: datetime) -> None:
    for number in range(3):
        elder(f"低保{number}", tags=("low_income",))
    elder("特困", tags=("extreme_poverty",))
    elder("别县", region=make.village(make.OTHER_COUNTY), tags=("low_income",))
    elder("年轻", born=date(1990, 1, 1), tags=("low_income",))
    city = Region.objects.get(pk=make.CITY)
    draft = drafted(planner, at)
    done = asked(actions.simulate(actor=planner, at=at, draft=draft, region=city), at)
    assert (done.state, done.note, done.month, done.people) == ("done", "", date(2027, 1, 1), 6)
    found = hours_of(done)
    assert (found["before"], found["after"]) == (4 * 2700 + 3600, 4 * 3000 + 3600)
    assert (found["gain"], found["gained"], found["lose"], found["had"]) == (4, 1200, 0, 5)
    ways = found["ways"]
    assert isinstance(ways, list) and [(way["people"], way["step"]) for way in ways] == [(4, 300)]
    by = found["by"]
    assert isinstance(by, dict)
    assert {row["name"]: row["gain"] for row in by["county"]} == {
        str(make.COUNTY): 3,
        str(make.OTHER_COUNTY): 1,
    }
    draft.refresh_from_db()
    assert draft.simulated_at == at


def test_less_is_told_as_lost_and_a_changed_draft_is_not_simulated(
    planner: User, elder: Elder, at: datetime
) -> None:
    elder(tags=("low_income",))
    county = Region.objects.get(pk=make.COUNTY)
    draft = drafted(planner, at, hours=2000)
    simulation = actions.simulate(actor=planner, at=at, draft=draft, region=county, month=date(2027, 2, 1))
    drafts.rewrite(draft, draft.text + "\n", revision=draft.revision, actor=planner, at=at)
    found = hours_of(asked(simulation, at))
    assert (found["lose"], found["lost"], found["gain"]) == (1, 700, 0)
    draft.refresh_from_db()
    assert draft.simulated_at is None


def test_a_draft_that_cannot_be_read_is_told(planner: User, elder: Elder, at: datetime) -> None:
    elder()
    draft = drafted(planner, at)
    PolicyDraft.everywhere.filter(pk=draft.pk).update(text="rules: [")
    done = asked(
        actions.simulate(actor=planner, at=at, draft=draft, region=Region.objects.get(pk=make.COUNTY)), at
    )
    assert done.state == "failed" and done.note


def test_an_outlook_grows_older(planner: User, elder: Elder, at: datetime) -> None:
    elder("快满六十", born=date(1967, 3, 10), tags=("low_income",))
    person = elder("老人", born=date(1950, 3, 10), tags=("low_income",))
    Fact.everywhere.filter(person=person).update(valid_to=date(2027, 6, 1))
    county = Region.objects.get(pk=make.COUNTY)
    done = asked(actions.look_ahead(actor=planner, at=at, region=county, months=12), at)
    rows = {
        row["month"][:7]: row["benefits"]["home_service_minutes"]["amount"] for row in done.result["months"]
    }
    assert rows["2026-11"] == 2700
    assert 5300 < rows["2027-04"] < 5400
    assert 2600 < rows["2027-07"] < 2700
    assert len(rows) == 12


def test_the_pages_say_it(planner: User, elder: Elder, at: datetime) -> None:
    elder(tags=("low_income",))
    browser = signed_in(planner)
    draft = drafted(planner, at)
    form = {"draft": str(draft.pk), "region": make.CITY, "month": "2027-01-01"}
    assert browser.post("/simulations/do/simulate/", form).status_code == 302
    assert (
        browser.post("/simulations/do/look_ahead/", {"region": make.CITY, "months": "6"}).status_code == 302
    )
    run_due(datetime.now(at.tzinfo))
    for row in Simulation.everywhere.all():
        shown = browser.get(f"/simulations/{row.pk}/").content.decode()
        assert ("+5 h" in shown or "5:00" in shown) if row.draft_id else "All months" in shown, shown[:3000]
    assert "1 gains" in browser.get("/simulations/").content.decode()
    assert (
        browser.post("/simulations/do/look_ahead/", {"region": make.CITY, "months": "999"}).status_code == 422
    )


def test_a_county_asks_for_itself_alone(planner: User, at: datetime) -> None:
    officer = make.user("county_officer", make.COUNTY)
    with pytest.raises(Forbidden):
        actions.look_ahead(actor=officer, at=at, region=Region.objects.get(pk=make.OTHER_COUNTY), months=3)
    assert not Simulation.everywhere.exists()


def test_a_simulation_whose_job_died_is_failed_and_says_which(planner: User, at: datetime) -> None:
    county = Region.objects.get(pk=make.COUNTY)
    simulation = actions.look_ahead(actor=planner, at=at, region=county, months=12)
    job = Job.objects.get(kind="entitlement.simulate")
    make.died(job.pk, at)
    simulation.refresh_from_db()
    assert simulation.state == "failed" and str(job.pk) in simulation.note
    assert str(job.pk) in signed_in(planner).get(f"/simulations/{simulation.pk}/").content.decode()
