"""The review: what changed is listed once, decided by somebody, and settled by itself where the cause is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import actions, tasks
from songhe.areas.entitlement.models import Finding, Grant
from songhe.areas.entitlement.queries import looks
from songhe.areas.registry.api import Fact, Person
from songhe.areas.registry.models import Death, Suspect
from songhe.core.days import month_after
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due, start
from songhe.engines.policies.api import load_pack
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]
assert callable(tasks.review_all), "importing it registers the jobs"


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


@pytest.fixture
def granted(offices: Offices, elder: Elder) -> Callable[..., Grant]:
    """A maker of grants that came through every desk."""

    def made(name: str = "张桂兰", **facts: object) -> Grant:
        facts = {"tags": ("low_income",)} | facts
        return offices.granted(elder(name, **facts), now() + timedelta(days=8))

    return made


def reviewed(grant: Grant | None = None) -> dict[str, Finding]:
    """What stands on the worklist after the nightly review, by what changed."""
    job = start("entitlement.review_all", actor=SYSTEM, at=now())
    run_due(now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    rows = Finding.everywhere.filter(state="open")
    return {row.kind: row for row in (rows.filter(grant=grant) if grant else rows)}


def test_nothing_changed_and_nothing_is_listed(granted: Callable[..., Grant]) -> None:
    granted()
    assert reviewed() == {}


def test_a_status_that_ended_is_listed_once_and_kept_or_stopped(
    offices: Offices, granted: Callable[..., Grant]
) -> None:
    grant = granted()
    facts = Fact.everywhere.filter(person_id=grant.person_id, term="low_income")
    facts.update(valid_to=today())
    found = reviewed(grant)
    assert set(found) == {"status_lost", "not_entitled"}
    lost = found["status_lost"]
    url = f"/benefit-reviews/{lost.pk}"
    page = offices.county.get(f"{url}/").content.decode()
    assert "Status ended" in page and "Minimum living allowance" in page
    assert "Status ended" in offices.county.get("/").content.decode()
    assert set(reviewed(grant)) == set(found)
    assert Finding.everywhere.count() == 2
    assert offices.town.post(f"{url}/keep/", {"reason": "正在复核低保"}).status_code == 302
    assert set(reviewed(grant)) == {"not_entitled"}
    stop = {"on": today().isoformat(), "note": "低保取消"}
    other = f"/benefit-reviews/{found['not_entitled'].pk}"
    assert offices.town.post(f"{other}/stop_found/", stop).status_code == 403
    assert offices.county.post(f"{other}/stop_found/", stop).status_code == 302
    grant.refresh_from_db()
    assert (grant.state, grant.why) == ("stopped", "status_lost")
    assert offices.county.post(f"{other}/stop_found/", stop).status_code == 422


def test_a_cause_that_is_gone_settles_and_may_come_back(granted: Callable[..., Grant]) -> None:
    grant = granted()
    facts = Fact.everywhere.filter(person_id=grant.person_id, term="low_income")
    facts.update(valid_to=today())
    assert set(reviewed(grant)) == {"status_lost", "not_entitled"}
    facts.update(valid_to=None)
    assert reviewed(grant) == {}
    facts.update(valid_to=today())
    assert set(reviewed(grant)) == {"status_lost", "not_entitled"}
    assert Finding.everywhere.filter(grant=grant).count() == 2


def test_who_lives_outside_the_policys_region(offices: Offices, granted: Callable[..., Grant]) -> None:
    grant = granted()
    elsewhere = 370600000000
    Person.everywhere.filter(pk=grant.person_id).update(household_region_id=None)
    assert reviewed(grant) == {}
    Region.objects.get_or_create(
        code=elsewhere,
        defaults={"name": "烟台市", "level": 2, "upper": elsewhere + 10**8, "since": date(2020, 1, 1)},
    )
    Person.everywhere.filter(pk=grant.person_id).update(household_region_id=elsewhere)
    found = reviewed(grant)
    assert set(found) == {"moved_out"}
    sent = {"from_month": today().isoformat(), "note": "户口迁出"}
    reply = offices.county.post(f"/benefit-reviews/{found['moved_out'].pk}/suspend_found/", sent)
    assert reply.status_code == 302, reply.content.decode()
    grant.refresh_from_db()
    assert (grant.state, grant.why) == ("suspended", "moved_out")


def test_a_death_that_is_only_reported_and_a_suspected_double(
    granted: Callable[..., Grant], elder: Elder, at: datetime
) -> None:
    grant, double = granted(), elder("张桂兰")
    assert grant.person_id is not None
    Death.everywhere.create(
        person_id=grant.person_id,
        region_id=grant.region_id,
        died_on=today(),
        source="funeral",
        reported_by_id=SYSTEM.id,
        reported_at=at,
    )
    first, second = sorted((grant.person_id, double.pk))
    Suspect.everywhere.create(
        region_id=grant.region_id, first_id=first, second_id=second, score=90, evidence=[], found_at=at
    )
    assert set(reviewed(grant)) == {"died", "duplicate"}


ALLOWANCE = """
document:
  code: test-allowance
  number: "津贴1号"
  title: {en: "Allowance for great age", zh: "高龄津贴"}
  issuer: {en: "Bureau", zh: "民政局"}
  effective: 2022-01-01
  region: "371000000000"
  source: "made for this test"
