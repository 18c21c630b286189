"""Reach beside its peers: the same network, the same points, one run, equal answers.

Pandana (AGPL) and PySAL access run in environments of their own. Distances of Pandana are rounded, so that some pairs at the limit
are wrong; how many is said.
"""

from __future__ import annotations

import gc
import os
from typing import Any

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra
from tests.bench import figures
from tests.bench.reach import measure, scene
from tests.bench.reach.measure import CACHE, CASES, LIMIT, METRES, ROUNDS, SPEED
from tests.bench.reach.peers import Peer

from songhe.core.reach import Gaussian, Paths, e2sfca

COMMAND = 'SONGHE_BENCH_KEEP=1 make bench ARGS="tests/bench/reach"'
ROUNDING = 1.5
"""Metres by which distances of Pandana are rounded at most."""
SHORT = os.environ.get("SONGHE_BENCH_SHORT") == "1"
pytestmark = pytest.mark.skipif(
    not scene.FOLDER.exists(), reason="the streets are not at hand: SONGHE_BENCH_REACH"
)


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    measure.ready()


def cases() -> tuple[tuple[bool, int], ...]:
    return CASES[:1] if SHORT else CASES


def test_nearest_facility_of_every_node() -> None:
    rows = [_nearest(*case) for case in cases()]
    heads = [
        "nearest facility of every node (ms)", "Songhe", "bare SciPy call", "pandana ≤ 1,200 m", "pandana unbounded",
        "to SciPy", "pandana ≤ 1,200 m to Songhe", "unbounded to Songhe", "largest difference to SciPy (m)",
    ]  # fmt: skip
    figures.report("reach, nearest", figures.table(heads, rows), command=COMMAND)


def _nearest(fine: bool, count: int) -> list[Any]:
    one = scene.scene(fine, count)
    paths, graph = Paths(one.network, scene.WALKER), one.graph
    homes, sites = measure.vertices(paths, one)
    paths.nearest(sites, homes)
    with Peer("pandana", measure.written(fine, count)) as peer:
        peer.seconds("build")
        best = measure.in_turn(
            ROUNDS,
            songhe=lambda: measure.void(paths.nearest(sites, homes)),
            scipy=lambda: measure.void(dijkstra(graph, indices=one.site, min_only=True)),
            bounded=lambda: peer.seconds("nearest", far=METRES),
        )
        file = CACHE / "nearest.npy"
        unbounded = peer.seconds("nearest", far=1e7, save=str(file))
    right, found = (
        dijkstra(graph, indices=one.site, min_only=True),
        paths.nearest(sites, homes).seconds * SPEED,
    )
    there = np.isfinite(right)
    apart = float(np.abs(right - found)[there].max())
    assert np.array_equal(there, np.isfinite(found))
    assert apart < 1e-3
    assert np.abs(np.load(file) - right)[there].max() < ROUNDING
    mine = best["songhe"]
    return [
        one.name, mine * 1e3, best["scipy"] * 1e3, best["bounded"] * 1e3, unbounded * 1e3, f"{mine / best['scipy']:.2f}×",
        f"{best['bounded'] / mine:.0f}×", f"{unbounded / mine:.0f}×", f"{apart:.1e}",
    ]  # fmt: skip


def test_all_pairs_within_15_minutes() -> None:
    rows = [_pairs(*case) for case in cases()]
    heads = [
        "all pairs within 15 minutes", "pairs", "Songhe (ms)", "ns a pair", "pandana (ms)", "pandana to Songhe", "wrong pairs of Songhe",
        "wrong pairs of pandana",
    ]  # fmt: skip
    figures.report("reach, pairs", figures.table(heads, rows), command=COMMAND)


def _pairs(fine: bool, count: int) -> list[Any]:
    one = scene.scene(fine, count)
    paths, graph = Paths(one.network, scene.WALKER), one.graph
    homes, sites = measure.vertices(paths, one)
    paths.pairs(sites, homes, limit=LIMIT)
    with Peer("pandana", measure.written(fine, count)) as peer:
        peer.seconds("build")
        best = measure.in_turn(
            ROUNDS,
            songhe=lambda: measure.void(paths.pairs(sites, homes, limit=LIMIT)),
            pandana=lambda: peer.seconds("pairs"),
        )
        source, node, _away = measure.peer_pairs(peer)
    found = paths.pairs(sites, homes, limit=LIMIT)
    mine = set_of(found.site, found.home, one.network.vertices)
    theirs = set_of(np.searchsorted(one.site, source), node, one.network.vertices)
    right = _right(graph, one.site)
    spent = best["songhe"]
    wrong = len(np.setxor1d(mine, right))
    assert wrong == 0
    return [
        one.name, len(found), spent * 1e3, spent / len(found) * 1e9, best["pandana"] * 1e3, f"{best['pandana'] / spent:.1f}×", wrong,
        len(np.setxor1d(theirs, right)),
    ]  # fmt: skip


def set_of(site: Any, node: Any, nodes: int) -> Any:
    """Pairs as numbers."""
    return np.unique(np.asarray(site, np.int64) * nodes + node)


def _right(graph: Any, site: Any) -> Any:
    """The pairs by plain searches of SciPy, in metres."""
    parts = []
    for begin in range(0, len(site), 64):
        away = dijkstra(graph, indices=site[begin : begin + 64], limit=METRES + 1e-6)
        row, node = np.nonzero(away <= METRES + 1e-6)
        parts.append(set_of(row + begin, node, graph.shape[0]))
    return np.concatenate(parts)


