"""Hours left of a month go on to the next, and come back for a visit that is told late: through HTTP."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from tests import make
from tests.areas.entitlement.conftest import signed_in
from tests.areas.finance.test_story import given, last_month, prepared
from tests.areas.visits import made

from songhe.areas.care.queries import hours_left
from songhe.areas.claims.queries.drawing import Of, drawn_up
from songhe.areas.contracts.models import Stage, Use
from songhe.areas.entitlement.api import HOME_SERVICE, Entitlement, load_policies, remaining_minutes
from songhe.areas.finance import actions
from songhe.areas.finance.models import Fund, Line
from songhe.areas.registry.api import Fact, Person
from songhe.areas.visits.api import free_minutes
from songhe.areas.visits.models import Order, Visit, VisitState
from songhe.core.measure import Period
from songhe.engines.access.api import SYSTEM
from songhe.engines.ledger.api import Entry, Journal, faults
from songhe.engines.policies.api import load_pack
from songhe.engines.regions.models import Region
from songhe.kit.clock import today

pytestmark = [pytest.mark.django_db, pytest.mark.long]
CARRY = """    carry_over: {limit: hours_carried, why: {en: With what was left, zh: 含上月结余}, why_limit: {en: No more than ten hours are carried over, zh: 结转以10小时为限}, clause: "2"}
examples: []
"""
LIMIT = """  hours_carried: {en: Most hours carried over, zh: 最多结转时长, unit: minute, values: [{value: 600, clause: "3", assumed: true}]}
rules:
"""
EXTRA = 3600
"""What the town's person has this month besides."""


class Office:
    """Who determines, and who approves."""

    def __init__(self) -> None:
        self.desk = signed_in(make.user("town_officer", make.COUNTY))
        self.chief = signed_in(make.user("county_officer", make.COUNTY))

    def determined(self, person: Person, month: date) -> Entitlement:
        """The hours of a month as they are determined now."""
        reply = self.desk.post(f"/entitled-people/{person.pk}/determine/", {"month": month.isoformat()})
        assert reply.status_code == 302, reply.content.decode()
        row: Entitlement = Entitlement.everywhere.get(
            person=person, rule=HOME_SERVICE, month=month.replace(day=1)
        )
        return row

    def granted(self, person: Person, month: date) -> Entitlement:
        """The same, approved."""
        row = self.determined(person, month)
        assert self.chief.post(f"/entitlements/{row.pk}/approve/").status_code == 302
        row.refresh_from_db()
        return row


@pytest.fixture
def town(tmp_path: Path, at: datetime) -> made.Town:
    """A person with the minimum living allowance in a city whose hours carry over."""
    load_policies(actor=SYSTEM, at=at)
    file = settings.DATA / "cities/weihai/policies/home-service-hours.yaml"
    text = file.read_text(encoding="utf-8")
    text = text[: text.index("examples:")].replace("rules:\n", LIMIT) + CARRY
    (tmp_path / file.name).write_text(text, encoding="utf-8")
    load_pack(tmp_path, actor=SYSTEM, at=at)
    found = made.town()
    Person.everywhere.filter(pk=found.person.pk).update(born=date(1944, 5, 6))
    Fact.everywhere.create(
        person=found.person, region_id=found.person.region_id, kind="tag", term="low_income",
        valid_from=date(2020, 1, 1), recorded_at=at, source="list", recorded_by_id=SYSTEM.id,
    )  # fmt: skip
    found.person.refresh_from_db()
    return found


@pytest.fixture
def fund(at: datetime) -> Fund:
    county = Region.objects.get(pk=make.COUNTY)
    opened = actions.open_fund(actor=SYSTEM, at=at, region=county, year=last_month().year, name="资金")
    actions.allot(opened, actor=SYSTEM, at=at, amount=actions.Fen(100_000_000), document="财社〔2026〕1号")
    return opened


def served(town: made.Town, day: int, minutes: int) -> None:
    """A visit of last month that was done, under no contract: it takes what it lasted."""
    visit = given(town, day, minutes=minutes)
    Order.everywhere.filter(pk=visit.order_id).update(contract=None)
    Use.everywhere.filter(order_id=visit.order_id).update(stage=Stage.RELEASED)


def agree(person: Person, month: date) -> int:
    """What can still be ordered in a month, alike for the order, the plan and the family."""
    hours = hours_left(person.pk, month)
    assert hours is not None
    assert hours.left == free_minutes(person.pk, month)
    return hours.left - (EXTRA if month == today() else 0)


