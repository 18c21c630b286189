"""Compiled and plain searches give the same to the last bit; what is stored is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.streets import HERE, STEP, street_nets

from songhe.core.reach import ELDER, Open, Paths, Streets, build, paths, storage
from songhe.core.refusal import Refused

pytestmark = pytest.mark.usefixtures("street_kernels")


@pytest.fixture(autouse=True, scope="module")
def always_compiled() -> Any:
    """Few points, too, are handled by the compiled loops."""
    before, paths.SOME = paths.SOME, -1
    yield
    paths.SOME = before


@st.composite
def clouds(draw: st.DrawFn) -> tuple[Any, Any]:
    """Points on and about the streets, some on crossings, some far off."""
    count = draw(st.integers(1, 30))
    part = st.lists(
        st.sampled_from([-9.0, -0.3, 0.0, 0.25, 0.5, 1.0, 1.7, 2.0, 3.9, 4.0]), min_size=count, max_size=count
    )
    return HERE[0] + STEP * np.array(draw(part)), HERE[1] + STEP * np.array(draw(part))


@settings(deadline=None)
@given(
    street_nets(slopes=True), clouds(), clouds(), st.booleans(), st.sampled_from([60.0, 600.0, 900.0, 4000.0])
)
def test_compiled_and_plain_are_the_same(
    streets: Streets, one: Any, other: Any, toward: bool, limit: float
) -> None:
    network = build(streets).network
    quick, plain = Paths(network, ELDER), Paths(network, ELDER, compiled=False)
    sites, people = quick.snap(*one), quick.snap(*other)
    for mine, theirs in ((sites, plain.snap(*one)), (people, plain.snap(*other))):
        for column in ("piece", "part", "off"):
            assert np.array_equal(getattr(mine, column), getattr(theirs, column))
    homes, same = quick.homes(people, toward=toward), plain.homes(people, toward=toward)
    for column, likewise in zip(
        (*homes.ends, homes.first, homes.order), (*same.ends, same.first, same.order), strict=True
    ):
        assert np.array_equal(column, likewise)
    for most in (None, limit):
        a, b = quick.nearest(sites, homes, limit=most), plain.nearest(sites, same, limit=most)
        assert np.array_equal(a.seconds, b.seconds)
        assert np.array_equal(a.site, b.site)
    c, d = quick.pairs(sites, homes, limit=limit).in_order(), plain.pairs(sites, same, limit=limit).in_order()
    for column in ("first", "home", "seconds"):
        assert np.array_equal(getattr(c, column), getattr(d, column))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([30.0, 3_000.0, 300_000.0]), st.booleans())
def test_short_and_very_long_roads_are_searched_alike(seed: int, longest: float, toward: bool) -> None:
    chance = np.random.default_rng(seed)
    grid, rows = np.arange(64), np.arange(160)
    streets = Streets(
        HERE[0] + STEP * (grid % 8),
        HERE[1] + STEP * (grid // 8),
        *chance.integers(0, 64, (2, len(rows))),
        metres=np.exp(chance.uniform(0, np.log(longest), len(rows))),
        open=chance.choice([Open.ALL, Open.FOOT_BACK], len(rows)),
    )
    network = build(streets).network
    quick, plain = Paths(network, ELDER), Paths(network, ELDER, compiled=False)
    spots = quick.vertices()
    sites = spots.take(chance.integers(0, len(spots), 3))
    homes, same = quick.homes(spots, toward=toward), plain.homes(spots, toward=toward)
    for most in (None, longest / 2):
        a, b = quick.nearest(sites, homes, limit=most), plain.nearest(sites, same, limit=most)
        assert np.array_equal(a.seconds, b.seconds)
        assert np.array_equal(a.site, b.site)


@settings(deadline=None)
@given(st.integers(2, 9), st.sampled_from([100.0, 20_000.0, 2_000_000.0]))
def test_a_star_whose_far_ends_are_nearer_round_about(ends: int, far: float) -> None:
    """The road to each end is longer than that to the next end and from there on; beside them a farm with a field and a hut."""
    number, farm, field, hut = np.arange(2, ends + 2), 1, ends + 2, ends + 3
    streets = Streets(
        HERE[0] + STEP * np.arange(ends + 4),
        np.full(ends + 4, HERE[1]),
        np.concatenate([np.zeros(ends, int), number[:-1], [0, farm, field]]),
        np.concatenate([number, number[1:], [farm, field, hut]]),
        metres=np.concatenate([far * (2 + ends - number), np.ones(ends - 1), [2 * far, 1.0, 1.0]]),
    )
    network = build(streets, contract=False).network
    quick, plain = Paths(network, ELDER), Paths(network, ELDER, compiled=False)
    spots = quick.vertices()
    found = quick.nearest(spots.take(np.zeros(1, int)), quick.homes(spots)).seconds
    assert np.array_equal(found, plain.nearest(spots.take(np.zeros(1, int)), plain.homes(spots)).seconds)
    assert found.max() * ELDER.speed == pytest.approx(2 * far + 2)


@settings(deadline=None)
@given(street_nets(), clouds())
def test_the_nearest_street_is_the_nearest(streets: Streets, points: Any) -> None:
    network = build(streets).network
    there = Paths(network, ELDER)
    found = there.snap(*points, farthest=1e6)
    rows = np.flatnonzero(there.usable[network.street_of])
    if not len(rows):
        assert not found.placed.any()
        return
    east, north = network.flat
    ends = np.stack([network.piece_from[rows], network.piece_to[rows]], 1)
    lines = shapely.linestrings(np.stack([east[ends], north[ends]], 2))
    x, y = network.plane.flat(*points)
    _, distance = shapely.STRtree(lines).query_nearest(
        shapely.points(x, y), return_distance=True, all_matches=False
    )
    assert np.allclose(found.off, distance, rtol=1e-4, atol=1e-6)


@settings(deadline=None)
@given(street_nets(slopes=True))
def test_what_was_stored_is_read(streets: Streets) -> None:
    network = build(streets).network
    content = storage.dump(network, about={"file": "街道.csv"})
    again = storage.load(content)
    for column in storage.COLUMNS:
        assert np.array_equal(
            getattr(network, column), getattr(again, column), equal_nan=column in ("slope", "minutes")
        )
        assert getattr(network, column).dtype == getattr(again, column).dtype
    assert again.findings == network.findings
    assert storage.about(content) == {"file": "街道.csv"}


def small() -> bytes:
    grid = np.arange(9)
    streets = Streets(HERE[0] + STEP * (grid % 3), HERE[1] + STEP * (grid // 3), grid[:-1], grid[1:])
    return storage.dump(build(streets).network)


@settings(deadline=None)
@given(st.data())
def test_what_was_cut_short_or_altered_is_refused(data: st.DataObject) -> None:
    whole = small()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(Refused) as refused:
        storage.load(whole[:cut], name="city.streets")
    assert refused.value.code in {"network.cut", "network.altered", "network.not_ours"}
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refused):
        storage.load(bytes(changed), name="city.streets")
