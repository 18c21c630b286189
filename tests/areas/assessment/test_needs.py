"""Who needs an assessment: the rule for one person, the list for a county, and asking for many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st
from tests import make
from tests.areas.assessment.office import Office, signed_in

from songhe.areas.assessment.api import Assessment
from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import NationalLevel
from songhe.areas.assessment.queries.needs import condition, needing, why_of
from songhe.areas.assessment.rules.needs import Known, Need, needs
from songhe.areas.registry.api import Person, Said, set_tags
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.acts.models import Act

DAY = date(2026, 11, 25)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
persons = st.builds(
    Known,
    born=st.none() | st.dates(date(1920, 1, 1), date(1990, 1, 1)),
    assessed_on=st.none() | days,
    holds_until=st.none() | days,
    discharged_on=st.none() | days,
    requested=st.booleans(),
    under_way=st.booleans(),
    national_until=st.none() | days,
)


@given(persons, days)
def test_nobody_is_listed_while_an_assessment_is_made(known: Known, on: date) -> None:
    found = [why.need for why in needs(known, on, parameters())]
    assert found == [need for need in Need if need in found], "the most pressing first, each once"
    assert not (known.under_way and found)
    assert (Need.REQUESTED in found) == (known.requested and not known.under_way)
    assert not (Need.NEVER in found and known.assessed_on)


@given(persons, days)
def test_a_national_level_answers_what_nobody_asked_for_and_nothing_else(known: Known, on: date) -> None:
    without = {why.need for why in needs(replace(known, national_until=None), on, parameters())}
    valid = {why.need for why in needs(replace(known, national_until=on), on, parameters())}
    assert valid == without - {Need.AGE, Need.NEVER}
    over = replace(known, national_until=on - timedelta(days=1))
    assert {why.need for why in needs(over, on, parameters())} == without


@given(persons, days)
def test_a_new_result_ends_every_reason_but_a_request(known: Known, on: date) -> None:
    fresh = Known(
        born=known.born,
        assessed_on=on,
        holds_until=on + timedelta(days=365),
        discharged_on=known.discharged_on,
        requested=known.requested,
    )
    assert {why.need for why in needs(fresh, on, parameters())} <= {Need.REQUESTED}


def test_an_age_is_reached_on_the_birthday_and_for_a_year() -> None:
    known = Known(born=date(1946, 11, 25), assessed_on=date(2025, 1, 1))
    assert needs(known, date(2026, 11, 24), parameters()) == ()
    (why,) = needs(known, date(2026, 11, 25), parameters())
    assert (why.need, why.age) == (Need.AGE, 80)
    assert needs(known, date(2027, 11, 24), parameters())
    assert needs(known, date(2027, 11, 26), parameters()) == ()


def everybody(office: Office) -> dict[str, Person]:
    """One person for each reason, and some without any."""
    today = localdate()
    made = {
        "turned 60": make.person(office.village, name="甲", born=today.replace(day=1, year=today.year - 60)),
        "is 70": make.person(office.village, name="乙", born=today - timedelta(days=70 * 365 + 100)),
        "is 88": make.person(office.village, name="丙", born=today - timedelta(days=88 * 366)),
        "left hospital": make.person(office.village, name="丁", born=today - timedelta(days=71 * 366)),
        "left long ago": make.person(office.village, name="戊", born=today - timedelta(days=72 * 366)),
        "national": make.person(office.village, name="己", born=today - timedelta(days=89 * 366)),
    }
    now = SYSTEM
    for name, ago in (("left hospital", 5), ("left long ago", 400)):
        said = Said(actor=now, at=office.at)
        set_tags(made[name], {"discharged": ""}, said, day=today - timedelta(days=ago))
    return made


@pytest.mark.django_db
def test_the_list_says_what_the_rule_says(office: Office) -> None:
    made = everybody(office)
    office.delivered(B_1_3="3")
    today = localdate()
    told = {"region_id": office.village, "assessed_by": "国评", "imported_at": office.at, "level": 3}
    level = {"assessed_on": today, "valid_until": today + timedelta(days=330)} | told
    NationalLevel.everywhere.create(person=made["national"], **level)
    later = today + timedelta(days=320)
    for on in (today, later, later + timedelta(days=400)):
        told = why_of(Person.everywhere.all(), on)
        assert set(needing(Scope.EVERYTHING, on)) == {row for row in Person.everywhere.all() if told[row.pk]}
        for need in Need:
            listed = set(needing(Scope.EVERYTHING, on).filter(condition(need, on)))
            assert listed == {
                row for row in Person.everywhere.all() if need in {why.need for why in told[row.pk]}
            }
    told = why_of([*made.values(), office.elder], today)
    named = {name: [why.need for why in told[row.pk]] for name, row in made.items()}
    assert named == {
        "turned 60": ["age"],
        "is 70": [],
        "is 88": ["never"],
        "left hospital": ["discharged"],
        "left long ago": [],
        "national": [],
    }
    assert told[office.elder.pk] == ()
    assert [why.need for why in why_of([office.elder], later)[office.elder.pk]] == ["expiring"]


@pytest.mark.django_db
def test_several_are_ticked_and_asked_for_at_once(office: Office) -> None:
    made = everybody(office)
    page = office.desk.get("/assessment-needs/").content.decode()
    assert "Reached 60" in page
    assert "Never assessed" in page
    assert f'name="person" value="{made["is 88"].pk}"' in page
    only = office.desk.get("/assessment-needs/", {"need": "discharged"}).content.decode()
    assert "丁" in only
    assert str(made["is 88"].pk) not in only
    chosen = [str(made[name].pk) for name in ("is 88", "left hospital")]
    reply = office.desk.post("/assessment-needs/ask/?need=never", {"person": chosen, "note": "年度评估"})
    assert reply.headers["Location"] == "/assessment-needs/?need=never"
    assert Assessment.everywhere.filter(person_id__in=chosen, note="年度评估").count() == 2
    bulk = Act.objects.get(verb="assessment.request_many")
    assert bulk.after["count"] == 2
    again = office.desk.post("/assessment-needs/ask/", {"person": chosen}, follow=True)
    assert "2 were under way already" in again.content.decode()
    assert Assessment.everywhere.filter(person_id__in=chosen).count() == 2
    assert "Requested" in office.desk.get("/assessment-needs/?need=requested").content.decode()


@pytest.mark.django_db
def test_everybody_whom_the_list_shows_is_asked_for(office: Office) -> None:
    everybody(office)
    office.desk.post("/assessment-needs/ask/?need=age", {"all": "1"})
    assert [row.person.name for row in Assessment.everywhere.select_related("person")] == ["甲"]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"person": "x"}, {"person": "01900000-0000-7000-8000-000000000001"}])
def test_nobody_or_somebody_unknown_is_refused(office: Office, sent: dict[str, Any]) -> None:
    assert office.desk.post("/assessment-needs/ask/", sent).status_code == 422


@pytest.mark.django_db
def test_nobody_asks_for_persons_of_another_county(office: Office) -> None:
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert str(office.elder.pk) not in neighbour.get("/assessment-needs/").content.decode()
    assert neighbour.post("/assessment-needs/ask/", {"person": str(office.elder.pk)}).status_code == 422
    assert office.first.get("/assessment-needs/").status_code == 403
    assert not Assessment.everywhere.exists()
