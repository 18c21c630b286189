"""What is read of many at once is what is known of each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests import make
from tests.areas.entitlement.conftest import MONTH, Elder, open_canteen

from songhe.areas.assessment.api import Assessment, request
from songhe.areas.assessment.models import NationalLevel
from songhe.areas.entitlement import queries
from songhe.areas.entitlement.models import NationalVoucher
from songhe.areas.entitlement.queries.readings import Wanted, read
from songhe.areas.entitlement.rules.packing import built, digest, flat
from songhe.areas.entitlement.rules.readings import Readings
from songhe.areas.registry.api import Fact, Household, Person
from songhe.core.days import month_end
from songhe.core.rules import Document, Tags, build
from songhe.core.sources import read as read_source
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
LABEL = "{en: a, zh: 甲}"
ASKS = f"""
document: {{code: asks, number: "1", title: {LABEL}, issuer: {LABEL}, effective: 2020-01-01, region: "371000000000", source: s}}
clauses: {{"1": {LABEL}}}
facts:
  birth: {{kind: date, en: a, zh: 甲, bring: {LABEL}}}
  enrolled: {{kind: yes_no, en: a, zh: 甲, bring: {LABEL}}}
  enrolled_on: {{kind: date, en: a, zh: 甲, bring: {LABEL}}}
  rural: {{kind: yes_no, en: a, zh: 甲, bring: {LABEL}}}
  canteen: {{kind: yes_no, en: a, zh: 甲, bring: {LABEL}}}
  level: {{kind: whole, en: a, zh: 甲, bring: {LABEL}}}
  national_level: {{kind: whole, en: a, zh: 甲, bring: {LABEL}}}
  national_voucher: {{kind: yes_no, en: a, zh: 甲, bring: {LABEL}}}
tags:
  low_income: {{en: a, zh: 甲, bring: {LABEL}}}
  disability: {{en: a, zh: 甲, bring: {LABEL}}}
  "disability:1": {{en: a, zh: 甲, bring: {LABEL}}}
parameters: {{}}
rules:
  - {{code: aid, en: a, zh: 甲, unit: fen, grants: true, cases: [{{give: "1", why: {LABEL}, clause: "1"}}]}}
