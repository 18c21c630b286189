"""What a household receives once: one grant and one payment a month, and another member's when its holder goes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests import make
from tests.areas.entitlement.conftest import Elder
from tests.areas.payments.conftest import Office, give, lines

from songhe.areas.entitlement import actions as entitlement
from songhe.areas.entitlement import tasks
from songhe.areas.entitlement.models import Award, Grant
from songhe.areas.payments.models import Posting
from songhe.areas.payments.queries.explained import explained
from songhe.areas.registry.actions import deaths, families
from songhe.areas.registry.api import Death, Household, Person, Relation
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due
from songhe.engines.policies.api import load_pack
from songhe.engines.regions.models import Region

pytestmark = [pytest.mark.django_db, pytest.mark.long]
assert callable(tasks.propose), "importing it registers the job"
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
HEATING = """
document: {code: heating, number: "1", title: {en: Heating, zh: 取暖}, issuer: {en: B, zh: 局}, effective: 2020-01-01, region: "371000000000", source: s}
clauses: {"1": {en: Once for a household, zh: 每户一份}}
facts: {birth: {kind: date, en: Birth, zh: 出生日期, bring: {en: Card, zh: 身份证}}}
parameters: {heating_fen: {en: Heating, zh: 取暖, unit: fen, values: [{value: 5000, clause: "1"}]}}
rules:
  - {code: heating, en: Heating, zh: 取暖, unit: fen, grants: true, once_per: household, payee: {order: [birth], clause: "1", why: {en: Another member receives it, zh: 同户他人已领}}, cases: [{give: heating_fen, why: {en: Once, zh: 每户一份}, clause: "1"}]}
"""


def award(office: Office, month: date, at: datetime) -> list[str]:
    """Grant what is given unasked in a month; who holds the call subsidy after it."""
    county = Region.objects.get(pk=make.COUNTY)
    made: Award = entitlement.propose(actor=office.clerk, at=at, region=county, month=month)
    run_due(at)
    made.refresh_from_db()
    if made.state == "ready":
        entitlement.approve_award(made, actor=office.treasurer, at=at)
    rows = Grant.everywhere.filter(benefit="call_subsidy", until_month=None).select_related("person")
    return sorted(row.person.name for row in rows if row.person)


def died(person: Person, on: date, at: datetime) -> None:
    report = deaths.report_death(person, actor=SYSTEM, at=at, died_on=on, source=Death.Source.FAMILY)
    officer = make.user("town_officer", make.COUNTY)
    deaths.confirm_death(report, actor=officer, at=at)


def paid(benefit: str = "call_subsidy") -> Counter[tuple[str, str]]:
    """What was paid of a benefit in the end, by name and month."""
    found: Counter[tuple[str, str]] = Counter()
    rows = Posting.everywhere.filter(run__state="posted", benefit=benefit)
    for row in rows.select_related("person"):
        found[row.person.name, f"{row.month:%m}"] += row.fen
    return +found


def test_two_who_are_entitled_have_one_grant_and_the_other_has_it_after_a_death(
    office: Office, elder: Elder, household: Household
) -> None:
    at = office.at
    first = elder("甲", household=household, enrolled_on=date(2026, 1, 5))
    elder("乙", household=household, enrolled_on=date(2026, 2, 5))
    make.grant(office.treasurer, "county_officer", make.COUNTY)
    assert award(office, SEPTEMBER, at) == ["甲"]
    assert award(office, SEPTEMBER, at) == ["甲"], "the other one of the household is not granted it as well"
    office.posted(SEPTEMBER)
    died(first, date(2026, 9, 30) + timedelta(days=1), at + timedelta(minutes=1))
    assert award(office, OCTOBER, at + timedelta(minutes=2)) == ["乙"]
    office.posted(NOVEMBER, at=at + timedelta(minutes=3))
    assert paid() == {("甲", "09"): 1000, ("乙", "10"): 1000, ("乙", "11"): 1000}


def test_who_moves_out_leaves_it_to_the_household_and_each_is_paid_once(
    office: Office, elder: Elder, household: Household
) -> None:
    at = office.at
    first = elder("甲", household=household, enrolled_on=date(2026, 1, 5))
    elder("乙", household=household, enrolled_on=date(2026, 2, 5))
    make.grant(office.treasurer, "county_officer", make.COUNTY)
    assert award(office, SEPTEMBER, at) == ["甲"]
    office.posted(SEPTEMBER)
    families.leave_household(first, actor=SYSTEM, at=at, on=date(2026, 10, 10))
    assert award(office, OCTOBER, at) == ["乙", "甲"], "two households now"
    office.posted(OCTOBER, at=at + timedelta(minutes=1))
    assert paid() == {("甲", "09"): 1000, ("甲", "10"): 1000, ("乙", "10"): 1000}
    entitlement.stop_grant(
        Grant.everywhere.get(person=first, benefit="call_subsidy"),
        actor=office.clerk,
        at=at,
        on=date(2026, 10, 31),
        why="moved_out",
    )
    office.posted(NOVEMBER, at=at + timedelta(minutes=2))
    assert paid()["甲", "11"] == 0 and paid()["乙", "11"] == 1000


def test_who_move_together_are_paid_once_from_the_month_after(
    office: Office, elder: Elder, household: Household
) -> None:
    """Each had a grant of their own, and a telephone with it."""
    at = office.at
    elder("甲", household=household, enrolled_on=date(2026, 1, 5))
    other = elder("乙", enrolled_on=date(2026, 2, 5))
    make.grant(office.treasurer, "county_officer", make.COUNTY)
    assert award(office, SEPTEMBER, at) == ["乙", "甲"]
    office.posted(SEPTEMBER)
    families.add_member(
        household, actor=SYSTEM, at=at, person=other, relation=Relation.SPOUSE, since=date(2026, 10, 10)
    )
    award(office, OCTOBER, at + timedelta(minutes=1))
    office.posted(OCTOBER, at=at + timedelta(minutes=2))
    award(office, NOVEMBER, at + timedelta(minutes=3))
    office.posted(NOVEMBER, at=at + timedelta(minutes=4))
    assert sum(fen for (_name, month), fen in paid().items() if month == "11") == 1000


@pytest.mark.parametrize("day", [1, 20, 31])
@pytest.mark.parametrize("known", ["before", "after"])
def test_the_month_of_a_death_is_paid_once_for_the_household(
    office: Office, elder: Elder, household: Household, tmp_path: Path, day: int, known: str
) -> None:
    """Whatever the day, and whether the month was paid before the death was known."""
    (tmp_path / "heating.yaml").write_text(HEATING, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=office.at)
    first = elder("甲", household=household, born=date(1940, 1, 1))
    other = elder("乙", household=household, born=date(1950, 1, 1))
    for person in (first, other):
        give(person, office.at, benefit="heating", since=OCTOBER)
    if known == "after":
        assert lines(office.posted(OCTOBER)) == [("甲", "10", 5000, "month")]
    died(first, date(2026, 10, day), office.at + timedelta(minutes=1))
    run = office.posted(NOVEMBER, at=office.at + timedelta(minutes=2))
    assert paid("heating") == {("甲", "10"): 5000, ("乙", "11"): 5000}
    told = explained(Posting.everywhere.get(run=run, person=other, month=NOVEMBER))
    assert told is not None and told["value"] == 5000
