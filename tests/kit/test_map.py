"""Maps: everything lies on the sheet, the scale is true, names lie on nothing, and no reader is led where they may not go."""

from __future__ import annotations

import re
import time
from itertools import combinations, pairwise
from math import hypot, inf
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.codes import Point, distance_metres
from songhe.kit.map.drawing import draw
from songhe.kit.map.flat import PAD, Flat
from songhe.kit.map.names import Spot, placed
from songhe.kit.map.shapes import Area, Line, Map, Mark

lons, lats = st.floats(73, 135), st.floats(4, 53)
points = st.builds(Point, lons, lats)
cities = st.tuples(
    points, st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)), min_size=1, max_size=40)
)
spots = st.builds(
    Spot,
    st.floats(0, 720),
    st.floats(0, 500),
    st.floats(3, 20),
    st.sampled_from(["人和镇", "Rongcheng", "大庄许家社区居委会"]),
)


def shown(*shapes: Mark | Line | Area, language: str = "en", **options: str) -> str:
    """The map as the page has it."""
    given_ = Map(title="Villages", shapes=shapes, empty="Enter places first.", **options)
    with translation.override(language):
        return render_to_string("kit/map.html", {"map": draw(given_)})


def sheet(page: str) -> ET.Element:
    """The drawing parsed; it must be well-formed."""
    return ET.fromstring(re.search(r'<svg class="sheet".*?</svg>', page, re.DOTALL)[0])  # type: ignore[index]  # noqa: S314


def mark(lon: float = 122.4, lat: float = 37.2, **options: object) -> Mark:
    """A mark in Weihai."""
    return Mark(**({"label": "人和镇", "point": Point(lon, lat)} | options))  # type: ignore[arg-type]


@given(st.lists(points, min_size=1, max_size=60))
def test_every_place_lies_on_the_sheet_however_far_apart(where: list[Point]) -> None:
    flat = Flat.around(where, 720)
    assert 360 <= flat.height <= 576
    for x, y in map(flat.at, where):
        assert PAD - 0.01 <= x <= 720 - PAD + 0.01
        assert PAD - 0.01 <= y <= flat.height - PAD + 0.01


@given(cities)
def test_within_a_city_distances_are_true_to_a_hundredth(
    city: tuple[Point, list[tuple[float, float]]],
) -> None:
    middle, steps = city
    where = [Point(middle.lon + east, middle.lat + north) for east, north in steps]
    flat = Flat.around(where, 720)
    for one, other in pairwise(where):
        (ax, ay), (bx, by) = flat.at(one), flat.at(other)
        true = distance_metres(one, other)
        assert abs(hypot(ax - bx, ay - by) / flat.per_metre - true) <= 0.012 * true + 1


@given(st.lists(points, min_size=1, max_size=20))
def test_the_scale_is_a_round_length_that_fits(where: list[Point]) -> None:
    flat = Flat.around(where, 720)
    metres, long = flat.rule()
    assert str(metres).rstrip("0") in {"1", "2", "5"}
    assert 720 / 10.1 <= long <= 720 / 4
    assert abs(long / flat.per_metre - metres) < 1


def test_north_is_up_and_east_is_right() -> None:
    flat = Flat.around([Point(122, 37), Point(123, 38)], 720)
    (west, south), (east, north) = flat.at(Point(122, 37)), flat.at(Point(123, 38))
    assert east > west
    assert north < south


@given(st.lists(spots, max_size=40), st.sampled_from([13.0, 25.0]))
def test_no_name_lies_on_another_name_or_off_the_sheet(given_: list[Spot], size: float) -> None:
    boxes = []
    for name in placed(given_, size=size, width=720, height=500):
        wide = sum(0.58 if sign.isascii() else 1 for sign in name.text) * size
        left = name.x - {"start": 0, "middle": wide / 2, "end": wide}[name.anchor]
        boxes.append((left, left + wide, name.y - size * 0.8, name.y + size * 0.1))
        assert left >= 0
        assert left + wide <= 720
    for (a, b, c, d), (e, f, g, h) in combinations(boxes, 2):
        assert b <= e or f <= a or d <= g or h <= c


def test_a_state_has_its_colour_its_shape_its_word_and_its_count() -> None:
    page = shown(
        mark(label="甲", tone="ok", word="Done", size=9),
        mark(122.5, label="乙", tone="danger", word="Behind", size=1, note="0 of 12"),
        mark(122.6, label="丙", tone="danger", word="Behind"),
        sized_by="Persons",
    )
    drawn = sheet(page)
    assert [one.get("class") for one in drawn.iter("circle")] == ["mark ok"]
    assert [one.get("class") for one in drawn.iter("polygon")] == ["mark danger", "mark danger"]
    legend = re.search(r'map-legend">(.*?)</p>', page, re.DOTALL)[1]  # type: ignore[index]
    assert re.sub(r"<[^>]+>", " ", legend).split() == ["Done", "1", "Behind", "2", "Persons:", "9"]
    assert "<title>乙: Behind, 0 of 12</title>" in page
    assert "Behind · 0 of 12" in page, "and in the list"


