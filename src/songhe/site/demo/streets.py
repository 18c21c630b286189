"""Made-up streets of the city: blocks round every village, one pattern for each county, and roads from village to village."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from songhe.core.reach import KINDS, Barrier, Network, Open, Streets, build
from songhe.core.reach.plane import Plane
from songhe.site.demo.places import Places, read_places
from songhe.site.demo.waters import waters
from songhe.site.networks import Networks

Array = NDArray[Any]
BLOCK, CROOKED = 130.0, 16.0
"""Metres of a block's side, and by which its corners stray."""
WIDE, NARROW = 4.2, 3.2
"""How many blocks a city's community and a village reach from their middle."""
MAIN = 6
"""Every so many lines are main streets."""
ALL, WALKED = int(Open.ALL), int(Open.FOOT | Open.FOOT_BACK | Open.WHEELCHAIR | Open.WHEELCHAIR_BACK)
ONE_WAY = int(Open.ALL & ~Open.CAR_BACK)
FIRST = [
    "文化",
    "建设",
    "新华",
    "和平",
    "人民",
    "青岛",
    "昆明",
    "海滨",
    "世昌",
    "统一",
    "古寨",
    "大庆",
    "沈阳",
    "渔港",
    "花园",
    "公园",
    "光明",
    "幸福",
    "振兴",
    "长江",
]
SOURCE = "虚构,与实地无关 · made up, about no place"
"""An attribution is shown as it is, in every language."""


def lay_streets(folder: Path, regions: Path, city: str, *, seed: int) -> Network:
    """Make the city's network and keep it, where it is not kept yet."""
    networks, name = Networks(folder), "demo"
    if name in networks.names():
        return networks.read(name)
    places = read_places(regions, city)
    network = build(replace(streets(places, seed=seed), base=waters(places, seed=seed))).network
    about = {"file": "demo", "frame": "wgs84", "region": f"{city:0<12}", "source": SOURCE, "crossings": str(network.crossings),
             "streets": str(network.streets), "kilometres": f"{network.kilometres:.1f}"}  # fmt: skip
    networks.write(name, network, about=about)
    return network


@dataclass
class _Corners:
    """Corners of blocks: where they are, on which lines of which county."""

    x: Array
    y: Array
    county: Array
    line: Array
    row: Array


def streets(places: Places, *, seed: int) -> Streets:
    """All streets of the city; everything is connected."""
    rng = np.random.default_rng([seed, int(places.city), 11])
    plane = Plane(float(places.longitude.mean()), float(places.latitude.mean()))
    x, y = plane.flat(places.longitude, places.latitude)
    corners = _corners(places, x, y, rng)
    tail, head, along = _blocks(corners, rng)
    main = (np.where(along, corners.row[tail], corners.line[tail]) % MAIN) == 0
    chance = rng.random(len(tail))
    kind = np.where(main, KINDS.index("tertiary"), KINDS.index("residential"))
    kind = np.where(~main & (chance < 0.08), KINDS.index("footway"), kind)
    kind = np.where(~main & (chance < 0.006), KINDS.index("steps"), kind)
    open_ = np.where((kind == KINDS.index("footway")) | (kind == KINDS.index("steps")), WALKED, ALL)
    open_ = np.where(~main & (chance > 0.97), ONE_WAY, open_)
    names, name = _names(corners, tail, along, main)
    road_x, road_y, road_tail, road_head = _roads(corners, (x, y), _fabric(corners, tail, head), rng)
    lon, lat = plane.round(np.concatenate([corners.x, road_x]), np.concatenate([corners.y, road_y]))
    roads, country = len(road_tail), KINDS.index("secondary")
    kind = np.concatenate([kind, np.full(roads, country)])
    made = Streets(
        lon, lat, np.concatenate([tail, road_tail]), np.concatenate([head, road_head]), kind=kind,
        open=np.concatenate([open_, np.full(roads, ALL)]), barrier=np.where(kind == KINDS.index("steps"), int(Barrier.STEPS), 0),
        name=np.concatenate([name, np.zeros(roads, int)]), names=names,
    )  # fmt: skip
    return _connected(_passable(made))


