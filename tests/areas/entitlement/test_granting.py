"""Grants in force: suspended, resumed with arrears, stopped, ended by death, and never two of one benefit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests import make
from tests.areas.entitlement.applying import Offices
from tests.areas.entitlement.conftest import Elder, signed_in

from songhe.areas.entitlement import actions, api
from songhe.areas.entitlement.models import Entitlement, Grant, GrantSpan
from songhe.areas.registry.models import Death, Merge, Suspect
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import SYSTEM, Scope
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ALL = Scope.EVERYTHING


@pytest.fixture
def offices(at: datetime) -> Offices:
    """Rongcheng's offices."""
    return Offices(at)


@pytest.fixture
def granted(offices: Offices, elder: Elder) -> Callable[..., Grant]:
    """A maker of grants that came through every desk; they begin this month."""

    def made(name: str = "张桂兰", tags: tuple[str, ...] = ("low_income",)) -> Grant:
        return offices.granted(elder(name, tags=tags), now() + timedelta(days=8))

    return made


def months(start: date, count: int) -> list[date]:
    """Some months from one on."""
    out = [start]
    while len(out) < count:
        out.append(month_after(out[-1]))
    return out


def then(grant: Grant, month: date) -> str:
    """What a payment run sees of a grant in a month: paid, suspended, or nothing."""
    found = [row for row in api.in_force(month, make.COUNTY, ALL) if row.grant.pk == grant.pk]
    assert len(found) < 2
    return ("suspended" if found[0].suspended else "paid") if found else "nothing"


def test_suspended_resumed_with_arrears_and_stopped(offices: Offices, granted: Callable[..., Grant]) -> None:
    grant = granted()
    m = months(grant.from_month, 6)
    url = f"/benefit-grants/{grant.pk}"
    sent = {"from_month": m[1].isoformat(), "why": "not_found", "note": "查无此人"}
    assert offices.county.post(f"{url}/suspend_grant/", sent).status_code == 302
    assert [then(grant, month) for month in m[:4]] == ["paid", "suspended", "suspended", "suspended"]
    assert offices.county.post(f"{url}/suspend_grant/", sent).status_code == 422
    back = {"from_month": m[3].isoformat(), "why": "correction", "arrears": "on"}
    assert offices.county.post(f"{url}/resume_grant/", back).status_code == 302
    assert [then(grant, month) for month in m[:4]] == ["paid", "suspended", "suspended", "paid"]
    (owed,) = api.arrears_due(make.COUNTY, ALL)
    assert (owed.grant.pk, owed.months.start, owed.months.until) == (grant.pk, m[1], m[3])
    actions.arrears_paid(grant, actor=SYSTEM, at=now(), spans=[owed.span_id])
    assert api.arrears_due(make.COUNTY, ALL) == []
    page = offices.county.get(f"{url}/").content.decode()
    assert "查无此人" in page and "Not found" in page and "Paid" in page
    stop = {"on": (m[4] + timedelta(days=9)).isoformat(), "why": "gave_up"}
    assert offices.county.post(f"{url}/stop_grant/", stop).status_code == 302
    assert [then(grant, month) for month in m] == [
        "paid",
        "suspended",
        "suspended",
        "paid",
        "paid",
        "nothing",
    ]
    assert offices.county.post(f"{url}/resume_grant/", back).status_code == 422


def test_a_duplicate_is_stopped_with_its_own_month(granted: Callable[..., Grant]) -> None:
    grant = granted()
    actions.stop_grant(grant, actor=SYSTEM, at=now(), on=today(), why="duplicate")
    assert (grant.until_month, then(grant, grant.from_month)) == (grant.from_month, "nothing")


def test_reasons_are_those_of_the_file(offices: Offices, granted: Callable[..., Grant]) -> None:
    grant = granted()
    sent = {"from_month": today().isoformat(), "why": "deceased"}
    assert offices.county.post(f"/benefit-grants/{grant.pk}/suspend_grant/", sent).status_code == 422
    early = {"from_month": "2020-01-01", "why": "other"}
    reply = offices.county.post(f"/benefit-grants/{grant.pk}/suspend_grant/", early)
    assert reply.status_code == 422 and "The grant begins in" in reply.content.decode()


