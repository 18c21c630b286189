"""The planner's map through HTTP: who sees what, what a new site changes, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.circle import made
from tests.areas.providers import made as providers

from songhe.areas.circle import tasks
from songhe.areas.circle.models import Block, Change, Figure, Scenario, Siting
from songhe.areas.circle.queries.figures import table
from songhe.areas.providers.api import Facility
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due
from songhe.engines.regions.models import Region

pytestmark = pytest.mark.django_db
assert tasks, "the jobs are known"
SIGNS = "甲乙丙丁戊己庚"
NEAR, FAR = made.at(made.HERE, 100), made.at(made.HERE, 3000)


@pytest.fixture
def town() -> list[Person]:
    """Six near a day-care centre, seven far from it, one in the other county, one without a place."""
    with entered(Scope.EVERYTHING):
        village, other = make.village(), make.village(make.OTHER_COUNTY)
        near = [made.living(village, made.at(made.HERE, 20 * n), name=f"近{SIGNS[n]}") for n in range(6)]
        far = [made.living(village, made.at(FAR, 15 * n), name=f"远{SIGNS[n]}") for n in range(7)]
        made.living(other, made.THERE, name="邻县人")
        make.person(make.village(nth=3), name="无位置")
        made.site(NEAR)
        made.worked_out()
    return [*near, *far]


def asked(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(path, {"kind": made.KIND, "minutes": "10", **query})
    return answer.status_code, json.loads(answer.content)


def test_the_map_shows_figures_of_the_own_area_only(town: list[Person]) -> None:
    page = made.office().get("/circle/", {"kind": made.KIND, "minutes": "10"}).content.decode()
    assert "14" in page
    neighbour = made.office(make.OTHER_COUNTY)
    status, body = asked(neighbour, "/circle/communities.json")
    assert status == 200
    assert sum(row[2] for row in body["places"]) <= 1
    assert neighbour.get("/circle/", {"region": make.COUNTY}).status_code == 404
    assert neighbour.get("/circle/hexes.json", {"region": make.village()}).status_code == 404


def test_strangers_and_visitors_do_not_see_it(town: list[Person]) -> None:
    stranger = providers.client_of(make.user("hotline_agent", make.COUNTY))
    for path in (
        "/circle/",
        "/circle/hexes.json",
        "/circle/try/?lon=122.42&lat=37.16",
        "/circle/people/",
        "/circle/sheet.pdf",
        "/scenarios/",
    ):
        assert stranger.get(path).status_code == 403, path
        assert Client().get(path).status_code in (302, 401), path


def test_hexes_with_few_people_have_no_figures(town: list[Person]) -> None:
    with entered(Scope.EVERYTHING):
        made.living(make.village(), made.at(made.HERE, -9000), name="独居人")
        made.worked_out()
    status, body = asked(made.office(), "/circle/hexes.json")
    assert status == 200
    assert {cell[2] is None for cell in body["cells"]} == {True, False}
    assert all(cell[1] is None for cell in body["cells"] if cell[2] is None)


def test_a_site_that_is_tried_changes_what_its_building_changes(town: list[Person]) -> None:
    officer = made.office()
    status, body = asked(officer, "/circle/try/", lon=FAR.lon, lat=FAR.lat)
    assert status == 200
    assert body["headline"].startswith(("7", "覆盖增加 7"))
    with entered(Scope.EVERYTHING):
        made.site(FAR)
    _status, after = asked(officer, "/circle/try/", lon=FAR.lon, lat=FAR.lat)
    assert "7" not in after["headline"]
    page = officer.get("/circle/", {"kind": made.KIND, "minutes": "10", "lon": FAR.lon, "lat": FAR.lat})
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"lon": "123.9", "lat": "36.0"}, "circle.nobody_near"),
        ({"lon": "37.16", "lat": "122.42"}, "circle.turned_round"),
        ({"lon": "8.5", "lat": "47.3"}, "circle.abroad"),
        ({"lon": "nan", "lat": "37"}, "circle.no_point"),
        ({"lon": "", "lat": ""}, "circle.no_point"),
        ({"lon": "122.42", "lat": "37.16", "frame": "mars"}, "circle.frame"),
        ({"facility": "x", "close": "1"}, "circle.no_site"),
        ({"facility": "01900000-0000-7000-8000-000000000001", "close": "1"}, "circle.site_gone"),
    ],
)
def test_points_that_cannot_be_are_refused(town: list[Person], query: dict[str, str], code: str) -> None:
    status, body = asked(made.office(), "/circle/try/", **query)
    assert (status, body["code"]) == (422, code)


@pytest.mark.parametrize(
    "query",
    [
        {"region": "abc"},
        {"region": "999999999999"},
        {"kind": "no"},
        {"group": "no"},
        {"minutes": "-1"},
        {"minutes": "99999999"},
        {"box": "1,2"},
    ],
)
def test_odd_addresses_are_no_faults(town: list[Person], query: dict[str, str]) -> None:
    for path in ("/circle/", "/circle/hexes.json", "/circle/gaps.csv", "/circle/place/"):
        assert made.office().get(path, query).status_code in (200, 404)


def test_nothing_gathered_is_no_fault() -> None:
    made.forget()
    officer = made.office()
    for path in (
        "/circle/",
        "/circle/hexes.json",
        "/circle/communities.json",
        "/circle/sites.json",
        "/circle/gaps.csv",
        "/circle/sheet.pdf",
        "/",
    ):
        assert officer.get(path).status_code == 200, path


def test_names_of_who_is_not_covered_are_shown_for_a_reason_that_is_kept(town: list[Person]) -> None:
    officer = made.office()
    form = {"kind": made.KIND, "group": "people", "minutes": "10", "region": str(make.COUNTY)}
    assert officer.post("/circle/people/", form).status_code == 422
    page = officer.post("/circle/people/", form | {"purpose": "安排上门"}).content.decode()
    assert all(f"远{sign}" in page for sign in SIGNS)
    assert "近甲" not in page
    assert "邻县人" not in page
    act = Act.objects.filter(verb="circle.list_uncovered").latest("at")
    assert act.after["purpose"] == "安排上门"
    neighbour = made.office(make.OTHER_COUNTY)
    assert neighbour.post("/circle/people/", form | {"purpose": "看看"}).status_code == 404
    other = neighbour.post(
        "/circle/people/", form | {"purpose": "看看", "region": str(make.OTHER_COUNTY)}
    ).content.decode()
    assert "邻县人" in other
    assert "远甲" not in other
    leader = providers.client_of(make.user("city_leader"))
    assert leader.post("/circle/people/", form | {"purpose": "看看"}).status_code == 403


def test_figures_are_kept_and_homes_are_sealed(town: list[Person]) -> None:
    with entered(Scope.EVERYTHING) as scope:
        run = made.worked_out()
        found = table(run, scope, Region.objects.get(pk=make.CITY))
        people, covered = found.column(made.KIND, "people", 10)
        assert (people.sum(), covered.sum()) == (15, 6)
        hexes = table(run, scope, Region.objects.get(pk=make.CITY), hexes=True)
        assert hexes.shares.people[:, 0].sum() == 14
        assert (run.exact, run.nowhere + run.middle) == (14, 1)
        assert run.approximate
        assert run.walker == 0.9
        for block in Block.everywhere.all():
            assert b"122." not in bytes(block.sealed)
    with entered(make.user("county_officer", make.OTHER_COUNTY).scope()) as scope:
        assert not Figure.objects.within(scope).filter(region_id=make.village()).exists()
        assert {row.region_id // 10**6 for row in Figure.everywhere.all()} <= {make.OTHER_COUNTY // 10**6}, (
            "the second lock"
        )


def test_the_gap_list_and_the_sheet(town: list[Person]) -> None:
    officer = made.office()
    body = officer.get("/circle/gaps.csv", {"kind": made.KIND, "minutes": "10"}).content.decode("utf-8-sig")
    assert ",7," in body
    assert "0.9" in body
    sheet = officer.get("/circle/sheet.pdf", {"kind": made.KIND, "minutes": "10"})
    assert sheet.content.startswith(b"%PDF")


def test_a_scenario_from_its_draft_to_its_comparison(town: list[Person]) -> None:
    officer = made.office()
    made_ = []
    for name in ("东边", "关停"):
        answer = officer.post(
            "/scenarios/do/draft_scenario/", {"name": name, "kind": made.KIND, "region": make.COUNTY}
        )
        assert answer.status_code == 302
        made_.append(Scenario.everywhere.get(name=name))
    east, closing = made_
    point = {"name": "新站", "lon": f"{FAR.lon}", "lat": f"{FAR.lat}", "frame": "wgs84", "cost": "300000"}
    assert officer.post(f"/scenarios/{east.pk}/add_site/", point | {"lon": "123.9"}).status_code == 422
    assert officer.post(f"/scenarios/{east.pk}/add_site/", point).status_code == 302
    page = officer.get(f"/scenarios/{east.pk}/").content.decode()
    assert "+7" in page
    assert "300,000" in page
    site = str(
        next(iter(json.loads(officer.get("/circle/sites.json", {"kind": made.KIND}).content)["sites"]))["id"]
    )
    assert officer.post(f"/scenarios/{closing.pk}/close_site/", {"facility": site}).status_code == 302
    assert "−6" in officer.get(f"/scenarios/{closing.pk}/").content.decode()
    both = officer.get("/circle/compare/", {"one": closing.pk, "two": east.pk}).content.decode()
    assert "两个方案的站点" in both and "<svg" in both and "位置未知" not in both, (
        "what closes is drawn where it stands"
    )
    assert "+13" in both
    assert made.office(make.OTHER_COUNTY).get(f"/scenarios/{east.pk}/").status_code == 404
    change = Change.everywhere.get(scenario=east)
    assert officer.post(f"/scenarios/{east.pk}/drop_change/", {"change": str(change.pk)}).status_code == 302
    assert officer.post(f"/scenarios/{east.pk}/put_away/").status_code == 302
    assert officer.post(f"/scenarios/{east.pk}/add_site/", point).status_code in (404, 422)


def test_the_best_sites_are_found_beside_the_own_proposal(town: list[Person]) -> None:
    officer = made.office()
    own = made.scenario()
    point = {"name": "自拟", "lon": f"{made.at(FAR, 4000).lon}", "lat": f"{FAR.lat}", "frame": "wgs84"}
    assert officer.post(f"/scenarios/{own.pk}/add_site/", point).status_code == 302
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": "cover", "where": "given", "sites": "1", "scenario": str(own.pk),
        "given": f"甲, {FAR.lon}, {FAR.lat}, 200000\n乙, {made.HERE.lon}, {made.HERE.lat}",
    }  # fmt: skip
    assert officer.post("/sitings/do/ask_sites/", form | {"sites": "0"}).status_code == 422
    assert officer.post("/sitings/do/ask_sites/", form | {"given": "甲, 1, 2"}).status_code == 422
    assert officer.post("/sitings/do/ask_sites/", form).status_code == 302
    run_due(timezone.now())
    found = Siting.everywhere.get()
    assert found.state == Siting.State.DONE, found.note
    page = officer.get(f"/sitings/{found.pk}/").content.decode()
    assert "甲" in page
    assert found.result["proof"] == "exact"
    assert found.result["sites"][0]["newly"]["people"] == 7
    assert found.result["own"]["covered"]["people"] == 6
    assert officer.post(f"/sitings/{found.pk}/keep_proposal/", {"name": "采纳"}).status_code == 302
    assert Change.everywhere.filter(scenario__name="采纳").count() == 1


def test_what_must_and_what_must_not_be_built_is_kept_to(town: list[Person]) -> None:
    officer = made.office()
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": "cover", "where": "given", "sites": "1",
        "given": f"甲, {FAR.lon}, {FAR.lat}\n乙, {made.HERE.lon}, {made.HERE.lat}\n丁, {made.at(FAR, 100).lon}, {FAR.lat}",
    }  # fmt: skip
    refused = officer.post("/sitings/do/ask_sites/", form | {"musts": "丙"})
    assert refused.status_code == 422 and "丙" in refused.content.decode()
    assert officer.post("/sitings/do/ask_sites/", form | {"musts": "甲", "nevers": "甲"}).status_code == 422
    for more, names in (({"musts": "乙"}, ["乙"]), ({"nevers": "甲\n"}, ["丁"]), ({"nevers": "甲\n丁"}, [])):
        assert officer.post("/sitings/do/ask_sites/", form | more).status_code == 302
        run_due(timezone.now())
        found = Siting.everywhere.latest("id")
        assert found.state == Siting.State.DONE, found.note
        assert [one["name"] for one in found.result["sites"]] == names
        assert officer.get(f"/sitings/{found.pk}/").status_code == 200
    first = Siting.everywhere.earliest("id")
    assert list(first.musts.values()) == ["乙"]
    assert "乙" in officer.get(f"/sitings/{first.pk}/").content.decode()


@pytest.mark.parametrize(
    ("goal", "more", "measures"),
    [
        pytest.param("median", {}, ["mean", "longest"], marks=pytest.mark.long),  # half a minute of compiling
        pytest.param("centre", {}, ["mean", "longest"], marks=pytest.mark.long),
        ("places", {"places": "4", "need": "500"}, ["served"]),
    ],
)
def test_ways_and_places_are_asked_for_too(
    town: list[Person], goal: str, more: dict[str, str], measures: list[str]
) -> None:
    officer = made.office()
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": goal, "where": "given", "sites": "1",
        "given": f"甲, {FAR.lon}, {FAR.lat}\n乙, {made.HERE.lon}, {made.HERE.lat}",
    } | more  # fmt: skip
    assert officer.post("/sitings/do/ask_sites/", form | {"sites": ""}).status_code == 422
    for name in more:
        assert officer.post("/sitings/do/ask_sites/", form | {name: ""}).status_code == 422
    assert officer.post("/sitings/do/ask_sites/", form).status_code == 302
    run_due(timezone.now())
    found = Siting.everywhere.get()
    assert found.state == Siting.State.DONE, found.note
    assert found.result["proof"] == "exact"
    rows = {name: (before, after) for name, before, after in found.result["measures"]}
    assert list(rows) == measures
    page = officer.get(f"/sitings/{found.pk}/").content.decode()
    assert "甲" in page
    if goal == "places":
        before, after = rows["served"]
        assert after - before == 7  # four places are enough for eight of whom every second needs one
    else:
        assert found.result["sites"][0]["name"] == "甲"
        assert rows["mean"][1] < rows["mean"][0] and rows["longest"][1] <= rows["longest"][0]


@pytest.mark.long
def test_who_has_no_way_yet_makes_no_longest_way_of_today(town: list[Person]) -> None:
    """Farther than anybody walks in four hours: today's longest way is told as unknown, and the one of the new site is."""
    away = made.at(made.HERE, 60_000)
    with entered(Scope.EVERYTHING):
        made.living(make.village(), away, name="远方人")
        made.worked_out()
    officer = made.office()
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": "centre", "where": "given", "sites": "1",
        "given": f"甲, {away.lon}, {away.lat}",
    }  # fmt: skip
    assert officer.post("/sitings/do/ask_sites/", form).status_code == 302
    run_due(timezone.now())
    found = Siting.everywhere.get()
    assert found.state == Siting.State.DONE, found.note
    told = {name: (before, after) for name, before, after in found.result["measures"]}
    assert told["longest"][0] is None and told["longest"][1] is not None
    assert officer.get(f"/sitings/{found.pk}/").status_code == 200


