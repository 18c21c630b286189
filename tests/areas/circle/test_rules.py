"""Laws of the circle's pure parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.areas.circle.queries import homes
from songhe.areas.circle.rules import MEASURES, Shares, build_terms, packed, typed, unpacked
from songhe.core.codes import Point, distance_metres, from_wgs84
from songhe.core.refusal import Refused
from songhe.core.sources import DataError

LON, LAT = st.floats(110, 125), st.floats(25, 45)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(LON, LAT, st.sampled_from(["wgs84", "gcj02", "bd09"]))
def test_a_point_of_any_frame_comes_back_to_its_place(lon: float, lat: float, frame: Any) -> None:
    shown = from_wgs84(Point(lon, lat), frame)
    assert distance_metres(typed(f"{shown.lon:.9f}", f" {shown.lat:.9f} ", frame), Point(lon, lat)) < 0.02


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.none(), st.text(max_size=30), st.floats()),
    st.one_of(st.none(), st.text(max_size=30), st.floats()),
    st.text(max_size=8),
)
def test_whatever_is_typed_is_a_point_in_china_or_refused(lon: Any, lat: Any, frame: str) -> None:
    try:
        found = typed(lon, lat, frame)
    except Refused:
        return
    assert 70 < found.lon < 140
    assert 0 < found.lat < 57


def test_a_point_the_wrong_way_round_is_named() -> None:
    with pytest.raises(Refused) as refused:
        typed("37.16", "122.42")
    assert refused.value.code == "circle.turned_round"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_figures_survive_their_packing_and_add_up(
    rows: int, kinds: int, bands: int, groups: int, random: Any
) -> None:
    rng = np.random.default_rng(random.randint(0, 2**32 - 1))
    people = rng.integers(0, 900, (rows, groups))
    covered = (people[:, None, None, :] * rng.random((rows, kinds, bands + 1, groups))).astype(np.int64)
    ways = rng.random((rows, kinds, MEASURES)).astype("f4").astype(float)
    back = unpacked(packed(Shares(people, covered, ways)), kinds=kinds, bands=bands, groups=groups)
    assert (back.people == people).all()
    assert (back.covered == covered).all()
    assert np.array_equal(back.ways, ways)
    whole = back.joined(np.zeros(rows, int), 1)
    assert (whole.people[0] == people.sum(0)).all()
    assert (whole.covered[0] == covered.sum(0)).all()


def test_figures_of_before_lack_what_was_not_measured_then() -> None:
    people, covered = np.ones((2, 1), "<i4"), np.ones((2, 1, 2, 1), "<i4")
    ways = np.array([[[60.0, 5.0]], [[90.0, 7.0]]], "<f4")
    rows = [(people[at].tobytes(), covered[at].tobytes(), ways[at].tobytes()) for at in range(2)]
    back = unpacked(rows, kinds=1, bands=1, groups=1)
    assert np.array_equal(back.ways[:, :, :2], ways)
    assert np.isnan(back.ways[:, :, 2:]).all()
    assert unpacked([], kinds=1, bands=1, groups=1).ways.shape == (0, 1, MEASURES)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(LON, LAT, st.integers(371002000000, 371083999999), st.integers(0, 2)), max_size=8))
def test_homes_survive_their_packing(rows: list[tuple[float, float, int, int]]) -> None:
    given_ = homes.made(
        {
            "ids": [bytes([n] * 16) for n in range(len(rows))], "lon": [r[0] for r in rows], "lat": [r[1] for r in rows],
            "region": [r[2] for r in rows], "born": [700_000 + n for n in range(len(rows))], "tags": [n % 4 for n in range(len(rows))],
            "how": [r[3] for r in rows],
        }
    )  # fmt: skip
    back = homes.homes_from(homes.bytes_of(given_))
    assert back.ids.tobytes() == given_.ids.tobytes()
    assert (back.region == given_.region).all()
    known = given_.how != homes.NOWHERE
    assert np.allclose(back.lon[known], given_.lon[known], atol=1e-7)
    assert np.isnan(back.lon[~known]).all()
    assert (back.cell == given_.cell).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": []},
        {"groups": [{"code": "a", "en": "A", "zh": "甲", "least_age": 60, "tags": ["living_alone"]}]},
        {
            "groups": [
                {"code": "a", "en": "A", "zh": "甲", "least_age": 60},
                {"code": "b", "en": "B", "zh": "乙", "least_age": 80, "tags": ["no"]},
            ]
        },
        {"groups": [{"code": "a", "en": "A", "zh": "甲", "least_age": 60}], "walker": 9},
    ],
)
def test_a_data_file_that_cannot_be_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        build_terms(wrong, frozenset({"living_alone"}))
