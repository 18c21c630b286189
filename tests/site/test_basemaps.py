"""Water, rivers and borders out of files: assembled from what lies in them, the sea from its coasts."""

from __future__ import annotations

import itertools
import sqlite3
import struct
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.site.test_networks import CSV, EAST, NORTH, STEP, home

from songhe.core.reach import Basemap
from songhe.core.refusal import Refused
from songhe.edges.networks import read, read_base
from songhe.edges.networks.coast import sea
from songhe.site import cli
from songhe.site.demo.places import read_places
from songhe.site.demo.waters import waters
from songhe.site.networks import Networks

ROOT = Path(__file__).resolve().parents[2]
__all__ = ["home"]


def at(x: float, y: float) -> tuple[float, float]:
    return (EAST + STEP * x, NORTH + STEP * y)


def osm(file: Path) -> Path:
    """A street, a lake with an island in two pieces of shore, a river, a county's border of which a part is missing."""
    nodes = [
        at(0, 0),
        at(9, 0),
        at(1, 1),
        at(5, 1),
        at(5, 5),
        at(1, 5),
        at(2, 2),
        at(3, 2),
        at(3, 3),
        at(0, 8),
        at(4, 8),
        at(9, 8),
    ]
    made = osmium.osm.mutable
    with osmium.SimpleWriter(str(file), overwrite=True) as out:
        for number, place in enumerate(nodes, 1):
            out.add_node(made.Node(id=number, location=place, tags={}))
        ways: list[tuple[list[int], dict[str, str]]] = [
            ([1, 2], {"highway": "residential"}),
            ([3, 4, 5], {}),
            ([5, 6, 3], {}),
            ([7, 8, 9, 7], {}),
            ([1, 3], {"waterway": "river"}),
            ([10, 11, 99], {}),
            ([11, 12], {"boundary": "administrative", "admin_level": "8"}),
            ([1, 2, 3, 1], {"natural": "wood"}),
        ]
        for number, (points, tags) in enumerate(ways, 1):
            out.add_way(made.Way(id=number, nodes=points, tags=tags))
        lake = [("w", 2, "outer"), ("w", 3, "outer"), ("w", 4, "inner")]
        out.add_relation(made.Relation(id=1, members=lake, tags={"type": "multipolygon", "natural": "water"}))
        border = [("w", 6, "outer"), ("w", 77, "outer")]
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6"}
        out.add_relation(made.Relation(id=2, members=border, tags=tags))
    return file


def package(file: Path, system: int = 4490) -> Path:
    """A GeoPackage with layers alone; an area is a county's border."""
    base = sqlite3.connect(file)
    base.execute(
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INT, z INT, m INT)"
    )
    head = b"GP" + bytes([0, 1]) + struct.pack("<i", system)
    lake, line = shapely.box(*at(1, 1), *at(2, 2)), shapely.LineString([at(0, 0), at(4, 4)])
    for name, kind, shape in (
        ("Water", "POLYGON", lake),
        ("river", "LINESTRING", line),
        ("county", "POLYGON", lake),
    ):
        base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (name, kind, system))
        base.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY, geom BLOB)")
        base.executemany(
            f"INSERT INTO {name} (geom) VALUES (?)", [(head + shapely.to_wkb(shape),), (b"nothing",)]
        )
    base.commit()
    base.close()
    return file


def counts(base: Basemap) -> dict[str, int]:
    return {layer: len(found) for layer, found in base.shapes.items() if len(found)}


def test_water_and_borders_are_assembled(tmp_path: Path) -> None:
    base = read(osm(tmp_path / "town.osm.pbf"), "wgs84").base
    assert counts(base) == {"water": 1, "river": 1, "county": 1, "town": 1}
    (lake,) = base.shapes["water"]
    assert shapely.area(lake) == pytest.approx((16 - 0.5) * STEP**2, rel=1e-3)
    assert not shapely.contains_xy(lake, *at(2.6, 2.3)), "an island is land"
    (border,) = base.shapes["county"]
    assert shapely.get_num_points(border) == 2, "drawn as far as it is in the file"


