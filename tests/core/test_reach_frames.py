"""Frames of coordinates by the column, and doubt where points lie systematically off the streets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.streets import HERE, STEP

from songhe.core.codes import Point, distance_metres, from_wgs84, to_wgs84
from songhe.core.codes.columns import many_from_wgs84, many_to_wgs84
from songhe.core.codes.coordinates import FRAMES
from songhe.core.reach import (
    ELDER,
    WHEELCHAIR,
    Barrier,
    Open,
    Paths,
    Streets,
    build,
    doubt,
    review_network,
    review_points,
)
from songhe.core.reach.plane import Plane, metres_between


def clear_of_the_edge(point: tuple[float, float]) -> bool:
    """Whether both ways agree that it is inside China or outside: on the edge itself a shift may cross it."""
    lon, lat = point
    return min(abs(lon - 72.004), abs(lon - 137.8347), abs(lat - 0.8293), abs(lat - 55.8271)) > 0.02


points = st.lists(
    st.tuples(st.floats(70, 140), st.floats(0, 60)).filter(clear_of_the_edge), min_size=1, max_size=20
)
MILLIMETRE = 0.001


@settings(deadline=None)
@given(points, st.sampled_from(FRAMES))
def test_columns_are_changed_as_single_points_are(some: list[tuple[float, float]], frame: Any) -> None:
    lon, lat = (np.array(column) for column in zip(*some, strict=True))
    for many, one in ((many_to_wgs84, to_wgs84), (many_from_wgs84, from_wgs84)):
        east, north = many(lon, lat, frame)
        for row, point in enumerate(some):
            apart = distance_metres(one(Point(*point), frame), Point(float(east[row]), float(north[row])))
            assert apart < MILLIMETRE / 10


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(75, 134), st.floats(5, 53)), min_size=1, max_size=20),
    st.sampled_from(FRAMES),
)
def test_there_and_back_is_within_a_millimetre(some: list[tuple[float, float]], frame: Any) -> None:
    lon, lat = (np.array(column) for column in zip(*some, strict=True))
    back = many_to_wgs84(*many_from_wgs84(lon, lat, frame), frame)
    assert metres_between(lon, lat, *back).max() < MILLIMETRE


@settings(deadline=None)
@given(st.floats(20, 50), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_the_flat_picture_is_undone_and_true_to_scale(lat: float, east: float, north: float) -> None:
    plane = Plane(114.0, lat)
    x, y = plane.flat(np.array([114 + east]), np.array([lat + north]))
    back = plane.round(x, y)
    assert np.allclose(back, [[114 + east], [lat + north]], atol=1e-10)
    aside = plane.flat(np.array([114 + east + 1e-4]), np.array([lat + north + 1e-4]))
    drawn = float(np.hypot(aside[0] - x, aside[1] - y)[0])
    real = metres_between(
        *(np.array([one]) for one in (114 + east, lat + north, 114 + east + 1e-4, lat + north + 1e-4))
    )
    assert drawn * plane.stretch(np.array([lat + north])) == pytest.approx(real[0], rel=1e-5)


def grid(side: int = 40) -> Streets:
    rows = np.arange(side * side)
    right, up = rows[rows % side < side - 1], rows[rows < side * (side - 1)]
    wide = 4 * STEP
    return Streets(
        HERE[0] + wide * (rows % side), HERE[1] + wide * (rows // side), np.concatenate([right, up]),
        np.concatenate([right + 1, up + side]),
    )  # fmt: skip


def beside_streets(count: int = 400) -> tuple[Any, Any]:
    chance = np.random.default_rng(4)
    wide = 4 * STEP
    on = chance.integers(2, 37, count) * wide
    along = chance.random(count) * 35 * wide + 2 * wide
    east = chance.random(count) < 0.5
    x, y = np.where(east, along, on), np.where(east, on, along)
    return HERE[0] + x + chance.normal(0, 1e-4, count), HERE[1] + y + chance.normal(0, 1e-4, count)


@pytest.mark.parametrize(
    ("frame", "twice"), [("gcj02", False), ("bd09", False), ("gcj02", True), ("bd09", True)]
)
def test_points_in_another_frame_are_doubted_aloud(frame: Any, twice: bool) -> None:
    paths, (lon, lat) = Paths(build(grid()).network, ELDER), beside_streets()
    assert doubt(paths, lon, lat) is None
    shifted = many_to_wgs84(lon, lat, frame) if twice else many_from_wgs84(lon, lat, frame)
    found = doubt(paths, *shifted)
    assert found is not None
    assert (found.frame, found.twice) == (frame, twice)
    right = metres_between(lon, lat, *shifted).mean()
    assert found.metres == pytest.approx(right, rel=0.02)
    assert "shifted by" in str(found)
    if frame == "gcj02":
        assert found.wind == ("north-west" if twice else "south-east")


def test_too_few_points_are_not_doubted() -> None:
    paths, (lon, lat) = Paths(build(grid()).network, ELDER), beside_streets(20)
    assert doubt(paths, *many_from_wgs84(lon, lat, "gcj02")) is None


def test_each_fault_of_a_network_is_named_with_its_place_and_the_rest_is_used() -> None:
    lon = HERE[0] + STEP * np.array([0, 1, 2, 3, 10, 11, 500000, 4])
    lat = HERE[1] + STEP * np.array([0, 0, 0, 0, 0, 0, 0, 0])
    both, there = int(Open.ALL), int(Open.ALL & ~Open.FOOT_BACK)
    streets = Streets(
        lon, lat,
        tail=np.array([0, 1, 0, 2, 4, 3, 1, 1, 0, 2]), head=np.array([1, 2, 1, 3, 5, 6, 99, 1, 2, 7]),
        metres=np.array([np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 5, 0, 20, -4]),
        open=np.array([both, both, both, there, both, both, both, both, both, both]),
        barrier=np.array([0, int(Barrier.STEPS), 0, 0, 0, 0, 0, 0, 0, 0]),
    )  # fmt: skip
    network = build(streets).network
    found = {one.code: one for one in review_network(Paths(network, ELDER))}
    assert set(found) == {
        "network.twice", "network.unknown_node", "network.no_length", "network.too_short", "network.negative", "network.impossible",
        "network.islands", "network.trap",
    }  # fmt: skip
    assert all(one.count == 1 for one in found.values())
    assert found["network.islands"].lon == pytest.approx(HERE[0] + 10 * STEP, abs=1e-6)
    assert found["network.trap"].lon == pytest.approx(HERE[0] + 3 * STEP, abs=1e-6)
    walk, wheels = Paths(network, ELDER), Paths(network, WHEELCHAIR)
    ends = walk.snap(lon[[1, 2]], lat[[1, 2]])
    assert np.isfinite(walk.matrix(ends, ends)).all()
    assert not wheels.lanes.go[np.flatnonzero(network.barrier)].max() < np.inf


def test_points_in_the_sea_and_twins_are_named() -> None:
    paths = Paths(build(grid()).network, ELDER)
    lon, lat = beside_streets(10)
    lon, lat = np.append(lon, [lon[0], HERE[0] - 1, np.nan]), np.append(lat, [lat[0], HERE[1], np.nan])
    spots = paths.snap(lon, lat)
    found = {one.code: one.rows for one in review_points(spots, places=np.append(np.ones(12), 0))}
    assert found == {
        "points.nowhere": (12,),
        "points.far": (11,),
        "points.twice": (10,),
        "points.no_places": (12,),
    }
    seconds = paths.nearest(spots.take(np.array([0])), paths.homes(spots)).seconds
    assert np.isinf(seconds[11:]).all()
    assert np.isfinite(seconds[:11]).all()