def test_more_is_larger_and_never_covers_what_is_smaller() -> None:
    drawn = sheet(shown(*(mark(122 + n / 10, label=str(n), size=n) for n in (4, 100, 25))))
    radii = [float(one.get("r", 0)) for one in drawn.iter("circle")]
    assert radii == sorted(radii, reverse=True)
    assert 4.5 < radii[2] < radii[1] < radii[0] <= 22


def test_the_keyboard_goes_through_the_list_once() -> None:
    page = shown(mark(to="/a/"), mark(122.5, label="无处", to=""))
    anchors = re.findall(r"<a [^>]*>", page)
    assert [("tabindex" in one) for one in anchors] == [True, False]
    assert page.count('href="/a/"') == 2


def test_a_place_that_is_not_known_is_named_in_the_list() -> None:
    page = shown(mark(), mark(label="青山村", point=None, to="/b/", tone="ok", word="Done"))
    assert "青山村" not in ET.tostring(sheet(page), "unicode")
    assert re.search(r'href="/b/">青山村</a>.*Done · place not known', page)
    assert "1 of 2 places are shown" in page


def test_without_places_the_page_says_what_to_do() -> None:
    for page in (shown(), shown(mark(point=None))):
        assert "Enter places first." in page
        assert "<figure" not in page


def test_one_point_and_points_on_one_line_have_a_scale() -> None:
    for page in (shown(mark()), shown(*(mark(lat=37 + n / 50, label=str(n)) for n in range(5)))):
        assert re.search(r"\d+ (km|m)<", page)
        assert "nan" not in page.lower()
    x, y = Flat.around([Point(122, 37)], 720).at(Point(122, 37))
    assert (x, y) == (360, 180)


def test_ways_areas_and_turns() -> None:
    square = tuple(Point(122 + a / 10, 37 + b / 10) for a, b in ((0, 0), (1, 0), (1, 1)))
    page = shown(
        mark(sign="1"),
        Line(points=square, label="Way of the day", dashed=True, tone="info"),
        Area(points=square, label="Within 15 minutes", tone="ok"),
        Line(points=square, label="王秀英", kind=3),
    )
    drawn = list(sheet(page))
    assert [one.get("class") for one in drawn[:3]] == ["way dashed info", "area ok", "way kind3"]
    assert "王秀英" in re.search(r'map-legend">(.*?)</p>', page, re.DOTALL)[1]  # type: ignore[index]
    assert "Within 15 minutes" in re.search(r'map-legend">(.*?)</p>', page, re.DOTALL)[1]  # type: ignore[index]
    assert '<text class="sign" y="4" text-anchor="middle">1</text>' in page


def test_two_thousand_places_are_drawn_in_a_moment() -> None:
    many = [
        mark(
            120 + n % 50 / 20,
            36 + n / 2000,
            label=f"第{n}村",
            size=n % 90,
            to=f"/{n}/",
            tone="ok",
            word="Done",
        )
        for n in range(2000)
    ]
    began = time.process_time()
    page = shown(*many)
    assert time.process_time() - began < 2
    assert len(list(sheet(page).iter("circle"))) == 2000
    assert len(page.encode()) < 800_000


def test_what_people_wrote_stays_words() -> None:
    page = shown(mark(label="<b>村", note="&x", to='/"><script>/'), mark(122.5, tone="ok", word="<i>"))
    assert "<b>村" not in page
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: mark(lon=inf),
        lambda: mark(lat=89),
        lambda: mark(tone="ok"),
        lambda: mark(tone="green", word="x"),
        lambda: mark(size=-1),
        lambda: Line(points=(Point(1, 2),)),
        lambda: Line(points=(Point(1, 2), Point(2, 2)), kind=8),
        lambda: Area(points=(Point(1, 2), Point(2, 2))),
    ],
)
def test_what_cannot_be_drawn_is_refused_when_it_is_made(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"no place|word|none of|count|needs|kind"):
        wrong()  # type: ignore[operator]


def test_a_map_in_chinese() -> None:
    page = shown(mark(), mark(122.9, point=None, label="无"), language="zh-hans")
    page += shown(mark(), mark(123.4), language="zh-hans")
    for words in (">1公里<", ">20公里<", "北", "位置未知"):
        assert words in page