def test_the_whole_circle() -> None:
    rows = [_circle(*case) for case in cases()]
    heads = [
        "whole circle: 1.63 million elders, 12 kinds", "Songhe (s)", "sum of its bare loops (s)", "to bare loops", "peak memory (MB)",
        "pandana (s)", "pandana's peak (MB)", "pandana to Songhe", "pandana, nearest ≤ 1,200 m (s)", "to Songhe",
    ]  # fmt: skip
    figures.report("reach, circle", figures.table(heads, rows), command=COMMAND)


def _circle(fine: bool, count: int) -> list[Any]:
    scene.scene.cache_clear()  # what other cases hold is not this one's memory
    one = scene.scene(fine, count)
    file = measure.written(fine, count)
    gc.collect()
    figures.memory_now()
    best = measure.in_turn(
        ROUNDS, songhe=lambda: measure.void(measure.circle(one)), bare=lambda: measure.kernels(one)
    )
    peak = figures.memory_peak()
    found = measure.circle(one)
    with Peer("pandana", file) as peer:
        bounded = peer.seconds("circle", far=METRES)
        theirs = peer.seconds("circle", far=1e7)
        counted = CACHE / "counts.npy"
        peer.seconds("counts", save=str(counted))
        held = peer.peak()
    again = measure.in_turn(
        ROUNDS, songhe=lambda: measure.void(measure.circle(one)), bare=lambda: measure.kernels(one)
    )
    mine, bare = (min(best[name], again[name]) for name in ("songhe", "bare"))
    every = np.bincount(found["pairs"].home, minlength=one.network.vertices)
    apart = np.load(counted) != every
    assert apart.mean() < 0.01  # pandana's rounding at the limit
    given = found["access"].per_person
    assert np.isfinite(given).all()
    return [
        one.name, mine, bare, f"{mine / bare:.2f}×", peak, theirs, held, f"{theirs / mine:.0f}×", bounded, f"{bounded / mine:.0f}×",
    ]  # fmt: skip


def test_a_facility_is_added_and_moved() -> None:
    rows = [_changed(*case) for case in cases()]
    heads = [
        "coverage of 1.63 million elders, 5 bands, 4 weights (ms)", "facility added", "moved", "removed", "table of all communities",
        "slowest change",
    ]  # fmt: skip
    figures.report("reach, changes", figures.table(heads, rows), command=COMMAND)


def _changed(fine: bool, count: int) -> list[Any]:
    one = scene.scene(fine, count)
    paths = Paths(one.network, scene.WALKER)
    cover = measure.cover(one, paths)
    spent: dict[str, list[float]] = {"add": [], "move": [], "remove": [], "table": []}
    for row in np.random.default_rng(3).integers(0, len(one.lon), (20, 2)):
        numbers: list[int] = []
        here, there = ((one.lon[place], one.lat[place]) for place in row)

        def add(place: Any = here, numbers: list[int] = numbers) -> None:
            numbers.append(cover.add(paths.snap(*place))[0])

        def move(place: Any = there, numbers: list[int] = numbers) -> None:
            cover.move(numbers[0], paths.snap(*place))

        def table() -> None:
            measure.void(cover.table().share)

        def remove(numbers: list[int] = numbers) -> None:
            cover.remove(numbers[0])

        for name, seconds in measure.in_turn(1, add=add, move=move, table=table, remove=remove).items():
            spent[name].append(seconds * 1000)
    fresh = measure.cover(one, paths)
    assert np.array_equal(cover.covered, fresh.covered)
    return [one.name, *(figures.share(spent[name], 0.5) for name in spent), max(spent["add"] + spent["move"])]


def test_places_are_shared_out() -> None:
    rows = [_shared(*case) for case in ((1_300, LIMIT), (1_300, 2 * LIMIT), (5_000, LIMIT))]
    heads = [
        "E2SFCA, Gaussian",
        "pairs",
        "Songhe (ms)",
        "PySAL access (ms)",
        "PySAL to Songhe",
        "largest relative difference",
    ]
    figures.report("reach, E2SFCA", figures.table(heads, rows), command=COMMAND)


def _shared(count: int, limit: float) -> list[Any]:
    one = scene.scene(False, count)
    paths = Paths(one.network, scene.WALKER)
    middle = np.array(
        [
            [one.lon[one.community == c].mean(), one.lat[one.community == c].mean()]
            for c in np.unique(one.community)
        ]
    )
    people = np.bincount(one.community)[np.unique(one.community)].astype(float)
    homes = paths.homes(paths.snap(middle[:, 0], middle[:, 1]))
    pairs = paths.pairs(paths.vertices().take(one.site), homes, limit=limit)
    decay, file = Gaussian(limit / 2), CACHE / "access.npz"
    seconds = pairs.seconds.astype(float)
    np.savez(
        file, home=pairs.home, site=pairs.site, seconds=seconds, people=people, places=one.places, limit=limit, sigma=decay.sigma
    )  # fmt: skip
    with Peer("access", file) as peer:
        saved = CACHE / "shared.npz"
        best = measure.in_turn(
            ROUNDS,
            songhe=lambda: measure.void(e2sfca(pairs, one.places, people, decay)),
            access=lambda: peer.seconds("run", save=str(saved)),
        )
    found, theirs = e2sfca(pairs, one.places, people, decay).per_person, np.load(saved)
    whole = np.zeros(len(people))
    whole[theirs["home"]] = np.nan_to_num(theirs["value"])
    apart = float((np.abs(found - whole) / np.maximum(found, 1e-300)).max())
    assert apart < 1e-12
    name = f"{pairs.sites:,} facilities, {len(people):,} communities, {limit / 60:.0f} minutes"
    return [
        name, len(pairs), best["songhe"] * 1e3, best["access"] * 1e3, f"{best['access'] / best['songhe']:.0f}×", f"{apart:.0e}",
    ]  # fmt: skip
