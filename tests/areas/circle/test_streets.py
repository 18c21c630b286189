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
from tests.areas.providers.test_import import brought_in

from songhe.areas.circle.queries import beneath, tiles
from songhe.areas.circle.queries.ground import Streets as Named
from songhe.areas.providers.api import Facility
from songhe.core.codes import Point
from songhe.core.codes.columns import many_from_wgs84
from songhe.core.codes.coordinates import Frame
from songhe.core.kept import keep_streets_in
from songhe.core.reach import KINDS, Barrier, Basemap, Network, Paths, Profile, Streets, build
from songhe.core.reach.findings import SAID
from songhe.core.reach.frames import GIVEN
from songhe.engines.access.api import Scope, entered
from songhe.site.commands import circle

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SIDE, STEP = 21, 100.0
LAKE = shapely.Point(made.HERE.lon, made.HERE.lat).buffer(0.03) - shapely.Point(
    made.HERE.lon, made.HERE.lat
).buffer(0.015)


def crossing(east: int, north: int = 0) -> int:
    """The number of the crossing so many streets east and north of the place of the stories."""
    return (10 + north) * SIDE + 10 + east


def grid(*steps: tuple[int, int]) -> Network:
    """Streets every hundred metres round the place of the stories, from its south-west end; some of them are steps."""
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
        barrier=np.array([Barrier.STEPS if {*ends} in [{*one} for one in steps] else 0 for ends in zip(tail, head, strict=True)]),
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


@pytest.mark.parametrize(("really", "doubted"), [("wgs84", ""), ("gcj02", "GCJ-02"), ("bd09", "BD-09")])
def test_a_list_in_another_frame_than_it_says_is_doubted_before_it_is_written(
    officer: Client, really: Frame, doubted: str
) -> None:
    points = [made.at(made.HERE, STEP * (n % 9 - 4) + 3, 17 * (n % 23) - 200) for n in range(60)]
    lon, lat = many_from_wgs84(*(np.array(column) for column in zip(*points, strict=True)), really)
    rows = [
        f"站{n}号活动中心,活动中心,{make.town()},{x:.6f},{y:.6f},WGS-84"
        for n, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    run = brought_in("\n".join(["机构名称,类型,所在乡镇,经度,纬度,坐标系", *rows]).encode(), only_check=True)
    assert run.rows_good == 60, "doubt keeps nothing out"
    assert run.note.get("values", {}).get("frame", "") == doubted
    said = officer.get(f"/imports/{run.pk}/").content.decode()
    assert ("60 个位置看来是" in said) == bool(doubted)


def test_places_in_doubt_and_how_evenly_they_are_spread_are_told(
    officer: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    with entered(Scope.EVERYTHING):
        twins = [made.site(made.at(made.HERE, 200), make.town()) for _ in range(2)]
        Facility.everywhere.filter(pk=twins[0].pk).update(day_places=20)
        made.site(made.at(made.HERE, 90_000), make.town(), name="海上之家")
        for n in range(90):
            there = made.at(made.HERE, STEP * (n % 9 - 4) + 3, 17 * (n % 23) - 200)
            lon, lat = many_from_wgs84(np.array([there.lon]), np.array([there.lat]), "gcj02")
            made.living(make.village(), Point(float(lon[0]), float(lat[0])))
        run = made.worked_out()
    told = {(one["of"], one["what"]): one for one in run.told["doubts"]}
    assert told["homes", GIVEN]["values"]["frame"] == "GCJ-02"
    assert told["homes", GIVEN]["region"] == make.COUNTY
    assert "named" not in told["homes", GIVEN], "no home is told"
    assert [name for _key, name in told["sites", SAID["points.far"]]["named"]] == ["海上之家"]
    empty = {name for _key, name in told["sites", SAID["points.no_places"]]["named"]}
    assert "海上之家" in empty and twins[1].name in empty and twins[0].name not in empty
    assert told["sites", SAID["points.twice"]]["named"][0][1] in {one.name for one in twins}
    assert "#doubts" in officer.get("/circle/", {"kind": made.KIND}).content.decode()
    page = officer.get("/circle/place/", {"kind": made.KIND}).content.decode()
    assert "海上之家" in page
    assert "看来是 GCJ-02 坐标" in page
    assert "基尼系数" in page
    assert "可及容量" in page and "择优容量" in page
    assert all(0 < run.told[made.KIND][way]["confidence"] < 1 for way in ("reached", "chosen")), (
        "of one site in three it is known how many it takes"
    )
    circle.show()
    assert "(the first: 海上之家)" in capsys.readouterr().out


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