def test_what_cannot_be_is_said_in_the_reader_s_language(town: list[Person]) -> None:
    officer = made.office()
    form = {
        "region": make.COUNTY, "kind": made.KIND, "goal": "share", "share": "100", "where": "given", "cost": "1",
        "given": f"甲, {made.HERE.lon}, {made.HERE.lat}",
    }  # fmt: skip
    assert officer.post("/sitings/do/ask_sites/", form).status_code == 302
    run_due(timezone.now())
    found = Siting.everywhere.get()
    assert found.state == Siting.State.FAILED and "All sites together" in found.note
    page = officer.get(f"/sitings/{found.pk}/").content.decode()
    assert "All sites together" not in page and "合计只能覆盖" in page


def test_a_site_near_for_many_more_than_it_has_places_for_is_marked(town: list[Person]) -> None:
    with entered(Scope.EVERYTHING):
        for n in range(16):
            made.living(make.village(), made.at(made.HERE, 5 * n))
        made.worked_out()
    officer = made.office()
    for places, full in ((1, True), (2, False)):
        Facility.everywhere.update(day_places=places, name=f"有{places}个名额的站点")
        site = json.loads(officer.get("/circle/sites.json", {"kind": made.KIND}).content)["sites"][0]
        assert (site["near"], site["places"], site["full"]) == (22, places, full)
    assert "每个名额对应 20 人以上" in officer.get("/circle/", {"kind": made.KIND}).content.decode()


def test_a_closed_site_is_no_longer_near_anybody(town: list[Person]) -> None:
    officer = made.office()
    _status, body = asked(officer, "/circle/communities.json")
    assert sum(row[3] for row in body["places"]) == 6
    site = json.loads(officer.get("/circle/sites.json", {"kind": made.KIND}).content)["sites"][0]["id"]
    status, tried = asked(officer, "/circle/try/", facility=site, close="1")
    assert status == 200
    assert "6" in tried["headline"]


def test_working_it_out_again_needs_the_right(town: list[Person]) -> None:
    assert made.office().post("/circle/compute/").status_code == 403
    city = made.office(make.CITY, "city_officer")
    assert city.post("/circle/compute/").status_code == 302
    run_due(timezone.now())
    assert city.get("/circle/place/", {"kind": made.KIND}).status_code == 200
