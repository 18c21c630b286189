"""Coverage kept up to date, places shared out, evenness: laws that hold whatever the numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from tests.core.streets import HERE, STEP
from tests.examples import tries

from songhe.core.reach import (
    ELDER,
    WALK,
    Bell,
    Coverage,
    Gaussian,
    Pairs,
    Paths,
    Steps,
    Straight,
    Streets,
    build,
    e2sfca,
    gini,
    hex_border,
    hexes,
    isochrones,
    lines,
    lorenz,
    rational,
)  # fmt: skip
from songhe.core.reach.plane import metres_between
from songhe.core.reach.travel import StreetTravel

pytestmark = pytest.mark.usefixtures("street_kernels")


def town(side: int = 8) -> Streets:
    """A square of blocks."""
    rows = np.arange(side * side)
    right, up = rows[rows % side < side - 1], rows[rows < side * (side - 1)]
    return Streets(
        HERE[0] + STEP * (rows % side),
        HERE[1] + STEP * (rows // side),
        np.concatenate([right, up]),
        np.concatenate([right + 1, up + side]),
    )


PATHS = Paths(build(town()).network, ELDER)
RNG = np.random.default_rng(5)
PEOPLE = PATHS.snap(HERE[0] + STEP * 7 * RNG.random(300), HERE[1] + STEP * 7 * RNG.random(300))
HOMES = PATHS.homes(PEOPLE)
WEIGHTS = {"people": np.ones(300, np.int64), "old": RNG.integers(0, 2, 300)}
REGION = 420102001001 + RNG.integers(0, 3, 300) + 1000 * RNG.integers(0, 2, 300)
cells = st.tuples(st.integers(0, 70), st.integers(0, 70))


def spot(cell: tuple[int, int]) -> Any:
    return PATHS.snap(HERE[0] + STEP * cell[0] / 10, HERE[1] + STEP * cell[1] / 10)


@settings(deadline=None, max_examples=tries(40))
@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "move"]), cells, st.integers(0, 99)), max_size=8))
def test_what_is_kept_up_to_date_is_what_comes_of_it_from_scratch(steps: list[Any]) -> None:
    cover = Coverage(PATHS, HOMES, WEIGHTS, REGION)
    there: dict[int, tuple[int, int]] = {}
    for verb, cell, which in steps:
        before = cover.covered.sum(1)
        if verb == "add" or not there:
            number, change = cover.add(spot(cell))
            there[number] = cell
        else:
            number = sorted(there)[which % len(there)]
            change = cover.remove(number) if verb == "remove" else cover.move(number, spot(cell))
            there.pop(number)
            if verb == "move":
                there[number] = cell
        assert np.array_equal(cover.covered.sum(1) - before, change.gain - change.loss)
    fresh = Coverage(PATHS, HOMES, WEIGHTS, REGION)
    for cell in there.values():
        fresh.add_all(spot(cell))
    assert np.array_equal(cover.covered, fresh.covered)
    assert np.array_equal(cover.near, fresh.near)
    for unit in (1, 1000, 10**6, 10**8):
        table = cover.table(unit)
        assert np.array_equal(table.total.sum(0), [300, WEIGHTS["old"].sum()])
        assert (table.covered <= table.total).all()
    for band in cover.bands:
        covered = cover.table().covered[cover.bands.index(band)].sum(0)
        assert covered[0] == 300 - len(cover.uncovered(band))


def test_a_trial_changes_nothing_and_tells_what_would() -> None:
    cover = Coverage(PATHS, HOMES, WEIGHTS, REGION)
    would = cover.gain(spot((10, 10)))
    assert cover.covered.sum() == 0
    _number, done = cover.add(spot((10, 10)))
    assert np.array_equal(would.gain, done.gain)
    assert done.gain[-1, 0] > 0


@st.composite
def tables(draw: st.DrawFn) -> tuple[Pairs, Any, Any]:
    sites, homes = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    near = np.array(draw(st.lists(st.booleans(), min_size=sites * homes, max_size=sites * homes))).reshape(
        sites, homes
    )
    site, home = np.nonzero(near)
    seconds = np.array(draw(st.lists(st.floats(0, 899), min_size=len(site), max_size=len(site))), float)
    first = np.concatenate([[0], np.cumsum(near.sum(1))])
    places = draw(st.lists(st.integers(0, 100), min_size=sites, max_size=sites))
    people = draw(st.lists(st.integers(0, 500), min_size=homes, max_size=homes))
    pairs = Pairs(first, home, seconds, homes, 900.0, ELDER, False)
    return pairs, np.array(places, float), np.array(people, float)


DECAYS = [Gaussian(450.0), Bell(901.0), Steps(((300, 1.0), (600, 0.68), (900, 0.22)))]


@settings(deadline=None)
@given(tables(), st.sampled_from(DECAYS))
def test_what_people_are_given_is_what_there_is(table: Any, decay: Any) -> None:
    pairs, places, people = table
    found = e2sfca(pairs, places, people, decay)
    given_ = (found.per_person * people).sum()
    reached = np.bincount(pairs.site, people[pairs.home] * decay(pairs.seconds), minlength=pairs.sites) > 0
    assert np.isclose(given_, places[reached].sum(), rtol=1e-12, atol=1e-9)
    assert sorted(found.unused) == np.flatnonzero(~reached).tolist()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


@settings(deadline=None)
@given(tables())
def test_the_two_steps_are_those_of_the_paper(table: Any) -> None:
    pairs, places, people = table
    decay = Gaussian(450.0)
    full = np.zeros((pairs.sites, pairs.homes))
    full[pairs.site, pairs.home] = decay(pairs.seconds)
    demand = full @ people
    ratio = np.where(demand > 0, places / np.where(demand > 0, demand, 1), 0)
    assert np.allclose(e2sfca(pairs, places, people, decay).per_person, full.T @ ratio, rtol=1e-12)


@settings(deadline=None)
@given(tables())
def test_whoever_chooses_is_counted_once_and_given_what_there_is(table: Any) -> None:
    pairs, places, people = table
    found = rational(pairs, places, people, 480.0)
    used = np.setdiff1d(np.arange(pairs.sites), found.unused)
    assert np.isclose((found.per_person * people).sum(), places[used].sum(), rtol=1e-9, atol=1e-9)
    come = np.divide(places, found.per_demand, out=np.zeros(pairs.sites), where=found.per_demand > 0)
    able = np.bincount(pairs.home, places[pairs.site] > 0, pairs.homes) > 0
    assert np.isclose(come.sum(), people[able].sum(), rtol=1e-9, atol=1e-9)
    assert found.left <= 0.002
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def row_of(seconds: list[list[float]]) -> Pairs:
    """Every site (a row) is so far from every home."""
    ways = np.array(seconds)
    sites, homes = ways.shape
    return Pairs(
        np.arange(sites + 1) * homes, np.tile(np.arange(homes), sites), ways.ravel(), homes, 900.0, ELDER, False
    )  # fmt: skip


def test_where_every_way_is_as_long_it_ends_all_the_same() -> None:
    first, home = np.array([0, 2, 3, 4, 6, 6]), np.array([0, 1, 0, 1, 0, 1])
    pairs = Pairs(first, home, np.zeros(6), 2, 900.0, ELDER, False)
    found = rational(pairs, np.array([0.0, 1, 1, 1, 0]), np.array([1.0, 3]), 480.0, rounds=60)
    assert found.left <= 0.002
    assert found.per_person == pytest.approx([1, 2 / 3], rel=0.02)


def test_a_crowd_spreads_until_the_longer_way_is_worth_it() -> None:
    found = rational(
        row_of([[0.0], [240.0]]), np.array([50.0, 50.0]), np.array([100.0]), 480.0, within=1e-9, rounds=999
    )
    assert np.allclose(
        50 / found.per_demand, [62.5, 37.5], rtol=1e-4
    )  # half the mean crowding for half the walk
    assert np.allclose(found.per_person, 1.0)


def test_people_choose_as_a_general_solver_has_them_choose() -> None:
    rng = np.random.default_rng(3)
    ways, places, people = (
        900 * rng.random((4, 6)),
        rng.integers(5, 40, 4).astype(float),
        rng.integers(1, 60, 6).astype(float),
    )
    found = rational(row_of(ways.tolist()), places, people, 480.0, within=1e-4, rounds=9999)
    room = places * people.sum() / places.sum()

    def borne(flows: Any) -> float:
        come = flows.reshape(4, 6)
        return float((come.sum(1) ** 2 / (2 * room)).sum() + (come * ways / 480).sum())

    everybody = {"type": "eq", "fun": lambda flows: flows.reshape(4, 6).sum(0) - people}
    best = minimize(borne, np.tile(people / 4, 4), bounds=[(0, None)] * 24, constraints=[everybody])
    assert best.success
    assert np.allclose(places / found.per_demand, best.x.reshape(4, 6).sum(1), rtol=0.01)


def test_the_pairs_of_some_homes_are_those_of_all_of_which_one_is_theirs() -> None:
    homes = np.array([7, 3, 200])
    pairs = PATHS.pairs(spot((10, 10)).joined(spot((40, 30))), HOMES, limit=900)
    some = pairs.of_homes(homes)
    for site in range(2):
        whole = dict(zip(*(column.tolist() for column in pairs.row(site)), strict=True))
        part = dict(zip(*(column.tolist() for column in some.row(site)), strict=True))
        assert part == {at: whole[home] for at, home in enumerate(homes.tolist()) if home in whole}


def test_unknown_places_lower_the_confidence() -> None:
    pairs = Pairs(np.array([0, 1, 2]), np.array([0, 0]), np.array([60.0, 60.0]), 2, 900.0, ELDER, False)
    found = e2sfca(pairs, np.array([10.0, np.nan]), np.array([5.0, 5.0]), Gaussian(450.0))
    assert found.assumed == 10
    assert found.confidence.tolist() == [0.5, 1.0]
    chosen = rational(pairs, np.array([10.0, np.nan]), np.array([5.0, 5.0]), 480.0, within=1e-9)
    assert chosen.assumed == 10
    assert np.allclose(chosen.confidence, [0.5, 1.0], atol=1e-4)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1000), st.integers(0, 9)), min_size=1, max_size=20))
def test_the_lorenz_curve_hangs_under_the_diagonal(rows: list[tuple[float, int]]) -> None:
    values, people = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    share, have = lorenz(values, people)
    assert (np.diff(share) >= 0).all() and (np.diff(have) >= -1e-12).all()
    assert (have <= share + 1e-9).all()
    assert -1e-9 <= gini(values, people) < 1
    assert np.isclose(gini(values, people), gini(np.repeat(values, people)), atol=1e-9)


def test_without_streets_the_same_questions_are_answered_approximately() -> None:
    straight = Straight(ELDER)
    homes, sites = (
        straight.homes(straight.snap(PEOPLE.lon, PEOPLE.lat)),
        straight.snap(PEOPLE.lon[:5], PEOPLE.lat[:5]),
    )
    square = straight.matrix(sites, straight.snap(PEOPLE.lon, PEOPLE.lat))
    found, pairs = straight.nearest(sites, homes), straight.pairs(sites, homes, limit=400.0)
    assert found.approximate and pairs.approximate and found.profile == ELDER
    assert np.allclose(found.seconds, square.min(0), rtol=1e-4)
    assert len(pairs) == (square <= 400).sum()
    cover = Coverage(straight, homes, WEIGHTS, REGION)
    cover.add_all(sites)
    assert cover.covered[-1].sum() > 0


@settings(deadline=None, max_examples=15)
@given(cells, st.booleans())
def test_who_is_inside_the_area_is_who_gets_there(cell: tuple[int, int], toward: bool) -> None:
    site, limits = spot(cell), (60.0, 240.0, 500.0)
    areas = isochrones(PATHS, site, limits, toward=toward)
    people = PATHS.vertices()
    homes = PATHS.homes(people, toward=toward)
    seconds = PATHS.nearest(site, homes).seconds
    points = shapely.points(people.lon, people.lat)
    for area, limit in zip(areas, limits, strict=True):
        assert shapely.covers(area, points)[seconds <= limit].all()
    for small, large in pairwise(areas):
        assert large.buffer(1e-9).covers(small)


def test_visits_are_planned_along_streets() -> None:
    points = [(HERE[0], HERE[1]), (HERE[0] + 7 * STEP, HERE[1] + 7 * STEP), (HERE[0] + 1.0, HERE[1])]
    travel = StreetTravel(points, {"walk": (WALK, Paths(PATHS.network, WALK))})
    minutes = travel.minutes("walk")
    metres = PATHS.network.metres[:1].sum() * 7 + 7 * 110.86
    assert abs(minutes[0, 1] - metres / WALK.speed / 60) < 2
    assert travel.guessed == {"walk": 4}
    assert (np.diag(minutes) == 0).all() and minutes[0, 2] > 1000


def test_streets_are_drawn_whole_and_in_part() -> None:
    network = PATHS.network
    whole = lines(network)
    assert whole.street.tolist() == list(range(network.streets))
    metres = metres_between(whole.lon[:-1], whole.lat[:-1], whole.lon[1:], whole.lat[1:])
    metres[whole.first[1:-1] - 1] = 0
    assert metres.sum() == pytest.approx(network.metres.sum(), rel=1e-6)
    simple = lines(network, tolerance=5.0)
    assert len(simple) == len(whole)
    assert len(simple.lon) <= len(whole.lon)
    corner = lines(network, box=(HERE[0] - STEP, HERE[1] - STEP, HERE[0] + STEP / 2, HERE[1] + STEP / 2))
    assert 0 < len(corner) < len(whole)
    assert len(lines(network, kinds=["motorway"])) == 0
    cells = hexes(PEOPLE.lon, PEOPLE.lat, 9)
    assert shapely.Polygon(hex_border(cells[0])).contains(shapely.Point(PEOPLE.lon[0], PEOPLE.lat[0]))
