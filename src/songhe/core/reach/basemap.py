"""What lies beneath the streets of a map: water, rivers, and the borders of regions. It is drawn, and never walked on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from songhe.core.reach.plane import DEGREE, fixed

Array = NDArray[Any]
LAYERS = ("water", "river", "stream", "county", "town")
"""Areas of water; centre lines of rivers, canals and brooks; borders of counties (and what is larger) and of towns."""
HOLE = len(LAYERS)
"""The layer of a ring that is cut out of the water before it, such as an island's shore."""


_NO_BYTES, _NO_NUMBERS = partial(np.zeros, 0, np.uint8), partial(np.zeros, 0, np.int32)


@dataclass(frozen=True, eq=False)
class Basemap:
    """Rings and lines one after the other: number i is of ``LAYERS[layer[i]]`` and ends before point ``end[i]``.

    Points are kept in ten-millionths of a degree (WGS-84), as those of streets are.
    """

    layer: Array = field(default_factory=_NO_BYTES)
    end: Array = field(default_factory=_NO_NUMBERS)
    lon: Array = field(default_factory=_NO_NUMBERS)
    lat: Array = field(default_factory=_NO_NUMBERS)

    @classmethod
    def of(cls, shapes: Mapping[str, Any]) -> Basemap:
        """From shapes in degrees by layer: of ``water`` the polygons are taken, of the others the lines; the rest is left out."""
        layers, ends, points = [], [], []
        for name in LAYERS:
            parts = shapely.get_parts(np.asarray(shapes.get(name, []), object).ravel())
            wanted = (3,) if name == "water" else (1, 2)
            parts = parts[np.isin(shapely.get_type_id(parts), wanted) & ~shapely.is_empty(parts)]
            if not len(parts):
                continue
            which = np.arange(len(parts))
            if name == "water":
                parts, which = shapely.get_rings(parts, return_index=True)
            hole = np.diff(which, prepend=-1) == 0
            xy, line = shapely.get_coordinates(parts, return_index=True)
            layers.append(np.where(hole, HOLE, LAYERS.index(name)).astype(np.uint8))
            ends.append(np.bincount(line, minlength=len(parts)))
            points.append(fixed(xy))
        if not layers:
            return cls()
        lon, lat = np.concatenate(points).T
        return cls(
            np.concatenate(layers), np.cumsum(np.concatenate(ends)).astype(np.int32), lon.copy(), lat.copy()
        )

    def __len__(self) -> int:
        return len(self.layer)

    def turned(self, turn: Callable[[Array, Array], tuple[Array, Array]]) -> Basemap:
        """The same in another frame of coordinates; ``turn`` is given degrees, and gives degrees."""
        lon, lat = turn(self.lon / DEGREE, self.lat / DEGREE)
        return replace(self, lon=fixed(lon), lat=fixed(lat))

    @property
    def sound(self) -> bool:
        """Whether the columns belong together, and every shape can be drawn."""
        count = np.diff(self.end, prepend=0)
        water, hole = self.layer == 0, self.layer == HOLE
        return bool(
            len(self.end) == len(self.layer)
            and len(self.lon) == len(self.lat) == (int(self.end[-1]) if len(self) else 0)
            and (count >= np.where(water | hole, 4, 2)).all()
            and (self.layer <= HOLE).all()
            and not (hole & ~np.concatenate([[False], (water | hole)[:-1]])).any()
        )  # fmt: skip

    @cached_property
    def shapes(self) -> dict[str, Array]:
        """Polygons of water, and lines of the others, in degrees, by layer. Rings that cross themselves are mended."""
        line = np.repeat(np.arange(len(self)), np.diff(self.end, prepend=0))
        xy = np.stack([self.lon, self.lat], 1) / DEGREE
        out = {}
        for number, name in enumerate(LAYERS):
            chosen = self.layer == number
            if name == "water":
                chosen |= self.layer == HOLE
            place = np.cumsum(chosen) - 1
            points = chosen[line]
            if name != "water":
                out[name] = shapely.linestrings(xy[points], indices=place[line[points]])
                continue
            rings = shapely.linearrings(xy[points], indices=place[line[points]])
            found = shapely.polygons(rings, indices=np.cumsum(self.layer[chosen] == 0) - 1)
            bad = ~shapely.is_valid(found)
            found[bad] = shapely.make_valid(found[bad])
            out[name] = found
        return out
