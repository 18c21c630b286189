"""What is measured: the same task by Songhe, by a bare search, and by a peer, in turn, with equal answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.home import ROOT
from tests.bench.reach.peers import Peer
from tests.bench.reach.scene import KINDS, LIMIT, METRES, SPEED, WALKER, Scene, scene

from songhe.core.kept import keep_in
from songhe.core.reach import Coverage, Gaussian, Pairs, Paths, Spots, e2sfca, warm
from songhe.core.reach.kernel.loops import Asked, People, Sites
from songhe.core.reach.kernel.points import Seen
from songhe.core.reach.storage import load
from songhe.site.kernels import Folder

CACHE = ROOT / ".cache" / "bench" / "reach"
ROUNDS = 3
CASES = ((False, 1_300), (True, 1_300), (True, 5_000))


def ready() -> None:
    """Compile first: what is measured is not the compiler."""
    CACHE.mkdir(parents=True, exist_ok=True)
    keep_in(Folder(ROOT / ".cache" / "kernels"))
    warm(print)


def in_turn(rounds: int, **tasks: Callable[[], float | None]) -> dict[str, float]:
    """The best of some rounds, in each of which every task has its turn. A task may say itself how long it took."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, task in tasks.items():
            began = time.perf_counter()
            told = task()
            spent = time.perf_counter() - began if told is None else told
            best[name] = min(spent, best.get(name, spent))
    return best


@cache
def written(fine: bool, sites: int) -> Path:
    """The scene for a peer: vertices in metres, pieces, facilities and elders."""
    one, file = scene(fine, sites), CACHE / f"scene-{fine}-{sites}.npz"
    network = one.network
    x, y = network.flat
    home_x, home_y = network.plane.flat(one.lon, one.lat)
    np.savez(
        file, x=x, y=y, tail=network.piece_from, head=network.piece_to, metres=network.metres, node=one.site, kind=one.kind,
        home_x=home_x, home_y=home_y, limit=METRES,
    )  # fmt: skip
    return file


def vertices(paths: Paths, one: Scene) -> tuple[Any, Spots]:
    """Every vertex as a home, and the facilities as sites."""
    spots = paths.vertices()
    return paths.homes(spots), spots.take(one.site)


def circle(one: Scene) -> dict[str, Any]:
    """The whole of it, from the stored network on: everything that a city asks of its elderly service circle."""
    paths = Paths(load(one.stored), WALKER)
    nodes, sites = vertices(paths, one)
    people = paths.homes(paths.snap(one.lon, one.lat))
    groups = int(one.community.max()) + 1
    everybody = np.bincount(one.community, minlength=groups)
    share, seconds = [], []
    for kind in one.kind:
        found = paths.nearest(sites.take(np.flatnonzero(kind)), people)
        seconds.append(found.seconds.astype(np.float32))
        near = np.bincount(one.community[found.seconds <= LIMIT], minlength=groups)
        share.append(near / np.maximum(everybody, 1))
    pairs = paths.pairs(sites, nodes, limit=LIMIT)
    counts = [np.bincount(pairs.home[kind[pairs.site]], minlength=len(nodes)) for kind in one.kind]
    return {
        "share": share,
        "seconds": seconds,
        "pairs": pairs,
        "counts": counts,
        "access": access(paths, one, people, pairs),
    }


def access(paths: Paths, one: Scene, people: Any, pairs: Pairs) -> Any:
    """Places for each person, people counted at the end of their piece that is nearer."""
    network, spots = paths.network, people.spots
    end = np.where(spots.part < 0.5, network.piece_from[spots.piece], network.piece_to[spots.piece])
    demand = np.bincount(end[spots.placed], minlength=network.vertices)
    return e2sfca(pairs, one.places, demand, Gaussian(LIMIT / 2))


def kernels(one: Scene) -> float:
    """Seconds of the bare loops of the circle alone, on arrays that are ready."""
    machine, paths = warm(), Paths(load(one.stored), WALKER)
    assert machine is not None
    nodes, sites = vertices(paths, one)
    people = paths.homes(paths.snap(one.lon, one.lat))
    network, lanes, ways = paths.network, nodes.lanes(paths), paths.ways(True)
    x, y = network.plane.flat(one.lon, one.lat)
    count = len(x)
    seen = Seen(np.empty(count, np.int32), np.empty(count), np.empty(count))
    seconds, site = np.empty(count), np.empty(count, np.int32)
    pairs = paths.pairs(sites, nodes, limit=LIMIT)
    weight = Gaussian(LIMIT / 2)(pairs.seconds)

    def spread() -> None:
        for kind in one.kind:
            best, own = np.full(network.crossings, np.inf), np.full(network.crossings, -1, np.int32)
            some = paths.ends(sites.take(np.flatnonzero(kind)), leaving=False)
            machine.spread(ways, paths.lanes, Sites(*some), np.inf, best, own)
            machine.gather(people.ends, paths.lanes, (best, own), np.inf, seconds, site)

    def touch() -> None:
        rows = People(nodes.first, nodes.order, *nodes.rows)
        first = np.zeros(len(sites) + 1, np.int64)
        machine.touch(ways, lanes, rows, Sites(*paths.ends(sites, leaving=False)), Asked(LIMIT, True), first)

    def shares() -> None:
        for _ in range(KINDS):
            np.bincount(one.community[seconds <= LIMIT], minlength=5_000)
            np.bincount(pairs.home[one.kind[0][pairs.site]], minlength=len(nodes))

    def two_steps() -> None:
        ratio = np.bincount(pairs.site, weight, minlength=pairs.sites)
        np.bincount(pairs.home, weight * ratio[pairs.site], minlength=pairs.homes)

    spent = in_turn(
        1,
        flat=lambda: void(network.plane.flat(one.lon, one.lat)),
        lookup=lambda: machine.lookup(x, y, paths.snapper._cells, 500.0, seen),
        place=lambda: void(paths.ends(people.spots, leaving=True)),
        spread=spread,
        touch=touch,
        shares=shares,
        two_steps=two_steps,
    )
    return sum(spent.values())


def void(_found: Any) -> None:
    """Nothing: what was found is not needed."""


def cover(one: Scene, paths: Paths) -> Coverage:
    """Coverage of all elders with four weights and five bands."""
    people = paths.homes(paths.snap(one.lon, one.lat))
    count = np.ones(len(people), np.int64)
    alone, disabled = (np.arange(len(people)) % part == 0 for part in (7, 11))
    weights = {"people": count, "old": one.old, "alone": alone, "disabled": disabled}
    found = Coverage(paths, people, weights, 420_100_000_000 + one.community)
    found.add_all(paths.vertices().take(one.site))
    return found


def peer_pairs(peer: Peer) -> tuple[Any, Any, Any]:
    """Node, facility and metres of every pair that the peer finds."""
    file = CACHE / "pairs.npz"
    peer.seconds("pairs", save=str(file))
    found = np.load(file)
    source, node, away = (found[name] for name in found.files)
    return source, node, away


__all__ = [
    "CACHE",
    "CASES",
    "LIMIT",
    "METRES",
    "ROUNDS",
    "SPEED",
    "circle",
    "cover",
    "in_turn",
    "kernels",
    "ready",
    "written",
]
