"""The public finder for a wheelchair: round steps where there is a way, and said where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.areas.circle import made
from tests.areas.circle.test_streets import Folder, crossing, grid

from songhe.areas.circle.book import walker
from songhe.areas.circle.screens import care
from songhe.core.kept import keep_streets_in
from songhe.core.reach import WHEELCHAIR
from songhe.engines.access.api import Scope, entered

pytestmark = pytest.mark.django_db
PLACES = {"拐角之家": 100, "阶上之家": 250, "孤岛之家": 550}
"""Round the corner of a stair, upon one, and on a street to which only stairs lead; metres to the east."""
BARRED = "轮椅不能到达"


@pytest.fixture(autouse=True)
def places() -> Iterator[None]:
    care.DOOR.seen.clear()
    made.forget()
    with entered(Scope.EVERYTHING):
        for name, east in PLACES.items():
            made.site(made.at(made.HERE, east), name=name)
    yield
    keep_streets_in(None)
    made.forget()


@pytest.fixture
def streets(places: None) -> Folder:
    island = (crossing(5), crossing(6))
    stairs = [
        (one, one + away) for one in island for away in (-1, 1, 21, -21) if {one, one + away} != {*island}
    ]
    folder = Folder(grid((crossing(0), crossing(1)), (crossing(2), crossing(3)), *stairs))
    keep_streets_in(folder)
    made.forget()
    return folder


def asked(**query: str) -> tuple[str, dict[str, str]]:
    """The page, and what it says of each place: minutes, or that there is no way."""
    page = Client().get("/care/", {"lon": made.HERE.lon, "lat": made.HERE.lat, **query}).content.decode()
    found = {}
    for row in re.findall(r"<li>.*?</li>", page, re.DOTALL):
        for name in PLACES:
            if f". {name}</a>" in row:
                told = re.search(r"<b>(\d+)</b>", row)
                found[name] = told[1] if told else BARRED if BARRED in row else row
    return page, found


def test_on_foot_steps_are_climbed_and_no_wheelchair_is_thought_of(streets: Folder) -> None:
    page, found = asked()
    assert found == {"拐角之家": "2", "阶上之家": "5", "孤岛之家": "10"}
    assert "步速 0.9 米/秒" in page
    assert "轮椅速度" not in page
    assert set(streets.made) == {walker()}, "who does not ask for a wheelchair waits for none"


def test_a_wheelchair_goes_round_steps_and_is_told_where_there_is_no_way(streets: Folder) -> None:
    page, found = asked(way="wheelchair")
    assert found == {"拐角之家": "6", "阶上之家": BARRED, "孤岛之家": BARRED}, "300 m at 0.8 m/s"
    assert list(found) == ["拐角之家", "阶上之家", "孤岛之家"], "what is reached comes first"
    assert "轮椅速度 0.8 米/秒沿道路" in page
    assert "途中有台阶" in page
    assert set(streets.made) == {walker(), WHEELCHAIR}


def test_who_stands_on_steps_has_no_way_for_a_wheelchair(streets: Folder) -> None:
    there = made.at(made.HERE, 50)
    _, found = asked(lon=str(there.lon), lat=str(there.lat), way="wheelchair")
    assert set(found.values()) == {BARRED}


def test_without_streets_a_wheelchair_is_slower_and_steps_are_said_to_be_unknown() -> None:
    page, found = asked(way="wheelchair")
    assert found == {"拐角之家": "3", "阶上之家": "7", "孤岛之家": "16"}
    assert "轮椅速度 0.8 米/秒，尚无路网，途中台阶未知" in page


def test_the_choice_is_kept_and_can_be_turned_round(streets: Folder) -> None:
    page, _ = asked(way="wheelchair", kind=made.KIND)
    assert re.search(r'value="wheelchair" checked', page)
    assert f"kind={made.KIND}" in page
    there = re.search(r'href="\?([^"]*way=foot[^"]*)"', page)
    assert there
    back = Client().get(f"/care/?{there[1].replace('&amp;', '&')}").content.decode()
    assert re.search(r'value="foot" checked', back)
    assert "way=wheelchair" in back
    _, found = asked(way="rocket")
    assert found["阶上之家"] == "5", "what is no way of going is on foot"
