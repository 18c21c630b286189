"""One door for all kinds of files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from songhe.core.codes.columns import many_to_wgs84
from songhe.core.codes.coordinates import FRAMES, Frame
from songhe.core.reach import Streets
from songhe.core.refusal import Refused
from songhe.edges.networks import geopackage, osm, tables

Told = Callable[[str], None]
Reader = Callable[[Path, Told], Streets]
KINDS_OF_FILE: Mapping[str, Reader] = {
    ".osm.pbf": osm.read,
    ".pbf": osm.read,
    ".osm": osm.read,
    ".csv": tables.read,
    ".gpkg": geopackage.read,
}


def read(file: Path, frame: str, told: Told = lambda _: None) -> Streets:
    """The streets of a file, in WGS-84."""
    if frame not in FRAMES:
        raise Refused(
            "network.frame",
            "Say in which frame the coordinates of {file} are: --frame wgs84 (OpenStreetMap, CGCS2000), gcj02 (domestic web "
            "maps) or bd09 (Baidu).",
            field="frame",
            file=file.name,
        )
    if not file.is_file():
        raise Refused(
            "network.file", "There is no file {file}. Check the path.", field="file", file=str(file)
        )
    kind = next((end for end in KINDS_OF_FILE if file.name.lower().endswith(end)), None)
    if kind is None:
        raise Refused(
            "network.kind",
            "{file} is of no kind that is known: .osm.pbf (OpenStreetMap), .csv (a row for each street) or .gpkg (GeoPackage).",
            field="file",
            file=file.name,
        )
    streets = KINDS_OF_FILE[kind](file, told)
    given: Frame = next(one for one in FRAMES if one == frame)
    lon, lat = many_to_wgs84(streets.lon, streets.lat, given)
    return replace(streets, lon=lon, lat=lat)
