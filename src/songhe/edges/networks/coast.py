"""The sea, which no map names: what lies to the right of the coasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

MARGIN = 0.05
"""Degrees beyond the coasts' own ends to which the sea is drawn."""
ASIDE = 1e-7
"""Degrees to the side of a coast at which it is asked what lies there."""


def sea(coasts: Sequence[Any]) -> list[Any]:
    """Polygons of the sea within the box round some coasts (lines in degrees, land to their left); none without coasts.

    Coasts that are cut off in the middle of the box bound nothing: what both sides of a coast belong to is no sea.
    """
    if not coasts:
        return []
    lines = shapely.line_merge(shapely.multilinestrings(list(coasts)), directed=True)
    whole = shapely.box(*shapely.bounds(lines)).buffer(MARGIN, join_style="mitre")
    lines = shapely.union_all([_to_edge(line, whole) for line in shapely.get_parts(lines)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union(lines, whole.exterior))))
    right, left = (_hits(faces, _pieces(coasts), side) for side in (1, -1))
    return list(faces[(right > 0) & (left == 0)])


def _pieces(coasts: Sequence[Any]) -> Any:
    """The straight pieces of some lines: where each begins and ends."""
    xy, which = shapely.get_coordinates(list(coasts), return_index=True)
    same = which[1:] == which[:-1]
    return xy[:-1][same], xy[1:][same]


def _to_edge(line: Any, whole: Any) -> Any:
    """A coast, its loose ends drawn on straight to the edge of the box."""
    if line.is_closed:
        return line
    xy = shapely.get_coordinates(line)
    return shapely.linestrings(np.concatenate([[_edge(xy[0], whole)], xy, [_edge(xy[-1], whole)]]))


def _edge(point: Any, whole: Any) -> tuple[float, float]:
    """The nearest point of the box's edge."""
    edge = whole.exterior
    found = edge.interpolate(edge.project(shapely.Point(point)))
    return (float(found.x), float(found.y))


def _hits(faces: Any, pieces: Any, side: int) -> Any:
    """For each face, how many coasts have it on one side (1: right)."""
    begin, end = pieces
    way = end - begin
    along = way / np.maximum(np.hypot(*way.T), 1e-12)[:, None]
    points = shapely.points((begin + end) / 2 + side * ASIDE * np.stack([along[:, 1], -along[:, 0]], 1))
    face = shapely.STRtree(faces).query(points, predicate="within")[1]
    return np.bincount(face, minlength=len(faces))
