"""The streets of Wuhan, and a made-up city on them: elders, communities, facilities of twelve kinds.

The streets are not part of this repository. `SONGHE_BENCH_REACH` names the folder with `wuhan.osm.pbf` (OpenStreetMap, ODbL;
default: data/reach in a folder `shared` beside the checkout). Everything else is made here, from a seed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree
from tests.bench.home import ROOT

from songhe.core.reach import Network, Profile, Streets, build
from songhe.core.reach.storage import dump
from songhe.edges.networks import read

BESIDE = [folder / "shared" / "data" / "reach" for folder in (ROOT.parent, ROOT.parent.parent)]
FOLDER = Path(
    os.environ.get("SONGHE_BENCH_REACH") or next((one for one in BESIDE if one.exists()), BESIDE[0])
)
SPEED = 4 / 3
"""Metres a second: 15 minutes are 1,200 metres, as in the peers' usual examples."""
WALKER = Profile("bench", "foot", SPEED)
LIMIT = 900.0
METRES = LIMIT * SPEED
ELDERS, COMMUNITIES, KINDS = 1_630_000, 5_000, 12
CUT = 20.0


@dataclass(frozen=True)
class Scene:
    """A network with people and facilities; facilities stand on vertices, so that peers can answer the same."""

    name: str
    network: Network
    stored: bytes
    site: Any  # vertices
    kind: Any  # [kinds, sites] whether a facility is of a kind
    places: Any
    lon: Any
    lat: Any
    community: Any
    old: Any

    @property
    def graph(self) -> Any:
        """Metres from vertex to vertex, for whoever has a bare search."""
        network = self.network
        one, other, metres = network.piece_from, network.piece_to, network.metres
        order = np.argsort(
            -np.concatenate([metres, metres]), kind="stable"
        )  # of several the shortest is written last
        rows, columns = np.concatenate([one, other])[order], np.concatenate([other, one])[order]
        key = rows.astype(np.int64) * network.vertices + columns
        _key, last = np.unique(key[::-1], return_index=True)
        pick = len(key) - 1 - last
        shape = (network.vertices, network.vertices)
        return csr_array(
            (np.concatenate([metres, metres])[order][pick], (rows[pick], columns[pick])), shape=shape
        )


@cache
def scene(fine: bool, sites: int) -> Scene:
    """Wuhan as it is, or cut to pieces of at most 20 metres."""
    streets = read(FOLDER / "wuhan.osm.pbf", "wgs84").whole()
    if fine:
        streets = _cut(streets).whole()
    network = build(
        Streets(streets.lon, streets.lat, streets.tail, streets.head, metres=streets.metres)
    ).network
    coarse = build(read(FOLDER / "wuhan.osm.pbf", "wgs84")).network
    chance = np.random.default_rng(20261126)
    lon, lat = _people(coarse, chance, ELDERS)
    middle_lon, middle_lat = _people(coarse, chance, COMMUNITIES)
    x, y = coarse.plane.flat(lon, lat)
    middles = np.stack(coarse.plane.flat(middle_lon, middle_lat), 1)
    community = cKDTree(middles).query(np.stack([x, y], 1))[1]
    order = np.argsort(community, kind="stable")  # as a registry is kept
    lon, lat, community = lon[order], lat[order], community[order]
    where = _people(coarse, chance, sites)
    vertices = np.stack(network.plane.flat(network.vertex_lon, network.vertex_lat), 1)
    site = np.unique(cKDTree(vertices).query(np.stack(network.plane.flat(*where), 1))[1])
    kind = chance.random((KINDS, len(site))) < 0.25
    return Scene(
        f"{network.vertices:,} nodes, {len(site):,} facilities", network, dump(network), site, kind,
        chance.integers(10, 200, len(site)).astype(float), lon, lat, community, chance.random(ELDERS) < 0.15,
    )  # fmt: skip


def _people(network: Network, chance: Any, count: int) -> tuple[Any, Any]:
    """Points some ten metres beside the streets, more where there are more of them."""
    piece, part = chance.integers(0, network.pieces, count), chance.random(count)
    a, b = network.piece_from[piece], network.piece_to[piece]
    lon = network.vertex_lon[a] * (1 - part) + network.vertex_lon[b] * part
    lat = network.vertex_lat[a] * (1 - part) + network.vertex_lat[b] * part
    return lon + chance.normal(0, 1.5e-4, count), lat + chance.normal(0, 1.3e-4, count)


def _cut(streets: Any) -> Streets:
    """Every piece in parts of at most 20 metres."""
    parts = np.maximum(1, np.ceil(streets.metres / CUT)).astype(int)
    piece = np.repeat(np.arange(len(parts)), parts)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    fresh = len(streets.lon) + np.cumsum(parts - 1) - (parts - 1)
    tail = np.where(number == 0, streets.tail[piece], fresh[piece] + number - 1)
    head = np.where(number == parts[piece] - 1, streets.head[piece], fresh[piece] + number)
    inner = np.repeat(np.arange(len(parts)), parts - 1)
    share = (np.arange(len(inner)) - np.repeat(np.cumsum(parts - 1) - (parts - 1), parts - 1) + 1) / parts[
        inner
    ]

    def whole(values: Any) -> Any:
        return np.concatenate(
            [values, values[streets.tail[inner]] * (1 - share) + values[streets.head[inner]] * share]
        )

    return Streets(whole(streets.lon), whole(streets.lat), tail, head, metres=(streets.metres / parts)[piece])
