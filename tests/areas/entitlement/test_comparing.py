"""Lists of other departments: what differs is listed once, decided by somebody, and the same file changes nothing."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import signed_in

from songhe.areas.entitlement import importing, tasks
from songhe.areas.entitlement.models import DepartmentList, Grant, ListEntry, Mismatch
from songhe.areas.registry.api import Fact, Person, tag, tags_on
from songhe.areas.registry.models import Death
from songhe.core.days import month_after
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert importing.SPECS and callable(tasks.compare_lists), "importing them registers lists and jobs"
AS_OF = date(2026, 11, 1)


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


def somebody(name: str, *tags: str, region: int = 0) -> tuple[Person, str]:
    """A registered person with tags, and the identity number."""
    number = make.id_number(date(1944, 5, 6))
    person = make.person(region, name=name, id_number=number)
    for term in tags:
        tag(person, actor=SYSTEM, at=now(), tag=term, since=date(2026, 1, 1))
    return person, number


def brought(kind: str, rows: list[dict[str, Any]], by: User, *, as_of: date = AS_OF) -> ImportRun:
    """A list that was uploaded, checked, imported and compared."""
    out = io.StringIO(newline="")
    heads = list(dict.fromkeys([*(head for row in rows for head in row), "数据日期"]))
    writer = csv.DictWriter(out, heads, restval="")
    writer.writeheader()
    writer.writerows([{"数据日期": as_of.isoformat()} | row for row in rows])
    file = io.BytesIO(out.getvalue().encode("utf-8-sig"))
    spec = imports.spec_of(f"entitlement.{kind}")
    run = imports.take_in(file, name="list.csv", spec=spec, region_id=make.COUNTY, actor=by, at=now())
    imports.start_check(run, actor=by, at=now())
    run_due(now())
    run.refresh_from_db()
    if run.rows_good:
        imports.start_write(run, actor=by, at=now())
        run_due(now())
        run.refresh_from_db()
    return run


def told(person: Person, state: str = "open") -> dict[str, Mismatch]:
    """What differs about a person, by kind."""
    return {row.kind: row for row in Mismatch.everywhere.filter(person=person, state=state)}


def test_in_the_list_and_not_tagged_becomes_a_fact_of_the_department(offices: Offices) -> None:
    person, number = somebody("新低保")
    run = brought("relief", [{"身份证号": number, "人员类别": "低保"}], offices.users["county"])
    assert (run.state, run.rows_made) == ("done", 1)
    row = told(person)["no_tag"]
    page = offices.county.get(f"/comparisons/{row.pk}/").content.decode()
    assert "In the list, not tagged" in page and "Allowance lists" in page and "Subsistence allowance" in page
    assert "新低保" in offices.county.get("/").content.decode()
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 302
    fact = Fact.everywhere.get(person=person, term="low_income", recorded_until=None)
    assert (fact.valid_from, fact.source, fact.source_note) == (AS_OF, "authority", "社会救助名单 2026-11-01")
    assert tags_on([person.pk], AS_OF - timedelta(days=1)) == {}
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 422


def test_tagged_and_not_in_the_list_any_more_ends_the_tag(offices: Offices) -> None:
    person, _number = somebody("旧低保", "low_income")
    _still, other = somebody("仍低保", "low_income")
    poor, _third = somebody("特困", "extreme_poverty")
    brought("relief", [{"身份证号": other, "人员类别": "低保"}], offices.users["county"])
    assert set(told(person)) == {"no_entry"}
    assert told(poor) == {}, "a list that names nobody of a status says nothing about who lost it"
    row = told(person)["no_entry"]
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 302
    assert "low_income" in tags_on([person.pk], AS_OF - timedelta(days=1))[person.pk]
    assert "low_income" not in tags_on([person.pk], AS_OF).get(person.pk, {})


def test_the_same_file_changes_nothing_and_a_rejection_is_kept(offices: Offices) -> None:
    person, number = somebody("新低保")
    rows = [{"身份证号": number, "人员类别": "低保"}]
    brought("relief", rows, offices.users["county"])
    again = brought("relief", rows, offices.users["county"])
    assert (again.rows_made, again.rows_unchanged) == (0, 1)
    assert (ListEntry.everywhere.count(), Mismatch.everywhere.count()) == (1, 1)
    row = told(person)["no_tag"]
    assert offices.county.post(f"/comparisons/{row.pk}/reject/", {"reason": "同名"}).status_code == 302
    brought("relief", rows, offices.users["county"], as_of=AS_OF + timedelta(days=20))
    assert told(person) == {}
    assert DepartmentList.everywhere.count() == 2


def test_a_cause_that_is_gone_settles_by_itself(offices: Offices) -> None:
    person, number = somebody("新低保")
    rows = [{"身份证号": number, "人员类别": "低保"}]
    brought("relief", rows, offices.users["county"])
    tag(person, actor=SYSTEM, at=now(), tag="low_income", since=AS_OF)
    brought("relief", rows, offices.users["county"], as_of=AS_OF + timedelta(days=20))
    assert told(person) == {}
    assert set(told(person, "gone")) == {"no_tag"}


def test_deceased_but_paid_is_reported_and_stops_when_another_confirms(offices: Offices) -> None:
    person, number = somebody("已故", "low_income")
    grant = offices.granted(person, now() + timedelta(days=8))
    died = today() - timedelta(days=3)
    brought("funeral", [{"身份证号": number, "死亡日期": died.isoformat()}], offices.users["county"])
    row = told(person)["deceased"]
    assert row.paid
    assert "Has grants in force" in offices.county.get("/comparisons/").content.decode()
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 302
    death = Death.everywhere.get(person=person)
    assert (death.state, death.source, death.died_on) == ("reported", "funeral", died)
    assert offices.county.post(f"/deaths/{death.pk}/confirm_death/").status_code == 422
    assert offices.town.post(f"/deaths/{death.pk}/confirm_death/").status_code == 302
    grant.refresh_from_db()
    assert (grant.state, grant.until_month) == ("stopped", max(month_after(died), grant.from_month))


def test_moved_out_by_the_police_stops_what_is_paid_here(offices: Offices) -> None:
    person, number = somebody("迁出", "low_income")
    quiet, other = somebody("未享受")
    offices.granted(person, now() + timedelta(days=8))
    rows = [
        {"身份证号": number, "户籍状态": "迁出", "变动日期": today().isoformat()},
        {"身份证号": other, "户籍状态": "迁出", "变动日期": today().isoformat()},
    ]
    brought("police", rows, offices.users["county"])
    assert told(quiet) == {}
    row = told(person)["moved_out"]
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 302
    grant = Grant.everywhere.get(person=person)
    assert (grant.state, grant.why, grant.until_month) == ("stopped", "moved_out", month_after(today()))


def test_another_grade_of_a_certificate_and_two_lists_that_exclude_each_other(offices: Offices) -> None:
    person, number = somebody("残疾")
    tag(person, actor=SYSTEM, at=now(), tag="disability", grade="disability:2", since=date(2026, 1, 1))
    brought("disabled", [{"身份证号": number, "残疾等级": "一级"}], offices.users["county"])
    row = told(person)["other_grade"]
    assert offices.county.post(f"/comparisons/{row.pk}/confirm/").status_code == 302
    assert tags_on([person.pk], AS_OF)[person.pk]["disability"] == "1"
    assert tags_on([person.pk], AS_OF - timedelta(days=1))[person.pk]["disability"] == "2"
    both, twice = somebody("重复")
    rows = [{"身份证号": twice, "人员类别": "低保"}, {"身份证号": twice, "人员类别": "特困人员"}]
    brought("relief", rows, offices.users["county"])
    assert "duplicate" in told(both)


def test_faults_of_a_list_come_back_and_strangers_stay_unknown(offices: Offices) -> None:
    away, outside = somebody("邻县", region=make.village(make.OTHER_COUNTY))
    nobody = make.id_number(date(1950, 1, 1))
    rows = [
        {"身份证号": outside, "人员类别": "低保"},
        {"身份证号": nobody, "人员类别": "低保"},
        {"身份证号": "37108219430502", "人员类别": "低保"},
        {"身份证号": make.id_number(), "人员类别": "劳模"},
        {"身份证号": nobody, "人员类别": "低保"},
    ]
    run = brought("relief", rows, offices.users["county"])
    assert (run.rows_good, run.rows_bad, run.rows_made, run.rows_unchanged) == (2, 3, 0, 2)
    assert not Mismatch.everywhere.exists() and not ListEntry.everywhere.exists()
    assert told(away) == {}
    late = brought("relief", rows[:1], offices.users["county"], as_of=today() + timedelta(days=3))
    assert (late.rows_good, late.rows_bad) == (0, 1)


def test_a_neighbour_and_a_stranger_find_no_difference(offices: Offices) -> None:
    person, number = somebody("新低保")
    brought("relief", [{"身份证号": number, "人员类别": "低保"}], offices.users["county"])
    row = told(person)["no_tag"]
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/comparisons/{row.pk}/").status_code == 404
    assert neighbour.post(f"/comparisons/{row.pk}/confirm/").status_code == 404
    assert offices.town.get("/comparisons/").status_code == 403
    assert Client().get(f"/comparisons/{row.pk}/").status_code == 302