clauses:
  "1": {en: "50 yuan, from 90 on 100 yuan", zh: "每月50元,90周岁起100元"}
facts:
  birth: {kind: date, en: "Date of birth", zh: "出生日期", bring: {en: "Identity card", zh: "居民身份证"}}
parameters:
  base: {en: "Base", zh: "基本", unit: fen, values: [{from: 2022-01-01, value: 5000, clause: "1"}]}
  more: {en: "From 90", zh: "90周岁起", unit: fen, values: [{from: 2022-01-01, value: 10000, clause: "1"}]}
  great: {en: "Age", zh: "年龄", unit: year, values: [{from: 2022-01-01, value: 90, clause: "1"}]}
rules:
  - code: great_age
    en: "Allowance for great age"
    zh: "高龄津贴"
    unit: fen
    grants: true
    cases:
      - {when: "age_on(birth, month_end) >= great", give: more, why: {en: "90 or above", zh: "满90周岁"}, clause: "1"}
      - {give: base, why: {en: "Below 90", zh: "未满90周岁"}, clause: "1"}
"""


def test_who_reaches_an_age_next_month_is_told_before(offices: Offices, elder: Elder, tmp_path: Path) -> None:
    (tmp_path / "allowance.yaml").write_text(ALLOWANCE, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=now())
    turns = month_after(today())
    person, younger = elder(born=turns.replace(year=turns.year - 90)), elder("年轻", born=date(1950, 1, 1))
    for one in (person, younger):
        row = offices.filed(one, benefit="great_age")
        offices.ticked(row)
        offices.go(row, offices.village, "accept")
        offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="属实")
        offices.go(row, offices.county, "approve_application", from_month=today().isoformat())
        actions.put_into_force(row, actor=SYSTEM, at=now() + timedelta(days=8))
    found = reviewed()
    assert set(found) == {"age"}
    assert found["age"].person_id == person.pk
    page = offices.county.get(f"/benefit-reviews/{found['age'].pk}/").content.decode()
    assert "90 or above" in page and "¥50.00 → ¥100.00" in page


def test_a_fact_that_was_corrected_is_told_with_both_values(granted: Callable[..., Grant]) -> None:
    grant = granted()
    grant.basis = grant.basis | {"facts": {"birth": "1950-01-01"}}
    grant.save()
    found = reviewed(grant)
    assert set(found) == {"fact"}
    assert found["fact"].detail["before"] == "1950-01-01"


def test_a_region_is_reviewed_on_demand(offices: Offices, granted: Callable[..., Grant]) -> None:
    grant = granted()
    Fact.everywhere.filter(person_id=grant.person_id, term="low_income").update(valid_to=today())
    reply = offices.town.post("/benefit-reviews/do/review_region/", {"region": str(make.COUNTY)})
    assert reply.status_code == 302, reply.content.decode()
    run_due(now())
    assert Finding.everywhere.filter(grant=grant, state="open").count() == 2
    outside = offices.town.post("/benefit-reviews/do/review_region/", {"region": str(make.CITY)})
    assert outside.status_code in (403, 422)


def test_a_neighbour_and_a_stranger_find_no_review(granted: Callable[..., Grant]) -> None:
    grant = granted()
    Fact.everywhere.filter(person_id=grant.person_id, term="low_income").update(valid_to=today())
    row = reviewed(grant)["status_lost"]
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/benefit-reviews/{row.pk}/").status_code == 404
    assert neighbour.post(f"/benefit-reviews/{row.pk}/keep/", {"reason": "好"}).status_code == 404
    assert signed_in(make.user("village_officer", make.village())).get("/benefit-reviews/").status_code == 403
    assert Client().get(f"/benefit-reviews/{row.pk}/").status_code == 302


def test_a_review_asks_as_many_questions_for_many_as_for_few(elder: Elder, at: datetime) -> None:
    actions.load_policies(actor=SYSTEM, at=at)
    people = [elder(f"老人{n}", tags=("low_income",), enrolled_on=date(2022, 1, 1)) for n in range(6)]
    counts = []
    for some in (people[:2], people):
        with CaptureQueriesContext(connection) as asked:
            looks(some, today())
        counts.append(len(asked))
    assert counts[0] == counts[1]
