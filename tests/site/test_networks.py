"""Street networks through the command: brought in from three kinds of files, kept, checked, found again for a region."""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely

from songhe.core.codes.columns import many_from_wgs84
from songhe.core.kept import keep_streets_in
from songhe.core.reach import (
    CAR,
    ELDER,
    WHEELCHAIR,
    Barrier,
    Open,
    Paths,
    Straight,
    build,
    ground_of,
    network_of,
)
from songhe.core.reach.storage import load
from songhe.core.refusal import Refused
from songhe.edges.networks import read
from songhe.edges.networks.osm import judged
from songhe.site import cli
from songhe.site.demo.places import read_places
from songhe.site.demo.settled import settled
from songhe.site.demo.streets import lay_streets, streets
from songhe.site.networks import Networks

ROOT = Path(__file__).resolve().parents[2]
EAST, NORTH, STEP = 114.3, 30.6, 0.002
CITY = 420100000000
CSV = """lon1,lat1,lon2,lat2,name,kind,oneway,barrier,metres
114.300,30.600,114.302,30.600,长江路,residential,,,
114.302,30.600,114.304,30.600,长江路,residential,,,
114.304,30.600,114.304,30.602,,steps,,,230
114.304,30.602,114.300,30.602,,tertiary,yes,,
114.300,30.602,114.300,30.600,,residential,,,
114.300,east,114.300,30.600,,residential,,,
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SONGHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "town.csv"
    file.write_text(CSV, encoding="utf-8")
    return file


def osm(file: Path) -> Path:
    """A square with a footbridge of steps, a bollard, a one-way street and a way whose end is missing."""
    with osmium.SimpleWriter(str(file), overwrite=True) as out:
        for number, (x, y) in enumerate([(0, 0), (1, 0), (2, 0), (2, 1), (0, 1), (1, 1)], 1):
            tags = {"barrier": "bollard"} if number == 2 else {}
            out.add_node(
                osmium.osm.mutable.Node(id=number, location=(EAST + STEP * x, NORTH + STEP * y), tags=tags)
            )
        ways = [
            ([1, 2, 3], {"highway": "residential", "name": "Long", "name:zh": "长街"}),
            ([3, 4], {"highway": "steps"}),
            ([4, 6, 5], {"highway": "primary", "oneway": "yes", "incline": "4%"}),
            ([5, 1], {"highway": "footway"}),
            ([1, 99], {"highway": "service"}),
            ([1, 5], {"building": "yes"}),
            ([2, 6], {"highway": "service", "access": "private"}),
        ]
        for number, (nodes, tags) in enumerate(ways, 1):
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
    return file


def test_a_network_is_brought_in_checked_listed_and_removed(
    table: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["network", "list"]) == 0
    assert "straight lines" in capsys.readouterr().out
    assert cli.main(["network", "import", str(table), "--frame", "wgs84", "--region", str(CITY)]) == 0
    said = capsys.readouterr().out
    assert "town: 4 crossings" in said
    assert "1 rows are not streets" in said and "(rows 7)" in said
    assert cli.main(["network", "list"]) == 0
    assert str(CITY) in capsys.readouterr().out
    assert cli.main(["network", "check", "town"]) == 1
    assert cli.main(["network", "remove", "town"]) == 0
    assert cli.main(["network", "remove", "town"]) == 2
    assert "There is no street network" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["import", "FILE"], "Say which coordinate system"),
        (["import", "nowhere.csv", "--frame", "wgs84"], "There is no file"),
        (["import", "FILE", "--frame", "wgs84", "--name", "../up"], "cannot be a network's name"),
        (["import"], "Say which"),
        (["check", "nothing"], "There is no street network"),
    ],
)
def test_what_cannot_be_done_is_refused(
    given: list[str], says: str, table: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["network", *(str(table) if one == "FILE" else one for one in given)]) == 2
    assert says in capsys.readouterr().err


def test_the_frame_of_a_file_is_taken_back(tmp_path: Path, table: Path) -> None:
    plain = read(table, "wgs84")
    rows = [line.split(",") for line in CSV.splitlines()]
    for row in rows[1:6]:
        lon, lat = many_from_wgs84(np.array(row[0:4:2], float), np.array(row[1:4:2], float), "gcj02")
        row[0:4] = [f"{lon[0]:.9f}", f"{lat[0]:.9f}", f"{lon[1]:.9f}", f"{lat[1]:.9f}"]
    shifted = tmp_path / "shifted.csv"
    shifted.write_text("\n".join(",".join(row) for row in rows), encoding="gb18030")
    back = read(shifted, "gcj02")
    assert np.allclose(np.sort(back.lon), np.sort(plain.lon), atol=2e-8)
    assert np.abs(np.sort(read(shifted, "wgs84").lon) - np.sort(plain.lon)).min() > 0.002


def test_openstreetmap_says_who_may_pass(tmp_path: Path) -> None:
    from songhe.core.reach import build

    network = build(read(osm(tmp_path / "square.osm.pbf"), "wgs84")).network
    assert {one.code for one in network.findings} == {"network.lost_nodes"}
    assert "长街" in network.names
    at = {
        "west": (EAST, NORTH),
        "middle": (EAST + STEP, NORTH),
        "north": (EAST, NORTH + STEP),
        "corner": (EAST + 2 * STEP, NORTH),
    }
    lon, lat = (np.array([place[part] for place in at.values()]) for part in (0, 1))
    walk = Paths(network, ELDER)
    spots = walk.snap(lon, lat)
    assert np.isfinite(walk.matrix(spots, spots)).all()
    wheels = Paths(network, WHEELCHAIR)
    seconds = wheels.matrix(wheels.snap(lon, lat), wheels.snap(lon, lat))
    assert np.isfinite(seconds[0, 2])
    assert seconds[3, 2] > walk.matrix(spots, spots)[3, 2]
    car = Paths(network, CAR)
    assert np.isfinite(car.lanes.go).sum() < np.isfinite(walk.lanes.go).sum()
    assert len(network.slope)


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"highway": "motorway"}, Open.CAR),
        ({"highway": "footway", "wheelchair": "no"}, Open.FOOT | Open.FOOT_BACK),
        ({"highway": "residential", "access": "private", "foot": "yes"}, Open.FOOT | Open.FOOT_BACK | Open.WHEELCHAIR | Open.WHEELCHAIR_BACK),
        ({"highway": "steps", "conveying": "forward"}, Open.FOOT),
        ({"highway": "residential", "oneway": "-1", "foot": "no", "bicycle": "no"}, Open.CAR_BACK),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no", "foot": "no"}, Open.CAR | Open.CYCLE | Open.CYCLE_BACK),
    ],
)  # fmt: skip
def test_tags_are_understood(tags: dict[str, str], open_: Open) -> None:
    found = judged(tags)
    assert found is not None
    assert found[0] == open_
    assert bool(found[2] & Barrier.STEPS) == (tags["highway"] == "steps")


def test_what_is_no_street_is_none() -> None:
    for tags in (
        {"highway": "proposed"},
        {"building": "yes"},
        {"highway": "service", "access": "no"},
        {"highway": "pedestrian", "area": "yes"},
    ):
        assert judged(tags) is None


def package(file: Path, system: int = 4490) -> Path:
    """A GeoPackage as other programs write it."""
    base = sqlite3.connect(file)
    base.executescript(
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INT, z INT, m INT);"
        f"INSERT INTO gpkg_geometry_columns VALUES ('streets', 'geom', 'LINESTRING', {system}, 0, 0);"
        "CREATE TABLE streets (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, fclass TEXT, oneway TEXT);"
    )
    head = b"GP" + bytes([0, 0b011]) + struct.pack("<i4d", system, 0, 0, 0, 0)
    line = shapely.LineString([(EAST, NORTH), (EAST + STEP, NORTH), (EAST + STEP, NORTH + STEP)])
    base.execute(
        "INSERT INTO streets VALUES (1, ?, '解放路', 'residential', 'no')", (head + shapely.to_wkb(line),)
    )
    base.execute("INSERT INTO streets VALUES (2, ?, '', 'footway', '')", (b"nothing",))
    base.commit()
    base.close()
    return file


def test_a_geopackage_is_read_without_gdal(tmp_path: Path) -> None:
    found = read(package(tmp_path / "town.gpkg"), "wgs84")
    assert len(np.asarray(found.tail)) == 2
    assert found.names == ("", "解放路")
    assert [(one.code, one.rows) for one in found.findings] == [("network.bad_rows", (2,))]
    with pytest.raises(Refused, match="EPSG:32650"):
        read(package(tmp_path / "metres.gpkg", 32650), "wgs84")


@pytest.mark.parametrize("kind", ["osm.pbf", "gpkg"])
def test_a_file_cut_short_is_named(kind: str, tmp_path: Path) -> None:
    whole = (osm if kind == "osm.pbf" else package)(tmp_path / f"whole.{kind}").read_bytes()
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="cut short"):
        read(cut, "wgs84")


@pytest.mark.parametrize("end", ["114.302,30.600,114.303", "114.302,30.600,114.303,30.6,长江"])
def test_a_table_cut_short_is_named_and_its_last_row_left_out(end: str, tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv"
    cut.write_bytes(
        (CSV.replace("114.300,east,114.300,30.600,,residential,,,\n", "") + end).encode()[
            : -1 if "长" in end else None
        ]
    )
    found = read(cut, "wgs84")
    assert [one.code for one in found.findings] == ["network.cut"]
    assert len(np.asarray(found.tail)) == 5
    assert "truncated" in str(found.findings[0])
    cut.write_text(CSV.splitlines()[0] + "\n114.300,30.600,114.302,30.600", encoding="utf-8")
    cut.write_bytes(cut.read_bytes() + b"\n")
    assert read(cut, "wgs84").findings == (), "short rows alone are no sign"


def test_every_island_is_named_with_its_place_and_again_after_storage(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{114.4 + n / 10},30.7,{114.401 + n / 10},30.7,,residential,,," for n in range(3)]
    table = tmp_path / "islands.csv"
    table.write_text(CSV.replace("114.300,east", "114.300,30.6") + "\n".join(rows), encoding="utf-8")
    assert cli.main(["network", "import", str(table), "--frame", "wgs84"]) == 0
    first = capsys.readouterr().out
    assert cli.main(["network", "check", "islands"]) == 1
    again = capsys.readouterr().out
    for said in (first, again):
        line = next(line for line in said.splitlines() if "elder: 3 groups of streets" in line)
        assert all(
            place in line for place in ("114.40000, 30.70000", "114.50000, 30.70000", "114.60000, 30.70000")
        )


def test_the_smallest_region_that_holds_another_gives_its_streets(table: Path, home: Path) -> None:
    networks = Networks(home / "networks")
    for name, region in (("everywhere", 0), ("city", CITY), ("district", 420102000000)):
        options = [
            "network",
            "import",
            str(table),
            "--frame",
            "wgs84",
            "--name",
            name,
            "--region",
            str(region),
        ]
        assert cli.main(options) == 0
    try:
        keep_streets_in(networks)
        for region, name in (
            (420102001001, "district"),
            (420103000000, "city"),
            (370100000000, "everywhere"),
        ):
            found = network_of(region)
            assert found is not None
            assert found.about["region"] == str(networks.kept(name).region)
        paths = ground_of(420102001001, ELDER)
        assert isinstance(paths, Paths)
        assert ground_of(420102001001, ELDER) is paths
        whole = (home / "networks" / "district.streets").read_bytes()
        (home / "networks" / "district.streets").write_bytes(whole[:300])
        fallen = network_of(420102001001)
        assert fallen is None or fallen.about["region"] == str(CITY)
        assert cli.main(["network", "list"]) == 1
        for name in networks.names():
            networks.remove(name)
        assert isinstance(ground_of(420102001001, ELDER), Straight)
    finally:
        keep_streets_in(None)


def test_the_demo_has_streets_for_everybody(tmp_path: Path) -> None:
    regions = ROOT / "data" / "regions"
    network = lay_streets(tmp_path, regions, "371000", seed=1)
    assert lay_streets(tmp_path, regions, "371000", seed=1).streets == network.streets
    again = load((tmp_path / "demo.streets").read_bytes())
    assert again.about["region"] == "371000000000"
    places = read_places(regions, "371000")
    one, other = (streets(places, seed=seed) for seed in (1, 1))
    assert np.array_equal(one.lon, other.lon) and np.array_equal(one.tail, other.tail)
    paths = Paths(network, ELDER)
    spots = paths.snap(places.longitude, places.latitude)
    assert spots.placed.all()
    middle: Any = paths.nearest(spots.take(np.array([0])), paths.homes(spots))
    assert np.isfinite(middle.seconds).all()


def test_villages_come_to_live_on_streets_that_were_brought_in() -> None:
    """Another city's streets stand in for real ones: who has a street near stays, everybody else is moved to one."""
    regions = ROOT / "data" / "regions"
    there = read_places(regions, "410300")
    mine = replace(there, longitude=there.longitude + 0.3, latitude=there.latitude + 0.1)
    network = build(streets(there, seed=1)).network
    moved, again = settled(mine, network, seed=4), settled(mine, network, seed=4)
    assert np.array_equal(moved.longitude, again.longitude)
    paths = Paths(network, ELDER)
    before, after = (paths.snap(one.longitude, one.latitude) for one in (mine, moved))
    assert not before.placed.all() and after.placed.all()
    kept = (moved.longitude == mine.longitude) & (moved.latitude == mine.latitude)
    assert 0 < kept.sum() < len(kept) and before.placed[kept].all()