def test_what_is_left_goes_on_once_and_comes_back_for_a_late_visit(
    town: made.Town, fund: Fund, at: datetime
) -> None:
    person, office = town.person, Office()
    before = office.granted(person, last_month())
    assert (before.amount, before.carried) == (2700, 0)
    served(town, 3, 90)
    this = office.determined(person, today())
    assert (this.amount, this.carried) == (3300, 600), "two hours and a half are used, ten hours go on"
    assert this.reason["steps"][0]["why"]["zh"] == "结转以10小时为限" and this.assumed
    this = office.granted(person, today())
    before.refresh_from_db()
    assert (this.amount, before.moved) == (3300, 600)
    assert remaining_minutes(person.pk, last_month()) == 2100
    assert remaining_minutes(person.pk, today()) == EXTRA + 3300
    assert (agree(person, last_month()), agree(person, today())) == (2010, 3300)
    page = office.desk.get(f"/entitlements/{this.pk}/").content.decode()
    assert "Carried over" in page and "10 h" in page
    for day in range(4, 9):
        served(town, day, 480)  # told late: nobody knew of them when the month was decided
    settlement = prepared(town)
    assert settlement.payable_minutes == 90 + 5 * 480
    finance = town.client("finance_officer")
    assert finance.post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    before.refresh_from_db()
    this.refresh_from_db()
    assert (before.moved, this.carried, this.amount) == (210, 210, 2910), "as far as needed, and no further"
    assert remaining_minutes(person.pk, last_month()) == 0
    assert remaining_minutes(person.pk, today()) == EXTRA + 2910
    assert (agree(person, last_month()), agree(person, today())) == (0, 2910)
    again = office.determined(person, today())
    assert (again.amount, again.carried, again.differs) == (2910, 210, False), "the same again is the same"
    assert Journal.everywhere.filter(kind="entitlement.carry").count() == 2
    assert not list(faults())


def test_a_late_visit_of_a_claim_takes_back_what_went_on_from_its_own_month(
    town: made.Town, fund: Fund, at: datetime
) -> None:
    person, office = town.person, Office()
    before = office.granted(person, last_month())
    this = office.granted(person, today())
    assert (before.amount, this.carried) == (2700, 600)
    visit = given(town, 3, minutes=2700)
    line = Line(
        visit_id=visit.pk, person_id=person.pk, region_id=person.region_id, item=visit.item, on=last_month().replace(day=3),
        minutes=2700, payable_minutes=2700, unit_fen=8000, fen=8000,
    )  # fmt: skip
    settlement = actions.settle_claimed(
        fund, town.organisation.pk, today().replace(day=1), [line], returned_fen=0, source_id=None, actor=SYSTEM, at=at
    )  # fmt: skip
    assert town.client("finance_officer").post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    this.refresh_from_db()
    assert (this.carried, remaining_minutes(person.pk, last_month())) == (0, 0)
    assert remaining_minutes(person.pk, today()) == EXTRA + 2700
    assert not list(faults())


def test_what_a_late_visit_takes_back_is_not_claimed_of_the_next_month_too(
    town: made.Town, fund: Fund, at: datetime
) -> None:
    person, office = town.person, Office()
    office.granted(person, last_month())
    assert office.granted(person, today()).carried == 600
    served(town, 3, 90)
    settlement = prepared(town)
    assert town.client("finance_officer").post(f"/settlements/{settlement.pk}/approve/").status_code == 302
    served(town, 4, 2300)  # late: 2010 minutes are there, and 290 went on to this month
    this = made.visit(town)
    begun = timezone.make_aware(datetime.combine(today().replace(day=1), time(9)))
    Visit.everywhere.filter(pk=this.pk).update(
        state=VisitState.DONE, arrived_at=begun, left_at=begun + timedelta(hours=1), minutes=7000, flags=[]
    )
    Order.everywhere.filter(pk=this.order_id).update(contract=None)
    county = Region.objects.get(pk=make.COUNTY)
    lines = drawn_up(Of(town.organisation.pk, county, Period.holding(today()), None))
    claimed = {line.visit_id: line.claimed_minutes for line in lines}
    assert claimed[this.pk] == EXTRA + 3300 - 290
    assert sum(claimed.values()) == EXTRA + 3300 + 2010


def test_what_is_known_later_is_posted_and_not_only_flagged(town: made.Town, at: datetime) -> None:
    person, office = town.person, Office()
    this = office.granted(person, today())
    assert (this.amount, this.carried) == (2700, 0), "nothing was granted last month by then"
    office.granted(person, last_month())
    this = office.determined(person, today())
    assert (this.amount, this.carried, this.differs) == (3300, 600, False)
    assert remaining_minutes(person.pk, today()) == EXTRA + 3300
    entries = Entry.everywhere.filter(kind="entitlement.carry")
    assert sorted(entries.values_list("amount", flat=True)) == [-600, 600]
    office.determined(person, today())
    assert entries.count() == 2 and not list(faults())


def test_nothing_is_left_of_a_month_that_is_not_over(town: made.Town) -> None:
    person, office = town.person, Office()
    office.granted(person, today())
    coming = (today().replace(day=28) + (today() - last_month().replace(day=1))).replace(day=1)
    row = office.determined(person, coming)
    assert (row.amount, row.carried) == (2700, 0)


def test_a_visit_told_between_determining_and_approving_is_carried_less(town: made.Town) -> None:
    person, office = town.person, Office()
    office.granted(person, last_month())
    row = office.determined(person, today())
    assert row.carried == 600
    for day in range(4, 9):
        served(town, day, 480)
    assert office.chief.post(f"/entitlements/{row.pk}/approve/").status_code == 302
    row.refresh_from_db()
    assert (row.amount, row.carried) == (3000, 300)
    assert agree(person, last_month()) == 0 and not list(faults())