def test_layers_of_a_geopackage_lie_beneath_a_table_of_streets(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "town.csv"
    table.write_text(CSV, encoding="utf-8")
    layers = package(tmp_path / "layers.gpkg")
    assert cli.main(["network", "import", str(table), "--frame", "wgs84", "--base", str(layers)]) == 0
    assert "1 areas of water, 1 rivers and canals, 1 borders of counties" in capsys.readouterr().out
    assert counts(Networks(home / "networks").read("town").base) == {"water": 1, "river": 1, "county": 1}
    assert cli.main(["network", "import", str(table), "--frame", "wgs84"]) == 0
    assert "No water and no borders" in capsys.readouterr().out


def test_what_lies_beneath_is_taken_back_to_the_frame_of_the_streets(tmp_path: Path) -> None:
    layers = package(tmp_path / "layers.gpkg")
    plain, bent = read_base(layers, "wgs84"), read_base(layers, "gcj02")
    apart = np.hypot(*(np.subtract(getattr(plain, side), getattr(bent, side)) for side in ("lon", "lat")))
    assert (apart > 20_000).all(), "two hundred metres and more in ten-millionths of a degree"


def test_a_file_without_layers_is_refused(tmp_path: Path) -> None:
    bare = tmp_path / "bare.osm.pbf"
    with osmium.SimpleWriter(str(bare)) as out:
        out.add_node(osmium.osm.mutable.Node(id=1, location=at(0, 0), tags={}))
    with pytest.raises(Refused, match="nothing to draw"):
        read_base(bare, "wgs84")
    with pytest.raises(Refused, match="EPSG:32650"):
        read_base(package(tmp_path / "metres.gpkg", 32650), "wgs84")
    table = tmp_path / "town.csv"
    table.write_text(CSV, encoding="utf-8")
    with pytest.raises(Refused, match="not of a known kind"):
        read_base(table, "wgs84")


@given(
    sizes=st.lists(st.integers(4, 20), min_size=5, max_size=24),
    pieces=st.integers(1, 4),
    lagoon=st.booleans(),
)
def test_the_sea_lies_to_the_right_of_coasts(sizes: list[int], pieces: int, lagoon: bool) -> None:
    """An island in several pieces, written either way round: outside or inside is sea, and never both."""
    turn = np.linspace(0, 2 * np.pi, len(sizes), endpoint=False)
    ring = np.stack(
        [114 + np.array(sizes) * np.cos(turn) / 100, 30 + np.array(sizes) * np.sin(turn) / 100], 1
    )
    ring = np.concatenate([ring, ring[:1]])
    cuts = np.linspace(0, len(ring) - 1, pieces + 1).astype(int)
    coasts = [shapely.LineString(ring[a : b + 1]) for a, b in itertools.pairwise(cuts) if b > a]
    found = sea([one.reverse() for one in coasts] if lagoon else coasts)
    island = shapely.Polygon(ring)
    whole = shapely.union_all(found)
    assert shapely.area(shapely.intersection(whole, island)) == pytest.approx(
        island.area if lagoon else 0, abs=1e-9
    )
    assert (shapely.area(whole) > island.area) is not lagoon


def test_a_coast_that_runs_through_divides_land_from_sea() -> None:
    coast = [shapely.LineString([at(0, 0), at(3, 1), at(6, 0)]), shapely.LineString([at(6, 0), at(10, 0)])]
    whole: Any = shapely.union_all(sea(coast))
    assert shapely.contains_xy(whole, *at(5, -3)) and not shapely.contains_xy(whole, *at(5, 3))
    assert sea([]) == []
    assert sea([shapely.LineString([at(0, 0), at(0, 0.001)]), *coast])


@pytest.mark.parametrize("city", ["371000", "410300"])
def test_the_demo_has_water_beside_its_villages(city: str) -> None:
    places = read_places(ROOT / "data" / "regions", city)
    base, again = (waters(places, seed=3) for _ in range(2))
    assert base.sound and np.array_equal(base.lon, again.lon)
    assert set(counts(base)) >= {"water", "river", "county", "town"}
    wet = shapely.STRtree(base.shapes["water"]).query(
        shapely.points(places.longitude, places.latitude), predicate="within"
    )
    assert not wet.size, "no village lies in water"
