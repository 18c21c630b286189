"""A made-up demand on Wuhan's real streets: 1.63 million people, their communities, and places where facilities could be.

The streets are OpenStreetMap's (ODbL), from the data of neatnet. They are not part of this repository: `SONGHE_BENCH_REACH` names
the folder with `wuhan.osm.pbf` (default: data/reach in a folder `shared` beside the checkout). Ways are metres along the
streets by SciPy's Dijkstra, which is not what is measured here. People, communities and sites are drawn from a seed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from tests.bench.home import ROOT

from songhe.core.siting import Demand, Pairs

Array = NDArray[Any]
BESIDE = [folder / "shared" / "data" / "reach" for folder in (ROOT.parent, ROOT.parent.parent)]
FOLDER = Path(
    os.environ.get("SONGHE_BENCH_REACH") or next((one for one in BESIDE if one.exists()), BESIDE[0])
)
KEPT = ROOT / ".cache" / "bench" / "siting"
PEOPLE, INHABITED, LIMIT, SEED, EARTH = 1_630_000, 73_350, 1200.0, 5, 6_371_008.8
"""Metres: a quarter of an hour at 4.8 km/h."""
CHUNK, AROUND = 64, 700.0


@dataclass(frozen=True)
class City:
    """The streets as a graph, and how many people live at each node."""

    graph: sparse.csr_matrix
    people: Array
    groups: dict[str, Array]


def at_hand() -> bool:
    """Whether the streets are there."""
    return (FOLDER / "wuhan.osm.pbf").exists()


def city() -> City:
    """The largest piece of the streets, with people where streets lie close together."""
    graph, close = _streets()
    chance = np.random.default_rng(SEED)
    inhabited = np.zeros(len(close), bool)
    inhabited[chance.choice(len(close), INHABITED, replace=False)] = True
    likely = close * chance.gamma(0.7, size=len(close)) * inhabited
    people = inhabited + chance.multinomial(PEOPLE - INHABITED, likely / likely.sum())
    groups = {
        name: chance.binomial(people, part)
        for name, part in (("80+", 0.14), ("alone", 0.11), ("disabled", 0.05))
    }
    return City(graph, people, groups)


def communities(town: City, number: int = 5000) -> tuple[Array, Demand]:
    """Nodes of communities, and the people who live nearest to each of them."""
    chance = np.random.default_rng(SEED + 1)
    nodes = np.sort(chance.choice(len(town.people), number, replace=False, p=town.people / town.people.sum()))
    _far, _before, who = dijkstra(
        town.graph, directed=False, indices=nodes, min_only=True, return_predecessors=True
    )
    mine = np.searchsorted(nodes, who)
    summed = {
        name: np.bincount(mine, weights=column, minlength=number).astype(np.int64)
        for name, column in {"people": town.people, **town.groups}.items()
    }
    people = summed.pop("people")
    return nodes, Demand(people, summed, regions=(np.arange(number) * 13 // number).tolist())


def everybody(town: City) -> tuple[Array, Demand]:
    """Every node at which somebody lives."""
    nodes = np.flatnonzero(town.people)
    return nodes, Demand(town.people[nodes], {name: one[nodes] for name, one in town.groups.items()})


def sites(town: City, number: int) -> Array:
    """Nodes at which a facility could be, more of them where more people live."""
    likely = (town.people + 1.0) / (town.people + 1.0).sum()
    return np.sort(np.random.default_rng(SEED + number).choice(len(likely), number, replace=False, p=likely))


def pairs(town: City, places: Array, demand: Array, limit: float = LIMIT) -> Pairs:
    """Sites and places within reach of each other."""
    column = np.full(len(town.people), -1)
    column[demand] = np.arange(len(demand))
    rows: list[Array] = []
    ways: list[Array] = []
    for begin in range(0, len(places), CHUNK):
        far = dijkstra(town.graph, directed=False, indices=places[begin : begin + CHUNK], limit=limit)[
            :, demand
        ]
        for row in far:
            near = np.flatnonzero(np.isfinite(row))
            rows.append(near)
            ways.append(row[near])
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])])
    return Pairs(starts, np.concatenate(rows), np.concatenate(ways), len(demand))


def table(town: City, places: Array, demand: Array) -> Array:
    """All ways in whole metres; kept, since it takes a while."""
    file = KEPT / f"wuhan-{len(places)}-{len(demand)}.npy"
    if not file.exists():
        found = [
            dijkstra(town.graph, directed=False, indices=places[begin : begin + CHUNK])[:, demand]
            for begin in range(0, len(places), CHUNK)
        ]
        KEPT.mkdir(parents=True, exist_ok=True)
        np.save(file, np.rint(np.concatenate(found)).astype(np.int32))
    return np.asarray(np.load(file))


def _streets() -> tuple[sparse.csr_matrix, Array]:
    """The streets' graph in metres, the largest piece of it, and how many nodes lie around each node."""
    file = KEPT / "wuhan-streets.npz"
    if not file.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        graph, close = _read()
        np.savez(file, data=graph.data, indices=graph.indices, indptr=graph.indptr, close=close)
    found = np.load(file)
    return sparse.csr_matrix((found["data"], found["indices"], found["indptr"])), found["close"]


def _read() -> tuple[sparse.csr_matrix, Array]:
    import osmium

    number: dict[int, int] = {}
    points: list[tuple[float, float]] = []
    edges: list[tuple[int, int]] = []
    for one in osmium.FileProcessor(str(FOLDER / "wuhan.osm.pbf")):
        if one.is_node():
            number[one.id] = len(points)
            points.append((one.location.lon, one.location.lat))
        elif one.is_way():
            nodes = [number[node.ref] for node in one.nodes]
            edges += pairwise(nodes)
    lon, lat = np.radians(np.array(points)).T
    flat = EARTH * np.column_stack([lon * np.cos(lat.mean()), lat])
    a, b = np.array(edges).T
    metres = np.maximum(np.hypot(*(flat[a] - flat[b]).T), 0.01)
    keys, same = np.unique(np.minimum(a, b) * len(points) + np.maximum(a, b), return_inverse=True)
    least = np.full(len(keys), np.inf)
    np.minimum.at(least, same, metres)
    half = sparse.coo_matrix((least, np.divmod(keys, len(points))), shape=(len(points), len(points)))
    graph = sparse.csr_matrix(half + half.T)
    piece = connected_components(graph, directed=False)[1]
    kept = np.flatnonzero(piece == np.bincount(piece).argmax())
    close = cKDTree(flat).query_ball_point(flat[kept], AROUND, return_length=True)
    return sparse.csr_matrix(graph[kept][:, kept]), np.asarray(close)
