"""Levels of the national platform: kept beside the city's own, nobody assessed twice, what differs is decided."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.assessment.office import Office, signed_in

from songhe.areas.assessment import importing, tasks
from songhe.areas.assessment.actions import rehashing
from songhe.areas.assessment.api import Assessment, national_counted, national_of
from songhe.areas.assessment.models import Degree, LevelDifference, NationalLevel, Unregistered
from songhe.areas.assessment.queries.needs import needing
from songhe.areas.assessment.rules.national import Held, differing
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, User, entered
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import erase, open_keys, reveal
from songhe.kit.clock import now

assert callable(tasks.national), "importing them registers jobs"
HEADS = ("身份证号", "失能等级", "评估日期", "评估机构", "有效期至")
db = pytest.mark.django_db
held = st.dictionaries(
    st.sampled_from([uuid7() for _ in range(6)]), st.builds(Held, st.uuids(), st.integers(0, 4))
)


@given(held, held)
def test_only_two_results_that_are_not_the_same_differ(own: Any, national: Any) -> None:
    found = {person for person, _one, _other in differing(own, national)}
    assert found == {key for key in own.keys() & national.keys() if own[key].level != national[key].level}


@pytest.mark.parametrize(
    ("text", "degree"),
    [("中度失能", 2), ("重度", 3), ("完全失能", 4), ("能力完全丧失", 4), ("Severe", 3), ("极重度失能", 4)],
)
def test_a_level_is_read_by_its_words(text: str, degree: int) -> None:
    assert importing.degree_of(text) == degree


@pytest.mark.parametrize("text", ["3", "轻度失能", "能力完好", "", "🙂"])
def test_what_is_no_level_of_the_list_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        importing.degree_of(text)


def row(
    number: str, level: str = "重度失能", *, on: str = "2026-03-05", until: str = "2099-03-04"
) -> tuple[str, ...]:
    """One line of the platform's list."""
    return (number, level, on, "威海康评中心", until)


def brought(rows: list[tuple[str, ...]], by: User) -> ImportRun:
    """A list that was uploaded, checked, imported and compared."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADS, *rows])
    file = io.BytesIO(out.getvalue().encode("gb18030"))
    spec = imports.spec_of("assessment.national_levels")
    run = imports.take_in(file, name="levels.csv", spec=spec, region_id=make.COUNTY, actor=by, at=now())
    imports.start_check(run, actor=by, at=now())
    run_due(now())
    run.refresh_from_db()
    if run.rows_good:
        imports.start_write(run, actor=by, at=now())
        run_due(now())
        run.refresh_from_db()
    return run


def numbered(name: str, born: date = date(1938, 1, 1), region: int = 0) -> tuple[Person, str]:
    """A registered person of 88 and the identity number."""
    number = make.id_number(born)
    return make.person(region, name=name, born=born, id_number=number), number


def desk() -> tuple[User, Client]:
    """The county's officer."""
    user = make.user("county_officer", make.COUNTY)
    return user, signed_in(user)


@db
def test_who_is_assessed_nationally_is_not_put_on_the_worklist_again() -> None:
    user, client = desk()
    person, number = numbered("王大爷")
    _other, _number = numbered("李大娘")
    assert "王大爷" in client.get("/assessment-needs/").content.decode()
    run = brought([row(number)], user)
    assert (run.state, run.rows_made) == ("done", 1)
    page = client.get("/assessment-needs/").content.decode()
    assert "王大爷" not in page and "李大娘" in page
    sent = {"person": str(person.pk), "for_voucher": "on"}
    refused = client.post("/assessments/do/request/", sent)
    assert refused.status_code == 422
    assert "already assessed nationally: Severe disability" in refused.content.decode()
    assert client.post("/assessments/do/request/", {"person": str(person.pk)}).status_code == 302
    assert needing(Scope.EVERYTHING, localdate()).filter(pk=person.pk).exists(), "what is asked for is listed"
    assert "Severe disability" in client.get(f"/people/{person.pk}/").content.decode()


