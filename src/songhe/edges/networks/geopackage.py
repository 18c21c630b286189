"""GeoPackage: the lines of one table in a SQLite file, without GDAL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from songhe.core.reach import Streets
from songhe.core.refusal import Refused
from songhe.edges.networks.lines import Lines, columns

Array = NDArray[Any]
DEGREES = {4326, 4490, 4979, 4480}
"""Systems of longitude and latitude: WGS 84 and CGCS2000."""
ENVELOPES = (0, 32, 48, 48, 64)
LINES = {"LINESTRING", "MULTILINESTRING", "GEOMETRY", "CURVE"}
SAID_EVERY = 200_000


def read(file: Path, told: Callable[[str], None]) -> Streets:
    """The streets of the first table of lines."""
    lines = Lines()
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
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
                except (ValueError, TypeError, shapely.errors.ShapelyError):
                    lines.wrong.append(number)
                    continue
                for points in parts:
                    lines.add(number, points, said)
    except sqlite3.DatabaseError as error:
        raise Refused(
            "network.unreadable_package",
            "{file} cannot be read as a GeoPackage ({why}). It may be cut short: compare its size with that at the source.",
            file=file.name,
            why=str(error),
        ) from error
    return lines.streets()


def _table(base: sqlite3.Connection, file: Path) -> tuple[str, str]:
    """The first table of lines, and its column of shapes."""
    found = base.execute(
        "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
    ).fetchall()
    tables = [row for row in found if str(row[2]).upper() in LINES]
    if not tables:
        raise Refused("network.no_lines", "{file} has no table of lines.", file=file.name)
    name, shape, _kind, system = tables[0]
    if int(system) not in DEGREES:
        raise Refused(
            "network.system",
            "{file} has coordinates of the system EPSG:{system}. Save it in degrees: EPSG:4326 (WGS 84) or EPSG:4490 (CGCS2000).",
            file=file.name,
            system=system,
        )
    return str(name), str(shape)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parts(blob: bytes) -> list[Array]:
    """The lines of one shape: a short header, then well-known binary."""
    if blob[:2] != b"GP":
        raise ValueError("header")
    envelope = blob[3] >> 1 & 7
    if envelope >= len(ENVELOPES):
        raise ValueError("envelope")
    shape = shapely.from_wkb(blob[8 + ENVELOPES[envelope] :])
    return [
        np.asarray(shapely.get_coordinates(part))
        for part in shapely.get_parts(shape)
        if part.geom_type == "LineString"
    ]