def test_the_database_knows_one_grant_of_a_benefit_at_a_time(granted: Callable[..., Grant]) -> None:
    grant = granted()
    twice = {
        field.attname: getattr(grant, field.attname)
        for field in Grant._meta.concrete_fields
        if field.attname not in ("id", "application_id")
    }
    with pytest.raises(IntegrityError, match="one_grant_at_a_time"), transaction.atomic():
        Grant.everywhere.create(**twice)
    other = twice | {"benefit": "free_lunch"}
    assert Grant.everywhere.create(**other).pk
    actions.stop_grant(grant, actor=SYSTEM, at=now(), on=today(), why="gave_up")
    assert Grant.everywhere.create(**twice | {"from_month": month_after(today())}).pk


def test_households_and_facilities_hold_grants_too(granted: Callable[..., Grant], at: datetime) -> None:
    model = granted()
    for kind in ("household", "facility", "organisation"):
        made = Grant.everywhere.create(
            holder_kind=kind,
            holder_id=uuid7(),
            holder_name="暖心食堂",
            region_id=model.region_id,
            benefit="operating_subsidy",
            name_en="Operating subsidy",
            name_zh="运营补贴",
            policy=model.policy,
            from_month=model.from_month,
            prepared_by_id=uuid7(),
            approved_by_id=uuid7(),
            granted_at=at,
            changed_at=at,
        )
        assert made.holder == "暖心食堂"
    with pytest.raises(IntegrityError, match="grant_has_a_holder"), transaction.atomic():
        Grant.everywhere.filter(pk=model.pk).update(holder_kind="facility")


def test_a_death_stops_grants_in_the_same_act_and_taking_it_back_undoes_that(
    offices: Offices, granted: Callable[..., Grant]
) -> None:
    grant, other = granted(), granted("健在")
    assert grant.person is not None
    sent = {"died_on": today().isoformat(), "source": "village"}
    assert offices.village.post(f"/people/{grant.person_id}/report_death/", sent).status_code == 302
    assert then(grant, month_after(today())) == "paid"
    death = Death.everywhere.get(person=grant.person)
    assert offices.town.post(f"/deaths/{death.pk}/confirm_death/").status_code == 302
    grant.refresh_from_db()
    assert (grant.state, grant.why, grant.until_month) == ("stopped", "deceased", month_after(today()))
    assert [then(grant, m) for m in months(month_of(today()), 2)] == ["paid", "nothing"]
    assert then(other, month_after(today())) == "paid"
    reply = offices.county.post(f"/deaths/{death.pk}/revoke_death/", {"reason": "同名同姓"})
    assert reply.status_code == 302, reply.content.decode()
    grant.refresh_from_db()
    assert (grant.state, grant.why, grant.until_month) == ("in_force", "granted", None)
    assert then(grant, month_after(today())) == "paid"
    assert GrantSpan.everywhere.filter(grant=grant).count() == 1


def test_what_the_dead_had_applied_for_ends_and_its_notice_is_taken_down(
    offices: Offices, elder: Elder
) -> None:
    row = offices.noticed(elder(tags=("low_income",)))
    sent = {"died_on": today().isoformat(), "source": "village"}
    assert offices.village.post(f"/people/{row.person_id}/report_death/", sent).status_code == 302
    death = Death.everywhere.get(person=row.person)
    assert offices.town.post(f"/deaths/{death.pk}/confirm_death/").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert "张*兰" not in Client().get(f"/notices/{row.region_id}/").content.decode()
    course = offices.county.get(f"/applications/{row.pk}/").content.decode()
    assert "The person died" in course


def test_a_merge_leaves_one_grant_in_force_and_undoing_it_two(
    offices: Offices, granted: Callable[..., Grant], at: datetime
) -> None:
    one, other = granted(), granted()
    assert one.person_id and other.person_id
    first, second = sorted((one.person_id, other.person_id))
    pair = Suspect.everywhere.create(
        region_id=one.region_id, first_id=first, second_id=second, score=90, evidence=[], found_at=at
    )
    keep = {"keep": "first" if first == one.person_id else "second", "reason": "同一人"}
    assert offices.county.post(f"/suspects/{pair.pk}/merge_suspects/", keep).status_code == 302
    month = month_after(today())
    assert [row.grant.pk for row in api.in_force(month, make.COUNTY, ALL)] == [one.pk]
    merge = Merge.everywhere.get(gone_id=other.person_id)
    assert offices.county.post(f"/merges/{merge.pk}/undo_merge/", {"reason": "两人"}).status_code == 302
    assert {row.grant.pk for row in api.in_force(month, make.COUNTY, ALL)} == {one.pk, other.pk}