@db
def test_a_level_that_ran_out_answers_nothing() -> None:
    user, client = desk()
    person, number = numbered("王大爷")
    brought([row(number, until="2026-03-06")], user)
    assert "王大爷" in client.get("/assessment-needs/").content.decode()
    assert national_of([person.pk], date(2026, 3, 6))[person.pk].level == Degree.SEVERE
    assert national_of([person.pk], date(2026, 3, 7)) == {}
    page = client.get("/national-levels/", {"holds": "over"}).content.decode()
    assert "王大爷" in page and "Expired" in page


@db
def test_the_same_list_changes_nothing_and_a_correction_replaces() -> None:
    user, _client = desk()
    person, number = numbered("王大爷")
    brought([row(number)], user)
    again = brought([row(number)], user)
    assert (again.rows_made, again.rows_changed, again.rows_unchanged) == (0, 0, 1)
    before = now()
    better = brought([row(number, "完全失能")], user)
    assert (better.rows_made, better.rows_changed) == (0, 1)
    assert [one.level for one in NationalLevel.everywhere.filter(person=person, replaced_at=None)] == [4]
    with entered(Scope.EVERYTHING):
        believed = {when: [one.level for one in national_counted(when)] for when in (before, now(), None)}
    assert list(believed.values()) == [[3], [4], [4]]


@db
def test_strangers_are_listed_and_found_once_registered() -> None:
    user, client = desk()
    number = make.id_number(date(1940, 2, 2))
    run = brought([row(number)], user)
    assert (run.rows_made, brought([row(number)], user).rows_unchanged) == (1, 1)
    stranger = Unregistered.everywhere.get()
    page = client.get("/national-strangers/").content.decode()
    assert stranger.id_number_masked in page and number not in page
    assert client.post(f"/national-strangers/{stranger.pk}/look_again/").status_code == 422
    assert reveal(stranger.pk, stranger.id_number_sealed) == number
    person = make.person(name="新登记", born=date(1940, 2, 2), id_number=number)
    assert client.post(f"/national-strangers/{stranger.pk}/look_again/").status_code == 302
    stranger.refresh_from_db()
    assert reveal(person.pk, stranger.id_number_sealed) == number, "who erases the person erases it"
    assert not open_keys([stranger.pk])
    assert national_of([person.pk], localdate())[person.pk].level == Degree.SEVERE
    assert "新登记" in client.get("/national-levels/").content.decode()
    assert client.get("/national-strangers/", {"registered": "no"}).context["count"] == 0
    assert client.post(f"/national-strangers/{stranger.pk}/look_again/").status_code == 422


@db
def test_faults_come_back_with_their_reason() -> None:
    user, client = desk()
    _person, number = numbered("王大爷")
    fresh = [make.id_number(date(1940, 1, day)) for day in range(1, 5)]
    rows = [
        row(number),
        row(number),
        row(fresh[0], "3"),
        row(fresh[1], on="2199-01-01"),
        row(fresh[2], on="2026-03-05", until="2026-03-04"),
        row("37108219430502"),
    ]
    run = brought(rows, user)
    assert (run.rows_good, run.rows_bad, run.rows_made) == (1, 5, 1)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "is not a level in this list" in page and "is in the future" in page
    assert "end before the assessment" in page


@db
def test_what_differs_is_decided_and_neither_level_changes(office: Office) -> None:
    office.delivered(B_1_3="3")
    own = Assessment.everywhere.get(person=office.elder)
    user, client = desk()
    told = {"region_id": office.elder.region_id, "assessed_by": "国评", "imported_at": now()}
    NationalLevel.everywhere.create(
        person=office.elder,
        level=4,
        assessed_on=localdate(),
        valid_until=localdate() + timedelta(days=90),
        **told,
    )
    _nobody, number = numbered("无关")
    brought([row(number)], user)
    difference = LevelDifference.everywhere.get()
    assert (difference.person_id, difference.own, difference.other) == (office.elder.pk, own.level, 4)
    assert "National levels that differ" in client.get("/").content.decode()
    page = client.get(f"/level-differences/{difference.pk}/").content.decode()
    assert "Complete disability" in page and own.number in page
    assert "Complete disability" in client.get(f"/assessments/{own.pk}/").content.decode()
    address = f"/level-differences/{difference.pk}"
    assert client.post(f"{address}/let_stand/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}/let_stand/", {"reason": "口径不同"}).status_code == 302
    assert client.post(f"{address}/assess_again/", {"reason": "再评"}).status_code == 422
    brought([row(make.id_number(date(1941, 1, 1)))], user)
    assert LevelDifference.everywhere.get().state == "stands", "what is decided is not listed again"
    own.refresh_from_db()
    assert (own.level, NationalLevel.everywhere.get(person=office.elder).level) == (difference.own, 4)


