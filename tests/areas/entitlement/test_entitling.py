"""Determine, approve, suspend, end: through HTTP, with an insider, a neighbour and a stranger."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from tests import make
from tests.areas.entitlement.conftest import MONTH, Elder, open_canteen, signed_in

from songhe.areas.entitlement.api import Entitlement, entitled, remaining_minutes, service_account
from songhe.areas.registry.api import Household, Person
from songhe.areas.registry.models import Merge, Suspect
from songhe.engines.acts.models import Act
from songhe.engines.ledger.api import faults

pytestmark = pytest.mark.django_db


class Office:
    """A county's two officers: one prepares, one approves."""

    def __init__(self) -> None:
        self.preparer = make.user("town_officer", make.COUNTY, name="经办")
        self.approver = make.user("county_officer", make.COUNTY, name="审批")
        self.desk, self.chief = signed_in(self.preparer), signed_in(self.approver)

    def determined(self, person: Person, month: str = "2026-11-15") -> dict[str, Entitlement]:
        """What the month's determination kept, by rule."""
        reply = self.desk.post(f"/entitled-people/{person.pk}/determine/", {"month": month})
        assert reply.status_code == 302, reply.content.decode()
        first = date.fromisoformat(f"{month[:7]}-01")
        return {row.rule: row for row in Entitlement.everywhere.filter(person=person, month=first)}

    def approved(self, row: Entitlement) -> Entitlement:
        """An approval by the chief."""
        assert self.chief.post(f"/entitlements/{row.pk}/approve/").status_code == 302
        row.refresh_from_db()
        return row


@pytest.fixture
def office() -> Office:
    """Rongcheng's officers."""
    return Office()


