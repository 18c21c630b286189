"""One door for all kinds of files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from songhe.core.codes.columns import many_to_wgs84
from songhe.core.codes.coordinates import FRAMES, Frame
from songhe.core.reach import Basemap, Streets
from songhe.core.refusal import Refused
from songhe.edges.networks import beneath, geopackage, osm, tables

Array = NDArray[Any]
Told = Callable[[str], None]
Reader = Callable[[Path, Told], Streets]
KINDS_OF_FILE: Mapping[str, Reader] = {
    ".osm.pbf": osm.read,
    ".pbf": osm.read,
    ".osm": osm.read,
    ".csv": tables.read,
    ".gpkg": geopackage.read,
}
KINDS_OF_BASE: Mapping[str, Callable[[Path], Basemap]] = {
    ".osm.pbf": beneath.read_base,
    ".pbf": beneath.read_base,
    ".osm": beneath.read_base,
    ".gpkg": geopackage.read_base,
}


def read(file: Path, frame: str, told: Told = lambda _: None) -> Streets:
    """The streets of a file, and what it has to draw beneath them, in WGS-84."""
    turn, kind = _turn(file, frame), _kind(file, KINDS_OF_FILE)
    streets = KINDS_OF_FILE[kind](file, told)
    lon, lat = turn(streets.lon, streets.lat)
    return replace(streets, lon=lon, lat=lat, base=streets.base.turned(turn))


def read_base(file: Path, frame: str) -> Basemap:
    """What a file has to draw beneath streets, in WGS-84."""
    turn, kind = _turn(file, frame), _kind(file, KINDS_OF_BASE)
    base = KINDS_OF_BASE[kind](file)
    if not len(base):
        raise Refused(
            "network.no_base",
            "{file} has nothing to draw beneath streets: no water, rivers or borders of regions. In a GeoPackage they are tables "
            "named water, river, stream, county and town.",
            field="base",
            file=file.name,
        )
    return base.turned(turn)


def _turn(file: Path, frame: str) -> Callable[[Array, Array], tuple[Array, Array]]:
    if frame not in FRAMES:
        raise Refused(
            "network.frame",
            "Say which coordinate system {file} uses: --frame wgs84 (OpenStreetMap, CGCS2000), gcj02 (domestic web maps) or bd09 (Baidu).",
            field="frame",
            file=file.name,
        )
    given: Frame = next(one for one in FRAMES if one == frame)
    return lambda lon, lat: many_to_wgs84(lon, lat, given)


def _kind(file: Path, kinds: Collection[str]) -> str:
    """The ending by which a file is read."""
    if not file.is_file():
        raise Refused(
            "network.file", "There is no file {file}. Check the path.", field="file", file=str(file)
        )
    for end in kinds:
        if file.name.lower().endswith(end):
            return end
    raise Refused(
        "network.kind",
        "{file} is not of a known kind: .osm.pbf (OpenStreetMap), .csv (a row for each street) or .gpkg (GeoPackage).",
        field="file",
        file=file.name,
    )
