"""OpenStreetMap: what a map draws beneath the streets. Water is assembled from its relations, the sea from its coasts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
import shapely

from songhe.core.reach import Basemap
from songhe.core.refusal import Refused
from songhe.edges.networks.coast import sea

WATER = (("natural", {"water"}), ("waterway", {"riverbank", "dock"}), ("landuse", {"reservoir", "basin"}))
RIVERS = {"river": "river", "canal": "river", "stream": "stream", "drain": "stream", "ditch": "stream"}
BORDERS = {"3": "county", "4": "county", "5": "county", "6": "county", "7": "town", "8": "town"}
"""The layer for each ``admin_level``: in China 4 is a province, 5 a city, 6 a county and 8 a town."""


def read_base(file: Path) -> Basemap:
    """Water, rivers and borders of a file. What the file holds only in part is drawn as far as it is there."""
    shapes: dict[str, list[Any]] = {}
    try:
        for layer, shape in _shapes(file, _borders(file)):
            shapes.setdefault(layer, []).append(shape)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from error
    shapes["water"] = [*sea(shapes.pop("coast", [])), *shapes.get("water", [])]
    return Basemap.of(shapes)


def unreadable(file: Path, error: Exception) -> Refused:
    """What is said of a file that breaks off or is something else."""
    return Refused(
        "network.unreadable",
        "{file} cannot be read as OpenStreetMap data ({why}). It may be cut short: compare its size with that at the source, and "
        "fetch it again.",
        file=file.name,
        why=str(error) or type(error).__name__,
    )


def _borders(file: Path) -> dict[int, str]:
    """The layer of each way that is part of a region's border; the larger region's where it is part of several."""
    found: dict[int, str] = {}
    one: Any
    for one in osmium.FileProcessor(str(file), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"))
    ):
        layer = BORDERS.get(one.tags.get("admin_level", ""))
        for member in one.members if layer else ():
            if member.type == "w" and found.get(member.ref) != "county":
                found[member.ref] = str(layer)
    return found


def _shapes(file: Path, borders: dict[int, str]) -> Iterator[tuple[str, Any]]:
    """Layer and shape of everything that is drawn, and of coasts."""
    drawn = osmium.geom.WKBFactory()
    areas = osmium.filter.KeyFilter(*(key for key, _values in WATER))
    drawn_kinds = osmium.filter.EntityFilter(osmium.osm.WAY | osmium.osm.AREA)
    one: Any
    for one in osmium.FileProcessor(str(file)).with_areas(areas).with_filter(drawn_kinds):
        if one.is_area() and any(one.tags.get(key) in values for key, values in WATER):
            yield "water", shapely.from_wkb(drawn.create_multipolygon(one))
        elif one.is_way():
            border = borders.get(one.id) or (
                BORDERS.get(one.tags.get("admin_level", ""))
                if one.tags.get("boundary") == "administrative"
                else None
            )
            line = RIVERS.get(one.tags.get("waterway", ""))
            coast = "coast" if one.tags.get("natural") == "coastline" else None
            found = [layer for layer in (border, line, coast) if layer]
            shape = _line(one) if found else None
            yield from ((layer, shape) for layer in found if shape is not None)


def _line(way: Any) -> Any:
    """A way as a line, of the points that are in the file."""
    points = [(node.location.lon, node.location.lat) for node in way.nodes if node.location.valid()]
    return shapely.LineString(points) if len(set(points)) > 1 else None
