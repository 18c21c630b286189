"""The same map where streets are known: ways along them, outlines, tiles, and points in the sea."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from django.test import Client
from tests import make
from tests.areas.circle import made

from songhe.areas.circle.queries import beneath, tiles
from songhe.areas.circle.queries.ground import Streets as Named
from songhe.core.kept import keep_streets_in
from songhe.core.reach import KINDS, Basemap, Network, Paths, Profile, Streets, build
from songhe.engines.access.api import Scope, entered

pytestmark = pytest.mark.django_db
SIDE, STEP = 21, 100.0
LAKE = shapely.Point(made.HERE.lon, made.HERE.lat).buffer(0.03) - shapely.Point(
    made.HERE.lon, made.HERE.lat
).buffer(0.015)


def grid() -> Network:
    """Streets every hundred metres round the place of the stories, from its south-west end."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    points = [
        made.at(made.HERE, (c - 10) * STEP, (r - 10) * STEP) for r, c in zip(rows, columns, strict=True)
    ]
    across = [(n, n + 1) for n in range(SIDE * SIDE) if n % SIDE < SIDE - 1]
    upward = [(n, n + SIDE) for n in range(SIDE * (SIDE - 1))]
    tail, head = zip(*across, *upward, strict=True)
    streets = Streets(
        np.array([p.lon for p in points]), np.array([p.lat for p in points]), np.array(tail), np.array(head),
        kind=np.full(len(tail), KINDS.index("residential")),
    )  # fmt: skip
    network = build(streets).network
    return Network(
        **{
            **{name: getattr(network, name) for name in network.__dataclass_fields__},
            "about": {"name": "试验路网", "source": "© OpenStreetMap contributors, ODbL"},
            "base": Basemap.of({"water": [LAKE], "county": [LAKE.exterior]}),
        }
    )


class Folder:
    """A folder with one network."""

    def __init__(self, network: Network) -> None:
        self.kept = network
        self.made: dict[Profile, Paths] = {}

    def network(self, region: int) -> Network:
        return self.kept

    def paths(self, region: int, profile: Profile) -> Paths:
        return self.made.setdefault(profile, Paths(self.kept, profile))


@pytest.fixture
def officer() -> Iterator[Client]:
    keep_streets_in(Folder(grid()))
    made.forget()
    try:
        with entered(Scope.EVERYTHING):
            for n in range(6):
                made.living(make.village(), made.at(made.HERE, 15 * n, 400))
            made.site(made.HERE)
            made.worked_out()
        yield made.office()
    finally:
        keep_streets_in(None)
        made.forget()


def test_ways_go_along_streets(officer: Client) -> None:
    page = officer.get("/circle/", {"kind": made.KIND}).content.decode()
    assert "试验路网" in page
    assert "ODbL" in page
    body = json.loads(
        officer.get(
            "/circle/reach/", {"kind": made.KIND, "minutes": "10", "lon": made.HERE.lon, "lat": made.HERE.lat}
        ).content
    )
    ring = np.array(body["shape"][0][0])
    east = (ring[:, 0] - made.HERE.lon) * 0.797 / made.METRE
    assert 480 < east.max() < 620, "540 m of street and what lies beside it"
    assert officer.get("/circle/sheet.pdf", {"kind": made.KIND}).content.startswith(b"%PDF")
    tile = officer.get(f"/circle/streets/2/{int(made.HERE.lon // 0.02)}/{int(made.HERE.lat // 0.02)}.bin")
    assert len(tile.content) % 8 == 0
    assert np.frombuffer(tile.content, "<i4")[0] == 3, "water comes first"
    assert officer.get("/circle/streets/9/1/1.bin").status_code == 404


@pytest.mark.parametrize("detail", [0, 1, 2])
def test_tiles_together_hold_all_streets_and_all_water(detail: int) -> None:
    network = grid()
    used, side = Named(network, "试验路网"), tiles.TILES[detail]
    west, south, east, north = tiles.tiles_of(detail, LAKE.bounds)
    water, lines = [], 0
    for x in range(west, east + 1):
        for y in range(south, north + 1):
            numbers = np.frombuffer(tiles.tile(used, detail, x, y), "<i4")
            rings: list[list[np.ndarray]] = []
            at = 0
            while at < len(numbers):
                kind, count = numbers[at : at + 2].tolist()
                points = numbers[at + 2 : at + 2 + 2 * count].reshape(-1, 2) / 1e6
                lines += kind < 3
                if kind == 3:
                    rings.append([points])
                elif kind == tiles.HOLE:
                    rings[-1].append(points)
                at += 2 + 2 * count
            within = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side).buffer(
                side * 0.005, join_style="mitre"
            )
            water += [shapely.Polygon(outer, holes) for outer, *holes in rings]
            assert all(within.contains(one) for one in water[len(water) - len(rings) :])
    assert lines == (network.streets if detail else 0), "from afar, main streets alone"
    assert shapely.union_all(water).symmetric_difference(LAKE).area < LAKE.area * (0.02, 0.004, 0.001)[detail]


def test_water_that_crosses_itself_when_drawn_coarser_is_cut_all_the_same() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert shapely.area(beneath.cut(bow, (0, 0, 0.5, 1))) == pytest.approx(0.25)


def test_a_point_in_the_sea_is_refused(officer: Client) -> None:
    far = made.at(made.HERE, 5000)
    answer = officer.get(
        "/circle/try/",
        {"kind": made.KIND, "lon": far.lon, "lat": far.lat},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "circle.no_street")


def test_the_public_page_says_that_ways_follow_streets(officer: Client) -> None:
    text = Client().get("/care/", {"lon": made.HERE.lon, "lat": made.HERE.lat}).content.decode()
    assert "沿道路" in text