@db
def test_a_new_assessment_is_asked_for_and_a_cause_that_is_gone_settles(office: Office) -> None:
    office.delivered(B_1_3="3")
    user, client = desk()
    told = {"region_id": office.elder.region_id, "assessed_by": "国评", "imported_at": now()}
    level = NationalLevel.everywhere.create(
        person=office.elder,
        level=4,
        assessed_on=localdate(),
        valid_until=localdate() + timedelta(days=90),
        **told,
    )
    tasks.compare_levels(make.COUNTY, scope=Scope.EVERYTHING, actor=user, at=now())
    difference = LevelDifference.everywhere.get()
    NationalLevel.everywhere.filter(pk=level.pk).update(replaced_at=now())
    assert tasks.compare_levels(make.COUNTY, scope=Scope.EVERYTHING, actor=user, at=now()) == 0
    assert LevelDifference.everywhere.get().state == "gone"
    NationalLevel.everywhere.filter(pk=level.pk).update(replaced_at=None)
    assert tasks.compare_levels(make.COUNTY, scope=Scope.EVERYTHING, actor=user, at=now()) == 1
    sent = {"reason": "差异较大"}
    assert client.post(f"/level-differences/{difference.pk}/assess_again/", sent).status_code == 302
    assert Assessment.everywhere.filter(person=office.elder, state="requested").count() == 1


@db
def test_a_neighbour_and_a_stranger_see_no_level() -> None:
    user, _client = desk()
    _person, number = numbered("王大爷")
    brought([row(number), row(make.id_number(date(1940, 2, 2)))], user)
    level, stranger = NationalLevel.everywhere.get(), Unregistered.everywhere.get()
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/national-levels/{level.pk}/").status_code == 404
    assert neighbour.get(f"/national-strangers/{stranger.pk}/").status_code == 404
    assert signed_in(make.user("worker", make.COUNTY)).get("/national-levels/").status_code == 403
    assert Client().get(f"/national-levels/{level.pk}/").status_code == 302


@db
def test_a_stranger_is_known_again_and_found_after_a_new_search_key() -> None:
    user, client = desk()
    number = make.id_number(date(1940, 2, 2))
    brought([row(number)], user)
    stranger, old = Unregistered.everywhere.get(), b"0" * 16
    Unregistered.everywhere.update(id_number_hash=old)
    with entered(Scope.EVERYTHING):
        assert list(rehashing.strangers()) == [(1, 1)]
    assert (brought([row(number)], user).rows_unchanged, Unregistered.everywhere.count()) == (1, 1)
    person = make.person(name="新登记", born=date(1940, 2, 2), id_number=number)
    assert client.post(f"/national-strangers/{stranger.pk}/look_again/").status_code == 302
    Unregistered.everywhere.update(id_number_hash=old)
    with entered(Scope.EVERYTHING):
        assert list(rehashing.strangers()) == [(1, 1)], "by the person's key"
    erase(person.pk)
    Unregistered.everywhere.update(id_number_hash=old)
    with entered(Scope.EVERYTHING):
        assert list(rehashing.strangers()) == [(1, 0)], "nobody can be found who was erased"


@db
def test_a_number_of_a_list_before_is_sealed_with_the_next_one() -> None:
    user, _client = desk()
    number = make.id_number(date(1940, 2, 2))
    brought([row(number)], user)
    stranger = Unregistered.everywhere.get()
    erase(stranger.pk)
    Unregistered.everywhere.update(id_number_sealed=b"")
    assert brought([row(number)], user).rows_unchanged == 1
    stranger.refresh_from_db()
    assert reveal(stranger.pk, stranger.id_number_sealed) == number
