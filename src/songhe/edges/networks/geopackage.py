"""GeoPackage: streets are the lines of one table in a SQLite file, read without GDAL.

Tables that bear the names of a base map's layers (water, river, stream, county, town) are drawn beneath them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from songhe.core.reach import LAYERS, Basemap, Streets
from songhe.core.refusal import Refused
from songhe.edges.networks.lines import Lines, columns

Array = NDArray[Any]
DEGREES = {4326, 4490, 4979, 4480}
"""Systems of longitude and latitude: WGS 84 and CGCS2000."""
ENVELOPES = (0, 32, 48, 48, 64)
LINES = {"LINESTRING", "MULTILINESTRING", "GEOMETRY", "CURVE"}
UNREADABLE = (ValueError, TypeError, shapely.errors.ShapelyError)
SAID_EVERY = 200_000


def read(file: Path, told: Callable[[str], None]) -> Streets:
    """The streets of the first table of lines that is no layer of a base map, and what lies beneath them."""
    lines = Lines()
    with _opened(file) as base:
        table, shape = _table(base, file)
        rows = base.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608 — the name is quoted
        names = [one[0] for one in rows.description]
        where, at = columns(names), names.index(shape)
        for number, row in enumerate(rows, 1):
            if number % SAID_EVERY == 0:
                told(f"{number:,} streets")
            said = {name: row[place] for name, place in where.items()}
            try:
                parts = _parts(row[at])
            except UNREADABLE:
                lines.wrong.append(number)
                continue
            for points in parts:
                lines.add(number, points, said)
        return replace(lines.streets(), base=_base(base, file))


def read_base(file: Path) -> Basemap:
    """What is drawn beneath streets, of a file that need not have any."""
    with _opened(file) as base:
        return _base(base, file)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            yield base
    except sqlite3.DatabaseError as error:
        raise Refused(
            "network.unreadable_package",
            "{file} cannot be read as a GeoPackage ({why}). It may be cut short: compare its size with that at the source.",
            file=file.name,
            why=str(error),
        ) from error


def _base(base: sqlite3.Connection, file: Path) -> Basemap:
    """The layers that are there; shapes that cannot be read are left out, and areas are borders where lines are wanted."""
    shapes: dict[str, list[Any]] = {}
    for name, shape, _kind, system in _tables(base):
        layer = name.lower()
        if layer not in LAYERS:
            continue
        _in_degrees(system, file)
        found = shapes.setdefault(layer, [])
        for (blob,) in base.execute(f"SELECT {_quoted(shape)} FROM {_quoted(name)}"):  # noqa: S608 — the names are quoted
            with suppress(*UNREADABLE):
                one = _shape(blob)
                area = one.geom_type in {"Polygon", "MultiPolygon"}
                found.append(one.boundary if area and layer != "water" else one)
    return Basemap.of(shapes)


def _tables(base: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """Name, column of shapes, kind and system of every table with shapes."""
    rows = base.execute(
        "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
    )
    return [(str(name), str(shape), str(kind).upper(), int(system)) for name, shape, kind, system in rows]


def _table(base: sqlite3.Connection, file: Path) -> tuple[str, str]:
    """The first table of lines, and its column of shapes."""
    tables = [row for row in _tables(base) if row[2] in LINES and row[0].lower() not in LAYERS]
    if not tables:
        raise Refused("network.no_lines", "{file} has no table of lines.", file=file.name)
    name, shape, _kind, system = tables[0]
    _in_degrees(system, file)
    return name, shape


def _in_degrees(system: int, file: Path) -> None:
    if system not in DEGREES:
        raise Refused(
            "network.system",
            "{file} has coordinates of the system EPSG:{system}. Save it in degrees: EPSG:4326 (WGS 84) or EPSG:4490 (CGCS2000).",
            file=file.name,
            system=system,
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parts(blob: bytes) -> list[Array]:
    """The lines of one shape."""
    return [
        np.asarray(shapely.get_coordinates(part))
        for part in shapely.get_parts(_shape(blob))
        if part.geom_type == "LineString"
    ]


def _shape(blob: bytes) -> Any:
    """A short header, then well-known binary."""
    if blob[:2] != b"GP":
        raise ValueError("header")
    envelope = blob[3] >> 1 & 7
    if envelope >= len(ENVELOPES):
        raise ValueError("envelope")
    return shapely.from_wkb(blob[8 + ENVELOPES[envelope] :])