def _corners(places: Places, x: Array, y: Array, rng: np.random.Generator) -> _Corners:
    """The corners round all villages; where two villages lie close together they share them."""
    counties, county = np.unique(places.code // 1_000_000, return_inverse=True)
    slant = rng.uniform(-0.5, 0.5, len(counties))
    angle = slant[county]
    u = (np.cos(angle) * x + np.sin(angle) * y) / BLOCK
    v = (np.cos(angle) * y - np.sin(angle) * x) / BLOCK
    reach = np.where(places.urban, WIDE, NARROW)
    steps = np.arange(-5, 6)
    line = np.rint(u).astype(int)[:, None, None] + steps[None, :, None]
    row = np.rint(v).astype(int)[:, None, None] + steps[None, None, :]
    near = np.hypot(line - u[:, None, None], row - v[:, None, None]) < reach[:, None, None]
    key = np.stack(np.broadcast_arrays(county[:, None, None], line, row), -1)[near]
    key = np.unique(key, axis=0)
    turn = rng.uniform(0, 2 * np.pi, len(key))
    stray = CROOKED * np.sqrt(rng.random(len(key)))
    angle = slant[key[:, 0]]
    east, north = key[:, 1] * BLOCK, key[:, 2] * BLOCK
    return _Corners(
        np.cos(angle) * east - np.sin(angle) * north + stray * np.cos(turn),
        np.sin(angle) * east + np.cos(angle) * north + stray * np.sin(turn),
        key[:, 0], key[:, 1], key[:, 2],
    )  # fmt: skip


def _blocks(corners: _Corners, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Streets between neighbouring corners, some of which are missing; whether they run along the rows."""
    shift = corners.line.min() - 1, corners.row.min() - 1
    high = int(corners.row.max() - shift[1] + 2)
    wide = int(corners.line.max() - shift[0] + 2)
    key = (
        (corners.county * wide + corners.line - shift[0]) * high + corners.row - shift[1]
    )  # in order, as made by unique
    found = []
    for along, step in ((True, high), (False, 1)):
        place = np.minimum(np.searchsorted(key, key + step), len(key) - 1)
        there = np.flatnonzero(key[place] == key + step)
        main = (corners.row if along else corners.line)[there] % MAIN == 0
        kept = there[main | (rng.random(len(there)) > 0.16)]
        found.append((kept, place[kept], np.full(len(kept), along)))
    tail, head, along_ = (np.concatenate([one[part] for one in found]) for part in range(3))
    return tail, head, along_


def _fabric(corners: _Corners, tail: Array, head: Array) -> Array:
    """The number of the group of blocks to which each corner belongs."""
    count = len(corners.x)
    found: Array = connected_components(
        coo_array((np.ones(len(tail)), (tail, head)), (count, count)), directed=False
    )[1]
    return found


def _names(corners: _Corners, tail: Array, along: Array, main: Array) -> tuple[tuple[str, ...], Array]:
    """Main streets have names, the same along the whole line."""
    number = np.where(along, corners.row[tail], corners.line[tail]) // MAIN
    which = (number * 2 + along + corners.county[tail] * 7) % (2 * len(FIRST))
    words = [f"{word}{kind}" for kind in ("街", "路") for word in FIRST]
    return ("", *words), np.where(main, which + 1, 0)


def _roads(
    corners: _Corners, villages: tuple[Array, Array], fabric: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """Winding roads from village to village: the shortest that connect all of them, and some more."""
    x, y = villages
    points = np.stack([x, y], 1) + rng.normal(0, 0.01, (len(x), 2))
    sides = Delaunay(points).simplices[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    one, other = np.unique(np.sort(sides, 1), axis=0).T
    metres = np.hypot(*(points[one] - points[other]).T)
    tree = minimum_spanning_tree(coo_array((metres, (one, other)), (len(x), len(x)))).tocoo()
    in_tree = np.isin(
        one * len(x) + other, np.minimum(tree.row, tree.col) * len(x) + np.maximum(tree.row, tree.col)
    )
    kept = in_tree | ((metres < 4_000) & (rng.random(len(one)) < 0.3))
    one, other = one[kept], other[kept]
    lookup = cKDTree(np.stack([corners.x, corners.y], 1))
    lean = np.minimum(0.5, 300 / np.maximum(metres[kept], 1))[:, None]
    begin = lookup.query(points[one] * (1 - lean) + points[other] * lean)[1]
    end = lookup.query(points[other] * (1 - lean) + points[one] * lean)[1]
    apart = np.hypot(corners.x[begin] - corners.x[end], corners.y[begin] - corners.y[end])
    real = (fabric[begin] != fabric[end]) | (apart > 1_500)
    begin, end = begin[real], end[real]
    parts = 4
    share = np.arange(1, parts) / parts
    start, stop = (np.stack([corners.x[at], corners.y[at]], 1)[:, None] for at in (begin, end))
    way = stop - start
    bend = rng.normal(0, 0.05, (len(begin), parts - 1, 1)) * np.stack([-way[..., 1], way[..., 0]], -1)
    inner = start + share[None, :, None] * way + bend
    number = len(corners.x) + np.arange(inner.shape[0] * (parts - 1)).reshape(-1, parts - 1)
    chain = np.concatenate([begin[:, None], number, end[:, None]], 1)
    return inner[..., 0].ravel(), inner[..., 1].ravel(), chain[:, :-1].ravel(), chain[:, 1:].ravel()


def _passable(made: Streets) -> Streets:
    """Paths, steps and one-way streets that alone lead on (or back) become streets for cars."""
    kind, open_, barrier = (np.array(column) for column in (made.kind, made.open, made.barrier))
    drive = np.flatnonzero((open_ & int(Open.CAR)) > 0)
    part = _parts(made, drive)
    lone = np.flatnonzero((part[made.tail] != part[made.head]) & (open_ == WALKED))
    kind[lone], open_[lone], barrier[lone] = KINDS.index("residential"), ALL, 0
    one_way = np.flatnonzero(open_ == ONE_WAY)
    both = np.flatnonzero(open_ == ALL)
    ends = np.concatenate([made.tail[one_way], made.tail[both], made.head[both]])
    to = np.concatenate([made.head[one_way], made.head[both], made.tail[both]])
    count = len(made.lon)
    graph = coo_array((np.ones(len(ends)), (ends, to)), (count, count))
    part = connected_components(graph, directed=True, connection="strong")[1]
    open_[one_way[part[made.tail[one_way]] != part[made.head[one_way]]]] = ALL
    return replace(made, kind=kind, open=open_, barrier=barrier)


def _parts(made: Streets, rows: Array) -> Array:
    """The number of the connected part in which each corner lies, by some of the streets."""
    count = len(made.lon)
    ends = (made.tail[rows], made.head[rows])
    found: Array = connected_components(
        coo_array((np.ones(len(rows)), ends), (count, count)), directed=False
    )[1]
    return found


def _connected(made: Streets) -> Streets:
    """Without the few corners that missing streets cut off."""
    part = _parts(made, np.arange(len(made.tail)))
    kept = np.flatnonzero(part[made.tail] == np.bincount(part).argmax())
    columns: dict[str, Any] = {
        name: np.asarray(getattr(made, name))[kept]
        for name in ("tail", "head", "kind", "open", "barrier", "name")
    }
    return Streets(made.lon, made.lat, names=made.names, **columns)