def test_hours_are_determined_approved_and_granted_in_minutes(office: Office, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    rows = office.determined(person)
    hours = rows["home_service_minutes"]
    assert (hours.state, hours.amount, hours.unit, hours.assumed) == ("draft", 2700, "minute", True)
    assert hours.reason["steps"][1]["why"]["zh"] == "属低保对象"
    assert remaining_minutes(person.pk, MONTH) == 0
    office.approved(hours)
    assert remaining_minutes(person.pk, date(2026, 11, 30)) == 2700
    assert remaining_minutes(person.pk, date(2026, 12, 1)) == 0
    assert [row.rule for row in entitled(person.pk, date(2026, 11, 20))] == ["home_service_minutes"]
    account = service_account(person.pk, MONTH)
    assert account is not None and account.balance == 2700
    assert not list(faults())


def test_the_page_shows_rule_clause_assumption_and_why_not(office: Office, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    rows = office.determined(person)
    page = office.desk.get(f"/entitlements/{rows['home_service_minutes'].pk}/").content.decode()
    for words in (
        "45 h",
        "Receives the minimum living allowance",
        "Clause 2: Home service of 30 to 60 hours",
        "assumed",
        "Hours a month, minimum living allowance",
        "min(max(group_minutes, hours_least), hours_most)",
    ):
        assert words in page
    month = office.desk.get(f"/entitled-people/{person.pk}/?month=2026-11").content.decode()
    assert "Not enrolled with the service platform" in month
    assert "Does not live in a village" in month


def test_who_prepared_does_not_approve(office: Office, elder: Elder) -> None:
    make.grant(office.preparer, "county_officer", make.COUNTY)
    hours = office.determined(elder(tags=("extreme_poverty",)))["home_service_minutes"]
    assert hours.amount == 3600
    reply = office.desk.post(f"/entitlements/{hours.pk}/approve/")
    assert reply.status_code == 422
    assert "somebody else must approve" in reply.content.decode()
    hours.refresh_from_db()
    assert hours.state == "draft"


def test_an_unknown_birthday_waits_for_the_identity_card(office: Office, elder: Elder) -> None:
    rows = office.determined(elder(born=None, tags=("low_income",)))
    assert (rows["home_service_minutes"].state, rows["home_service_minutes"].amount) == ("pending", 0)
    page = office.desk.get(f"/entitlements/{rows['home_service_minutes'].pk}/").content.decode()
    assert "Please bring: Identity card" in page
    assert office.chief.post(f"/entitlements/{rows['home_service_minutes'].pk}/approve/").status_code == 422
    assert "张桂兰" in office.desk.get("/").content.decode()


def test_the_call_subsidy_is_ten_yuan_once_for_the_household(
    office: Office, elder: Elder, household: Household
) -> None:
    late = elder("李大爷", household=household, enrolled_on=date(2023, 1, 1))
    early = elder("李大娘", household=household, enrolled_on=date(2021, 1, 1))
    neither = elder("李小妹", household=household)
    first, second = office.determined(early)["call_subsidy"], office.determined(late)["call_subsidy"]
    assert (first.state, first.amount, first.unit) == ("draft", 1000, "fen")
    assert (second.state, second.amount) == ("not_granted", 0)
    assert second.reason["yielded"]["why"]["zh"] == "同户已由其他成员领取"
    assert (
        office.determined(neither)["call_subsidy"].reason["steps"][0]["why"]["en"].startswith("Not enrolled")
    )
    office.approved(first)
    page = office.chief.get(f"/entitlements/{first.pk}/").content.decode()
    assert "¥10.00" in page


def test_whoever_holds_it_keeps_it_when_another_enrols_earlier_in_the_books(
    office: Office, elder: Elder, household: Household
) -> None:
    holder = elder("李大爷", household=household, enrolled_on=date(2023, 1, 1))
    office.approved(office.determined(holder)["call_subsidy"])
    older = elder("李大娘", household=household, enrolled_on=date(2021, 1, 1))
    assert office.determined(older)["call_subsidy"].state == "not_granted"


def test_free_lunch_for_the_eighties_where_the_village_has_a_canteen(office: Office, elder: Elder) -> None:
    village = make.village(nth=400)
    rural = str(village)[-3:] >= "200"
    person, young = elder(region=village), elder("年轻", region=village, born=date(1960, 1, 1))
    assert office.determined(person)["free_lunch"].state == "not_granted"
    open_canteen(village)
    row = office.determined(person)["free_lunch"]
    assert rural and (row.state, row.amount, row.unit) == ("draft", 30, "meal")
    assert office.determined(young)["free_lunch"].reason["steps"][0]["why"]["en"] == "Younger than 80"
    other = elder("乳山", region=make.village(make.OTHER_COUNTY))
    assert (
        signed_in(make.user("town_officer", make.CITY))
        .post(f"/entitled-people/{other.pk}/determine/", {"month": "2026-11-01"})
        .status_code
        == 302
    )
    assert not Entitlement.everywhere.filter(person=other, rule="free_lunch").exists()


def test_suspending_returns_what_is_left_resuming_gives_it_again_ending_is_final(
    office: Office, elder: Elder
) -> None:
    person = elder(tags=("family_planning_special",))
    row = office.approved(office.determined(person)["home_service_minutes"])
    url = f"/entitlements/{row.pk}"
    assert office.chief.post(f"{url}/suspend/", {"reason": "住院"}).status_code == 302
    assert remaining_minutes(person.pk, MONTH) == 0
    assert office.chief.post(f"{url}/resume/", {"reason": "出院"}).status_code == 302
    assert remaining_minutes(person.pk, MONTH) == 1800
    assert office.chief.post(f"{url}/end/", {"reason": "迁出"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.returned, remaining_minutes(person.pk, MONTH)) == ("ended", 1800, 0)
    assert office.chief.post(f"{url}/resume/", {"reason": "再来"}).status_code == 422
    assert not list(faults())


def test_determining_again_replaces_drafts_and_only_marks_what_is_approved(
    office: Office, elder: Elder
) -> None:
    person = elder(tags=("low_income",))
    first = office.determined(person)["home_service_minutes"]
    assert office.determined(person)["home_service_minutes"].pk == first.pk
    office.approved(first)
    person.born = date(1990, 1, 1)
    person.save()
    again = office.determined(person)["home_service_minutes"]
    assert (again.state, again.amount, again.differs) == ("approved", 2700, True)
    assert again.proposal["value"] == 0
    page = office.desk.get(f"/entitlements/{first.pk}/").content.decode()
    assert (
        "A later determination came to a different result" in page and "Younger than the lowest age" in page
    )


def test_nothing_is_determined_for_the_dead(office: Office, elder: Elder) -> None:
    person = elder(tags=("low_income",), died_on=date(2026, 10, 30))
    reply = office.desk.post(f"/entitled-people/{person.pk}/determine/", {"month": "2026-11-01"})
    assert reply.status_code == 422
    assert "not registered as living" in reply.content.decode()


def test_a_neighbour_and_a_stranger_find_nothing(office: Office, elder: Elder) -> None:
    person = elder(tags=("low_income",))
    row = office.determined(person)["home_service_minutes"]
    neighbour = signed_in(make.user("county_officer", make.OTHER_COUNTY))
    for url in (f"/entitlements/{row.pk}/", f"/entitled-people/{person.pk}/"):
        assert neighbour.get(url).status_code == 404
    assert neighbour.post(f"/entitlements/{row.pk}/approve/").status_code == 404
    assert (
        neighbour.post(f"/entitled-people/{person.pk}/determine/", {"month": "2026-11-01"}).status_code == 404
    )
    assert "张桂兰" not in neighbour.get("/entitlements/").content.decode()
    stranger = signed_in(make.user("worker", make.COUNTY))
    assert stranger.get("/entitlements/").status_code == 403
    village = signed_in(make.user("village_officer", person.region_id))
    assert village.get(f"/entitlements/{row.pk}/").status_code == 200
    assert village.post(f"/entitlements/{row.pk}/approve/").status_code == 403
    assert Client().get("/entitlements/").status_code == 302


def test_a_merge_carries_what_was_granted_and_undoing_it_carries_it_back(
    office: Office, elder: Elder, at: datetime
) -> None:
    twice, once = elder(tags=("low_income",)), elder(tags=("low_income",))
    office.approved(office.determined(twice)["home_service_minutes"])
    first, second = sorted((twice.pk, once.pk))
    pair = Suspect.everywhere.create(
        region_id=once.region_id, first_id=first, second_id=second, score=90, evidence=[], found_at=at
    )
    keep = {"keep": "first" if first == once.pk else "second", "reason": "同一人"}
    assert office.chief.post(f"/suspects/{pair.pk}/merge_suspects/", keep).status_code == 302
    assert [remaining_minutes(person.pk, MONTH) for person in (once, twice)] == [2700, 0]
    merge = Merge.everywhere.get(gone_id=twice.pk)
    assert office.chief.post(f"/merges/{merge.pk}/undo_merge/", {"reason": "两人"}).status_code == 302
    assert [remaining_minutes(person.pk, MONTH) for person in (once, twice)] == [0, 2700]
    assert not list(faults())


def test_every_step_is_an_act(office: Office, elder: Elder, at: datetime) -> None:
    person = elder(tags=("low_income",))
    row = office.approved(office.determined(person)["home_service_minutes"])
    line = Act.objects.get(verb="entitlement.determine")
    assert line.subject_id == person.pk and line.actor_id == office.preparer.pk
    assert line.after["decided"]["home_service_minutes"] == ["draft", 2700]
    approval = Act.objects.get(verb="entitlement.approve")
    assert (approval.before["state"], approval.after["state"]) == ("draft", "approved")
    assert approval.subject_id == row.pk
