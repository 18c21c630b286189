"""The leader looks, opens, drills down; a county sees its part; a stranger sees nothing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.providers import made
from tests.areas.visits import made as service

from songhe.areas.providers.models import Facility, Kind
from songhe.core.measure import Period
from songhe.engines.indicators.api import indicators, provider_of, refresh
from songhe.kit.clock import today

pytestmark = pytest.mark.django_db


def client_of(role: str, region: int = make.CITY) -> Client:
    return made.client_of(make.user(role, region))


def refreshed(at: datetime) -> None:
    for code in indicators():
        if provider_of(code):
            refresh(code, Period.holding(today()), at=at)


def words(answer: Any) -> str:
    """The text of a page, without tags and with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def with_beds(facility: Facility, beds: int, nursing: int) -> None:
    Facility.everywhere.filter(pk=facility.pk).update(beds=beds, nursing_beds=nursing)


@pytest.fixture
def stock(at: datetime) -> None:
    """Two day-care centres and a nursing home in one county, a happiness home and a street centre in another."""
    here, there = made.organisation(make.COUNTY), made.organisation(make.OTHER_COUNTY)
    made.facility(here, Kind.DAY_CARE, make.village(make.COUNTY), name="海滨日间照料中心")
    made.facility(here, Kind.DAY_CARE)
    with_beds(made.facility(here, Kind.NURSING_HOME), 100, 60)
    made.facility(there, Kind.HAPPINESS_HOME)
    with_beds(made.facility(there, Kind.STREET_CENTRE), 20, 0)
    refreshed(at)


def test_the_leader_starts_on_the_cockpit_and_sees_the_whole_city(stock: None) -> None:
    leader = client_of("city_leader")
    assert leader.get("/").headers["Location"] == "/cockpit/"
    answer = leader.get("/cockpit/")
    assert answer.status_code == 200
    text = words(answer)
    assert "威海市" in text
    assert answer.context["check"].fits
    assert answer.context["whole"] == "5"
    tiles = {tile["url"].split("/")[3]: tile["value"] for tile in answer.context["strip"]}
    assert tiles["beds"] == "120"
    assert tiles["nursing_beds"] == "50.0%"


def test_a_count_of_today_opens_the_rows_it_counts(stock: None) -> None:
    service.under_way(service.town())
    officer = client_of("city_officer")
    tiles = officer.get("/cockpit/").context["today"]
    assert [tile.count for tile in tiles] == [0, 1, 0, 1]
    for tile in tiles:
        assert officer.get(tile.url).context["count"] == tile.count, tile.url


def test_a_county_sees_its_part_and_no_other(stock: None) -> None:
    officer = client_of("county_officer", make.COUNTY)
    answer = officer.get("/cockpit/")
    assert answer.context["whole"] == "3"
    assert "荣成市" in words(answer)
    other = officer.get(f"/cockpit/?region={make.OTHER_COUNTY}")
    assert other.status_code == 404
    city = officer.get(f"/cockpit/indicator/beds/?region={make.CITY}")
    assert [part["region"].code for part in city.context["parts"]] == [make.COUNTY]
    assert city.context["value"] == "100"


def test_strangers_are_sent_away(stock: None) -> None:
    assert Client().get("/cockpit/").status_code == 302
    assert client_of("worker", make.COUNTY).get("/cockpit/").status_code == 403
    assert client_of("worker", make.COUNTY).get("/cockpit/now/").status_code == 403


def test_a_figure_opens_down_to_its_rows(stock: None) -> None:
    leader, code = client_of("city_leader"), "facilities_day_care"
    region = make.CITY
    while True:
        answer = leader.get(f"/cockpit/indicator/{code}/?region={region}")
        assert answer.status_code == 200
        below = [part["region"].code for part in answer.context["parts"] if part["value"] not in ("0", "–")]
        if not below:
            break
        region = below[0]
    assert region == make.village(make.COUNTY)
    assert "海滨日间照料中心" in words(answer)


def test_what_nobody_computed_is_not_shown_as_zero() -> None:
    answer = client_of("city_leader").get("/cockpit/indicator/beds/")
    assert answer.context["value"] == "–"
    assert {part["value"] for part in answer.context["parts"]} == {"–"}


def test_the_plan_shows_how_every_target_stands(stock: None) -> None:
    answer = client_of("city_leader").get("/cockpit/plan/")
    (plan,) = answer.context["plans"]
    found = {target["code"]: target for task in plan["tasks"] for target in task["targets"]}
    assert len(found) == 37
    assert (found["T-WH-NH"]["word"], found["T-WH-NH"]["value"]) == ("差距较大", "1")
    assert found["T-WH-NBR"]["value"] == "50.0%"
    assert found["T-WH-STD"]["light"] == "unknown"
    assert found["T-WH-BED"]["overdue"]


@pytest.mark.parametrize(
    "address", ["/cockpit/indicator/nonsense/", "/cockpit/?region=12", "/cockpit/?region=999999999999"]
)
def test_addresses_of_nothing_are_not_found(address: str) -> None:
    assert client_of("city_leader").get(address).status_code == 404


def test_a_nonsense_period_shows_this_month() -> None:
    answer = client_of("city_leader").get("/cockpit/indicator/beds/?period=never")
    assert answer.context["period"] == Period.holding(today())


def test_the_month_on_paper_and_a_figure_as_a_table(stock: None) -> None:
    officer = client_of("county_officer", make.COUNTY)
    paper = officer.get(f"/cockpit/report.pdf?period={Period.holding(today())}")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    table = officer.get("/cockpit/indicator/beds.csv")
    rows = table.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(officer.get("/cockpit/indicator/beds/").context["parts"])
    assert sum(int(row.split(",")[3]) for row in rows[1:]) in (0, 100)
    other = officer.get(f"/cockpit/report.pdf?region={make.OTHER_COUNTY}")
    assert other.status_code == 404
    assert client_of("village_officer", make.village()).get("/cockpit/report.pdf").status_code == 403


def test_the_front_asks_few_questions_of_the_database(stock: None) -> None:
    leader = client_of("city_leader")
    leader.get("/cockpit/")
    with CaptureQueriesContext(connection) as asked:
        leader.get("/cockpit/")
    assert len(asked) <= 45