"""


def document() -> Document:
    return build(read_source(ASKS, name="asks.yaml"))


def seen(people: list[Person], day: date, **options: Any) -> dict[Any, dict[str, Any]]:
    """Facts by person as the arrays have them."""
    with entered(Scope.EVERYTHING):
        found = read(Wanted(make.COUNTY, day, day, **options), [document()])
    columns = found.day(day).columns(document(), np.arange(found.size))
    rows = {bytes(one): row for row, one in enumerate(found.ids)}
    return {
        one.pk: columns.facts_of(rows[one.pk.bytes], document()) for one in people if one.pk.bytes in rows
    }


def level(person: Person, told: int, first: date, last: date, at: datetime) -> NationalLevel:
    """What the national platform said of a person at a moment."""
    days = {"assessed_on": first, "valid_until": last, "assessed_by": "国评"}
    made: NationalLevel = NationalLevel.everywhere.create(
        person=person, region_id=person.region_id, level=told, imported_at=at, **days
    )
    return made


def voucher(person: Person, number: str, month: date, at: datetime) -> None:
    """A voucher that the platform issued."""
    told = {"kind": "home", "percent": 45, "most_fen": 80_000, "imported_at": at}
    NationalVoucher.everywhere.create(
        number=number, person=person, region_id=person.region_id, month=month, **told
    )


def test_the_arrays_say_what_is_known_of_each_person(
    elder: Elder, household: Household, at: datetime
) -> None:
    town = make.town()
    people = [
        elder("甲", tags=("low_income",), enrolled_on=date(2026, 3, 1), household=household),
        elder("乙", household=household, born=None),
        elder("丙", region=make.village(nth=3), tags=("disability",)),
        elder("丁", region=town, enrolled_on=date(2027, 1, 1)),
        elder("戊", household_region_id=make.village(make.OTHER_COUNTY)),
    ]
    Fact.everywhere.filter(person=people[2]).update(value={"grade": "1"})
    open_canteen(people[0].region_id)
    level(people[0], 3, date(2026, 1, 10), date(2026, 11, 1), at)
    level(people[0], 4, date(2026, 10, 10), date(2026, 11, 20), at)
    level(people[1], 2, date(2026, 11, 2), date(2026, 12, 1), at)
    for number, month in (("甲一", MONTH), ("甲二", MONTH), ("甲三", date(2026, 2, 1))):
        voucher(people[0], number, month, at)
    voucher(people[2], "丙一", date(2026, 10, 1), at)
    Region.objects.filter(pk=people[2].region_id).update(setting=111)
    for day in (MONTH, month_end(MONTH), date(2026, 2, 1)):
        known, found = queries.known(people, day), seen(people, day)
        for person in people:
            facts = dict(known[person.pk].facts)
            tags = facts["tags"]
            assert isinstance(tags, Tags)
            facts["tags"] = Tags(tags.held & {"low_income", "disability", "disability:1"})
            assert found[person.pk] == {code: facts[code] for code in found[person.pk]}, (person, day)


def test_a_national_level_and_a_voucher_hold_on_their_days_as_they_were_known(
    elder: Elder, at: datetime
) -> None:
    person, later = elder("甲"), at + timedelta(days=10)
    old = level(person, 2, date(2026, 1, 1), date(2026, 11, 30), at)
    NationalLevel.everywhere.filter(pk=old.pk).update(replaced_at=later)
    level(person, 3, date(2026, 1, 1), date(2026, 11, 30), later)
    voucher(person, "甲一", MONTH, later)
    told = {when: seen([person], MONTH, known_at=when)[person.pk] for when in (at, later)}
    assert [found["national_level"] for found in told.values()] == [2, 3]
    assert [found["national_voucher"] for found in told.values()] == [False, True]
    days = {date(2025, 12, 31): (None, False), MONTH: (3, True), month_end(MONTH): (3, True)}
    days[date(2026, 12, 1)] = (None, False)
    for day, (expected, issued) in days.items():
        facts = queries.known([person], day)[person.pk].facts
        assert (facts["national_level"], facts["national_voucher"]) == (expected, issued), day
        found = seen([person], day)[person.pk]
        assert (found["national_level"], found["national_voucher"]) == (expected, issued), day


def test_a_snapshot_from_before_the_national_facts_is_read_with_its_hash(elder: Elder, at: datetime) -> None:
    person = elder("甲")
    with entered(Scope.EVERYTHING):
        now = read(Wanted(make.COUNTY, MONTH, MONTH), [document()])
    before = {name: array for name, array in flat(now).items() if "national" not in name}
    assert digest(before) == digest(flat(now)), "what holds of nobody is left out"
    again = built(Readings, before)
    assert digest(flat(again)) == digest(before)
    level(person, 3, MONTH, MONTH, at)
    with entered(Scope.EVERYTHING):
        then = read(Wanted(make.COUNTY, MONTH, MONTH), [document()])
    assert digest(flat(built(Readings, flat(then)))) == digest(flat(then)) != digest(before)


def test_what_is_believed_later_is_not_seen_before(elder: Elder, at: datetime) -> None:
    person, later = elder("甲"), at + timedelta(days=10)
    shared = {"person": person, "region_id": person.region_id, "source": "list", "recorded_by_id": SYSTEM.id}
    Fact.everywhere.create(
        **shared, kind="tag", term="low_income", valid_from=date(2026, 9, 1), recorded_at=later
    )
    Fact.everywhere.create(
        **shared,
        kind="born",
        value="1930-01-01",
        recorded_at=at,
        recorded_until=later,
        valid_to=date(2026, 12, 1),
    )
    before = seen([person], MONTH, known_at=at)[person.pk]
    after = seen([person], MONTH, known_at=later)[person.pk]
    assert (before["tags"], after["tags"]) == (Tags(frozenset()), Tags(frozenset({"low_income"})))
    assert (before["birth"], after["birth"]) == (date(1930, 1, 1), date(1944, 5, 6))


def test_the_dead_and_the_strange_are_left_out(elder: Elder, at: datetime) -> None:
    dead, strange, alive = elder("甲"), elder("乙", region=make.village(make.OTHER_COUNTY)), elder("丙")
    Person.everywhere.filter(pk=dead.pk).update(state="dead", died_on=date(2026, 10, 31))
    assert set(seen([dead, strange, alive], MONTH)) == {alive.pk}
    assert set(seen([dead, alive], date(2026, 10, 1))) == {dead.pk, alive.pk}
    assert set(seen([dead, alive], date(2026, 10, 1), persons=[dead.pk])) == {dead.pk}


def test_the_level_in_force_counts(elder: Elder, at: datetime) -> None:
    person = elder("甲")
    for told, start in ((1, date(2026, 1, 1)), (3, date(2026, 6, 1))):
        row = request(actor=SYSTEM, at=at, person=person)
        signed = datetime(2026, start.month, 2, tzinfo=UTC)
        Assessment.everywhere.filter(pk=row.pk).update(
            state="confirmed", level=told, judged=told, in_force_on=start, holds_until=date(2028, 1, 1), assessed_on=start,
            confirmed_at=signed, first_signed_at=signed, second_signed_at=signed,
        )  # fmt: skip
    days = {date(2025, 12, 1): None, date(2026, 2, 1): 1, MONTH: 3, date(2028, 1, 1): None}
    for day, told_then in days.items():
        assert seen([person], day)[person.pk]["level"] == told_then
        assert queries.known([person], day)[person.pk].facts["level"] == told_then
