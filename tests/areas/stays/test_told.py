"""What stays tell others: care plans make no orders, a visit meanwhile is doubted, the hotline and the family know."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import make
from tests.areas.care import made as care
from tests.areas.care.test_story import planned, ran
from tests.areas.providers import made as providers
from tests.areas.stays import made
from tests.areas.verification.test_story import ended
from tests.areas.visits import made as visits

from songhe.areas.stays import actions
from songhe.areas.stays.importing import beds
from songhe.areas.stays.models import Bed, BedKind
from songhe.areas.verification import actions as verifying
from songhe.areas.verification.models import Check
from songhe.areas.visits.api import Order, OrderState
from songhe.engines.access.api import SYSTEM, Tie, tie
from songhe.engines.imports import tasks
from songhe.engines.imports.api import ImportRun, bad_rows, reasons, start_check, start_write, take_in
from songhe.engines.jobs.api import run_due

pytestmark = pytest.mark.django_db
assert tasks.check_run, "the jobs are known once their module is loaded"


def test_no_orders_are_made_while_the_person_lives_in_a_home_and_the_plan_says_why() -> None:
    town, house = visits.town(), made.house()
    plan = care.signed(town)
    office = town.client("county_officer")
    planned(office, care.next_month())
    assert Order.everywhere.filter(state=OrderState.RECEIVED).exists()
    made.assessed(town.person, 3)
    stay = made.admitted(house, town.person)
    ran()
    assert not Order.everywhere.filter(state=OrderState.RECEIVED).exists(), "called off by the admission"
    planned(office, care.next_month())
    assert not Order.everywhere.filter(state=OrderState.RECEIVED).exists()
    page = office.get(f"/care-plans/{plan.pk}/?month={care.next_month():%Y-%m}").content.decode()
    assert f"入住{house.facility.name}" in page
    actions.discharge(stay, actor=SYSTEM, at=made.now(), on=made.today(), ending="home")
    planned(office, care.next_month())
    assert Order.everywhere.filter(state=OrderState.RECEIVED).exists()


def test_a_visit_during_a_stay_is_doubted_also_where_the_admission_was_entered_late() -> None:
    town, house = visits.town(), made.house()
    visit = ended(town, visits.morning(-3, 9))
    assert verifying.look_through(at=timezone.now()) == 1
    assert not Check.everywhere.exists()
    made.assessed(town.person, 3)
    Bed.everywhere.update(since=made.today(-60))
    made.admitted(house, town.person, since=made.today(-20))
    assert verifying.look_through(at=timezone.now()) == 1
    (check,) = Check.everywhere.all()
    assert (check.visit_id, check.signs) == (visit.pk, ["away_institution"])
    assert "机构住养登记" in town.client("inspector").get(f"/visit-checks/{check.pk}/").content.decode()


def test_a_visit_during_a_home_visit_is_not_doubted() -> None:
    town, house = visits.town(), made.house()
    made.assessed(town.person, 3)
    Bed.everywhere.update(since=made.today(-60))
    stay = made.admitted(house, town.person, since=made.today(-20))
    actions.go_on_leave(
        stay, actor=SYSTEM, at=made.now(), kind="home", since=made.today(-6), back_on=made.today(1)
    )
    ended(town, visits.morning(-3, 9))
    verifying.look_through(at=timezone.now())
    assert not Check.everywhere.exists()


def test_the_family_and_the_persons_page_say_where_somebody_lives() -> None:
    house, who = made.house(), made.person(3, name="宋春梅")
    made.admitted(house, who)
    kin = make.user("family", make.COUNTY)
    tie(who.pk, kin.pk, Tie.Kind.KIN, region_id=who.region_id, since=made.today(-1))
    family = providers.client_of(kin)
    assert house.facility.name in family.get("/family/").content.decode()
    office = providers.client_of(make.user("county_officer", make.COUNTY))
    page = office.get(f"/people/{who.pk}/").content.decode()
    assert house.facility.name in page
    assert "登记轮候" in page


HEAD = "机构名称,楼栋,楼层,房间号,床位类型,床位数"


def brought_in(*rows: str) -> ImportRun:
    officer, at = make.user("county_officer", make.COUNTY), made.now()
    raw = "\n".join([HEAD, *rows]).encode("gb18030")
    run = take_in(io.BytesIO(raw), name="beds.csv", spec=beds, region_id=make.COUNTY, actor=officer, at=at)
    start_check(run, actor=officer, at=at)
    assert run_due(at + timedelta(seconds=1))
    run.refresh_from_db()
    if run.rows_good:
        start_write(run, actor=officer, at=at)
        run_due(at + timedelta(seconds=2))
        run.refresh_from_db()
    return run


def test_a_list_of_beds_comes_in_once_and_bad_rows_come_back_with_their_reason() -> None:
    house, elsewhere = made.house(rooms=""), made.house(rooms="", region=make.village(make.OTHER_COUNTY))
    name = house.facility.name
    rows = [
        f"{name},1号楼,3层,301,护理型,2", f"{name},1号楼,,402,普通床,3张", f"{name},,,105,短期托养,",
        f"{name},1号楼,3,301,护理型,2", f"{elsewhere.facility.name},,3,301,护理型,2", f"{name},,3,302,豪华,2",
        f"{name},,3,三楼,护理型,2", f"{name},,3,303,护理型,99",
    ]  # fmt: skip
    run = brought_in(*rows)
    assert (run.rows_good, run.rows_bad, run.rows_made) == (3, 5, 3)
    told = {line.number: reasons(faults, beds) for line, faults in bad_rows(run)}
    assert elsewhere.facility.name in told[6]
    found = Bed.everywhere.filter(facility=house.facility)
    assert {kind: found.filter(kind=kind).count() for kind in BedKind} == {
        "nursing": 2,
        "ordinary": 3,
        "short": 1,
        "day": 0,
    }
    assert found.get(label="105-1").room.floor == 1
    again = brought_in(*rows[:3])
    assert (again.rows_made, found.count()) == (0, 6)
