"""What is drawn beneath the streets of a map, cut to the part that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from songhe.areas.circle.queries.ground import Streets
from songhe.core.reach import LAYERS

Box = tuple[float, float, float, float]
COARSE = (2e-4, 4e-5, 5e-6)
"""Degrees by which lines may stray, from far to near; what is smaller is left out."""
SHOWN = (("water", "river", "county"), LAYERS, LAYERS)


@dataclass(frozen=True, eq=False)
class Shape:
    """A piece of one layer: lines, or an outer ring and what is cut out of it, in degrees."""

    layer: str
    parts: list[Any]


@dataclass(frozen=True, eq=False)
class _Shapes:
    layer: Any
    shape: Any
    tree: shapely.STRtree


def beneath(streets: Streets, detail: int, box: Box) -> list[Shape]:
    """Shapes within a box (west, south, east, north): the large water first, then the small, then lines."""
    held = _shapes(streets, detail)
    found = np.sort(held.tree.query(shapely.box(*box)))
    out = []
    for layer, shape in zip(held.layer[found].tolist(), held.shape[found], strict=True):
        for part in shapely.get_parts(cut(shape, box)):
            if part.geom_type == "Polygon" and layer == 0:
                out.append(
                    Shape(LAYERS[layer], [shapely.get_coordinates(ring) for ring in shapely.get_rings(part)])
                )
            elif part.geom_type == "LineString" and layer > 0:
                out.append(Shape(LAYERS[layer], [shapely.get_coordinates(part)]))
    return [shape for shape in out if len(shape.parts) and len(shape.parts[0])]


def cut(shape: Any, box: Box) -> Any:
    """The part of a shape that lies within a box."""
    try:
        return shapely.clip_by_rect(shape, *box)
    except GEOSException:  # what a coarser drawing made to cross itself is cut more slowly
        return shapely.intersection(shapely.make_valid(shape), shapely.box(*box))


@lru_cache(maxsize=6)
def _shapes(streets: Streets, detail: int) -> _Shapes:
    layers, shapes = [], []
    for number, name in enumerate(LAYERS):
        if name not in SHOWN[detail]:
            continue
        found = streets.network.base.shapes[name]
        size = np.ptp(shapely.bounds(found).reshape(-1, 2, 2), 1).max(1) if len(found) else np.zeros(0)
        found = shapely.simplify(found[size > COARSE[detail]], COARSE[detail])
        found = found[np.argsort(-size[size > COARSE[detail]], kind="stable")]
        layers.append(np.full(len(found), number))
        shapes.append(found)
    shape = np.concatenate(shapes)
    return _Shapes(np.concatenate(layers), shape, shapely.STRtree(shape))
