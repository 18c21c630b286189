"""Routes of a day on the kit's map. Persons' places are shown to some five hundred metres, which is what planning needs;
the exact place is for those who may ask for the address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from songhe.areas.roster.planning import Draft
from songhe.areas.roster.screens.lanes import Board, Lane
from songhe.core.codes import Point
from songhe.kit.map.shapes import KINDS, Line, Map, Mark, Shape

GRAIN = 0.005
MOST = 12
"""Routes that can be told apart on one map; of more, one is shown at a time."""


def coarse(point: Point) -> Point:
    """The middle of a square of some five hundred metres around a place."""
    return Point(*(round((round(value / GRAIN)) * GRAIN, 4) for value in (point.lon, point.lat)))


def routes(draft: Draft, board: Board, chosen: str = "") -> Map | None:
    """The routes of those who have something to do; of many, only that of the worker of the ``chosen`` line."""
    lanes = [lane for lane in board.lanes if lane.bars]
    if not lanes:
        return None
    if len(lanes) > MOST:
        lanes = [lane for lane in lanes if any(str(bar.line.pk) == chosen for bar in lane.bars)]
    shapes: list[Shape] = []
    for number, lane in enumerate(lanes):
        marks = list(_stops(draft, board, lane))
        points = tuple(mark.point for mark in marks if mark.point)
        if len(points) > 1:
            shapes.append(Line(points=points, label=lane.name, kind=number % KINDS))
        shapes += marks
    return Map(
        title=_("Routes"),
        shapes=tuple(shapes),
        empty=_("There are too many routes for one map. Choose a visit to see the route of its worker."),
    )


def _stops(draft: Draft, board: Board, lane: Lane) -> Iterator[Mark]:
    for turn, bar in enumerate(lane.bars, 1):
        place = draft.facts.points.get(str(bar.line.order_id))
        query = urlencode({"line": bar.line.pk, "day": board.day.isoformat()})
        yield Mark(
            label=bar.name,
            point=coarse(place) if place else None,
            tone=bar.tone,
            word=bar.word,
            note=f"{bar.start:%H:%M} · {lane.name}",
            sign=str(turn),
            to=f"?{query}#visit",
        )
