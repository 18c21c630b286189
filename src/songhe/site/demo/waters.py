"""Made-up water and borders of the city: ponds and rivers keep away from villages, regions hold the villages nearest to theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from songhe.core.reach import Basemap
from songhe.core.reach.plane import Plane
from songhe.site.demo.places import Places

Array = NDArray[Any]
BY_THE_SEA = {"371000"}
"""Cities with sea on all sides but the west."""
SHORE = 4_000.0
"""Metres from the outermost villages to the sea."""
BANK = 750.0
"""Metres from a village's middle to water: beyond its blocks."""
POND, LAKE = 150.0, 1_600.0
RIVERS, EDGE = 14, 60_000.0


def waters(places: Places, *, seed: int) -> Basemap:
    """Sea (where the city lies by it), lakes, rivers and brooks, and the borders of counties and towns."""
    rng = np.random.default_rng([seed, int(places.city), 12])
    plane = Plane(float(places.longitude.mean()), float(places.latitude.mean()))
    points = np.stack(plane.flat(places.longitude, places.latitude), 1)
    land = shapely.concave_hull(shapely.multipoints(points), ratio=0.18).buffer(SHORE)
    sheet = shapely.box(*land.bounds).buffer(EDGE, join_style="mitre")
    sea = []
    if places.city in BY_THE_SEA:
        land = shapely.union(land, _neck(points, sheet))
        sea = [_ragged(shapely.difference(sheet, land), rng)]
    rivers, ends = _rivers(points, land)
    lakes = _lakes(points, land, ends, rng)
    county, town = (_borders(points, places.code // part, land) for part in (1_000_000, 1_000))
    if not sea:
        county = shapely.union(county, shapely.boundary(land))
    rivers = [shapely.intersection(river, land) for river in rivers]
    shapes = {
        "water": [*sea, *lakes], "river": rivers[:RIVERS], "stream": rivers[RIVERS:], "county": [county],
        "town": [shapely.difference(town, shapely.buffer(county, 20))],
    }  # fmt: skip
    return Basemap.of({layer: _degrees(found, plane) for layer, found in shapes.items()})


def _neck(points: Array, sheet: Any) -> Any:
    """The land by which the city hangs together with what lies west of it."""
    west = points[points[:, 0] < np.quantile(points[:, 0], 0.3)]
    edge, _, _, north = sheet.bounds
    far = np.array([[edge, west[:, 1].mean()], [edge, north - EDGE]])
    return shapely.convex_hull(shapely.multipoints(np.concatenate([west, far]))).buffer(SHORE)


def _degrees(shapes: list[Any], plane: Plane) -> list[Any]:
    return [shapely.transform(shape, lambda xy: np.stack(plane.round(*xy.T), 1)) for shape in shapes]


def _ragged(shape: Any, rng: np.random.Generator) -> Any:
    """A coast with bays and points: every so many metres a corner, moved a little and rounded."""
    whole = shapely.segmentize(shapely.simplify(shape, 150), 900)
    moved = shapely.transform(whole, lambda xy: xy + _wave(xy, rng))
    return shapely.make_valid(moved)


def _wave(xy: Array, rng: np.random.Generator) -> Array:
    """A shift that depends on the place alone, so that a ring stays closed."""
    bend = rng.uniform(0, 2 * np.pi, (2, 4))
    size = np.array([420, 260, 160, 100])
    length = np.array([9_000, 4_700, 2_300, 1_500])
    return np.stack(
        [(size * np.sin(xy @ [[1.0], [0.7]] / length * 2 * np.pi + bend[side])).sum(1) for side in (0, 1)], 1
    )


def _rivers(points: Array, land: Any) -> tuple[list[Any], Array]:
    """From where the villages leave most room down to the edge of the land, the longest first; and where they spring."""
    web = Voronoi(points)
    inside = shapely.contains_xy(land, *web.vertices.T)
    room = cKDTree(points).query(web.vertices)[0]
    one, other = np.array([pair for pair in web.ridge_vertices if -1 not in pair]).T
    kept = inside[one] | inside[other]
    one, other = one[kept], other[kept]
    metres = np.hypot(*(web.vertices[one] - web.vertices[other]).T)
    cost = metres * (1 + (2 * BANK / np.minimum(room[one], room[other])) ** 2)
    count = len(web.vertices)
    graph = coo_array((cost, (one, other)), (count, count)).tocsr()
    out = np.flatnonzero(~inside & np.isin(np.arange(count), np.concatenate([one, other])))
    far, before, _ = dijkstra(graph, directed=False, indices=out, return_predecessors=True, min_only=True)
    springs = _apart(web.vertices, np.where(inside & np.isfinite(far) & (room > 2 * BANK), room, 0), 6_000)
    taken: set[int] = set()
    lines = []
    for spring in springs[np.argsort(-far[springs])].tolist():
        way = [spring]
        while way[-1] not in taken and before[way[-1]] >= 0:
            taken.add(way[-1])
            way.append(int(before[way[-1]]))
        if len(way) > 2:
            lines.append(shapely.linestrings(_smooth(web.vertices[way])))
    return sorted(lines, key=lambda line: -float(line.length)), web.vertices[springs]


def _apart(points: Array, score: Array, metres: float) -> Array:
    """The best points, none of them nearer than so many metres to a better one."""
    order = np.argsort(-score, kind="stable")
    order = order[score[order] > 0]
    near = cKDTree(points[order]).query_ball_point(points[order], metres)
    gone = np.zeros(len(order), bool)
    kept = []
    for at, others in enumerate(near):
        if not gone[at]:
            kept.append(order[at])
            gone[others] = True
    return np.array(kept, int)


def _smooth(line: Array) -> Array:
    """Corners cut twice."""
    for _ in range(2):
        cut = np.stack([line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75], 1)
        line = np.concatenate([line[:1], cut.reshape(-1, 2), line[-1:]])
    return line


def _lakes(points: Array, land: Any, springs: Array, rng: np.random.Generator) -> list[Any]:
    """A round water at each spring, as large as the villages leave room for."""
    room = np.minimum(cKDTree(points).query(springs)[0] - BANK, LAKE)
    room = np.minimum(room, shapely.distance(shapely.boundary(land), shapely.points(springs)) - 200)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    out = []
    for (x, y), most in zip(springs, room, strict=True):
        if most < POND:
            continue
        bends = sum(
            rng.uniform(-0.11, 0.11) * np.cos(n * turn + rng.uniform(0, 2 * np.pi)) for n in (2, 3, 4)
        )
        size = most * rng.uniform(0.35, 0.75) * (1 + bends)
        out.append(shapely.Polygon(np.stack([x + size * np.cos(turn), y + size * np.sin(turn)], 1)))
    return out


def _borders(points: Array, code: Array, land: Any) -> Any:
    """Lines between regions, each of which holds the places nearest to its own villages."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land))
    at = shapely.STRtree(cells).query(shapely.points(points), predicate="intersects")
    cell = np.zeros(len(points), int)
    cell[at[0]] = at[1]
    regions = [shapely.union_all(cells[np.unique(cell[code == one])]) for one in np.unique(code)]
    return shapely.intersection(shapely.union_all(shapely.boundary(regions)), land)