def test_who_died_is_not_in_force_even_where_nobody_stopped_the_grant(granted: Callable[..., Grant]) -> None:
    grant = granted()
    assert grant.person is not None
    type(grant.person).everywhere.filter(pk=grant.person_id).update(state="dead", died_on=today())
    assert [then(grant, m) for m in months(month_of(today()), 2)] == ["paid", "nothing"]


def test_a_grant_follows_its_person(offices: Offices, granted: Callable[..., Grant]) -> None:
    grant = granted()
    to = make.village(nth=7)
    sent = {"to": str(to), "on": today().isoformat()}
    reply = offices.town.post(f"/people/{grant.person_id}/relocate/", sent)
    assert reply.status_code == 302, reply.content.decode()
    grant.refresh_from_db()
    assert grant.region_id == to
    assert set(GrantSpan.everywhere.filter(grant=grant).values_list("region_id", flat=True)) == {to}


def test_what_is_given_unasked_is_granted_with_its_first_month(
    offices: Offices, elder: Elder, at: datetime
) -> None:
    person = elder(enrolled_on=date(2022, 1, 1))
    county = Region.objects.get(pk=make.COUNTY)
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        actions.determine(person, actor=SYSTEM, at=at, month=month)
        for row in Entitlement.everywhere.filter(person=person, state="draft", month=month):
            actions.approve(row, actor=offices.users["county"], at=at)
    allowance, grant = Grant.everywhere.filter(person=person).order_by("-benefit")
    assert (allowance.benefit, allowance.from_month) == ("old_age_allowance", date(2026, 10, 1))
    assert (grant.benefit, grant.from_month, grant.state) == ("call_subsidy", date(2026, 10, 1), "in_force")
    assert grant.basis["facts"]["enrolled"] is True
    assert then(grant, date(2026, 12, 1)) == "paid"
    assert county.pk == make.COUNTY


def test_what_somebody_is_entitled_to_with_a_button(offices: Offices, elder: Elder, at: datetime) -> None:
    person = elder(born=None, tags=("low_income",))
    page = offices.village.get(f"/entitled-people/{person.pk}/").content.decode()
    assert "A document is missing" in page and "Please bring: Identity card" in page
    type(person).everywhere.filter(pk=person.pk).update(born=date(1944, 5, 6))
    page = offices.village.get(f"/entitled-people/{person.pk}/").content.decode()
    assert "Possible" in page and f"person={person.pk}&amp;benefit=home_service_minutes" in page
    assert "Not enrolled with the service platform" in page
    _user, family = offices.family_of(person)
    assert "benefit=home_service_minutes" in family.get(f"/entitled-people/{person.pk}/").content.decode()
    row = offices.filed(person, family)
    page = family.get(f"/entitled-people/{person.pk}/").content.decode()
    assert "Applied for" in page and f"/applications/{row.pk}/" in page
    watcher = signed_in(make.user("city_officer", make.CITY))
    assert (
        "benefit=home_service_minutes" not in watcher.get(f"/entitled-people/{person.pk}/").content.decode()
    )
    offices.ticked(row)
    offices.go(row, offices.village, "accept")
    offices.go(row, offices.town, "verify", visited_on=today().isoformat(), found="属实")
    offices.go(row, offices.county, "approve_application", from_month=today().isoformat())
    actions.put_into_force(row, actor=SYSTEM, at=now() + timedelta(days=8))
    assert "Grant in force" in family.get(f"/entitled-people/{person.pk}/").content.decode()


def test_a_neighbour_and_a_stranger_find_no_grant(granted: Callable[..., Grant]) -> None:
    grant = granted()
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    assert neighbour.get(f"/benefit-grants/{grant.pk}/").status_code == 404
    assert neighbour.post(f"/benefit-grants/{grant.pk}/stop_grant/").status_code == 404
    assert signed_in(make.user("worker", make.COUNTY)).get("/benefit-grants/").status_code == 403
    assert Client().get(f"/benefit-grants/{grant.pk}/").status_code == 302


def test_a_month_determined_for_a_region_has_a_course(offices: Offices, elder: Elder, at: datetime) -> None:
    person = elder(tags=("low_income",))
    actions.determine(person, actor=SYSTEM, at=at, month=date(2026, 11, 1))
    row = Entitlement.everywhere.get(person=person, state="draft", rule="home_service_minutes")
    actions.approve_many([row], actor=offices.users["county"], at=at + timedelta(hours=1))
    page = offices.county.get(f"/entitlements/{row.pk}/").content.decode()
    course = page[page.index('class="timeline"') :]
    assert "Approved" in course and "Determined" in course and "县干部" in course
    assert "Nothing has happened yet" not in page
