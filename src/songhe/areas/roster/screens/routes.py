"""Routes of a day as a drawing. Persons' places are shown to some five hundred metres, which is what planning needs;
the exact place is for those who may ask for the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from songhe.areas.roster.planning import Draft
from songhe.areas.roster.screens.lanes import Board
from songhe.core.codes import Point

WIDE, TALL, PAD = 720, 420, 34
GRAIN = 0.005
HUES = 8


@dataclass(frozen=True, slots=True)
class Route:
    """One worker's way through a day."""

    label: str
    points: tuple[Point, ...]
    hue: int


def coarse(point: Point) -> Point:
    """The middle of a square of some five hundred metres around a place."""
    return Point(*(round((round(value / GRAIN)) * GRAIN, 4) for value in (point.lon, point.lat)))


def routes(draft: Draft, board: Board) -> list[Route]:
    """The routes of those who have something to do, in the order of the lanes."""
    out: list[Route] = []
    for lane in board.lanes:
        stops = [draft.facts.points.get(str(bar.line.order_id)) for bar in lane.bars]
        points = tuple(coarse(point) for point in stops if point is not None)
        if points:
            out.append(Route(lane.name, points, len(out) % HUES))
    return out


def drawn(found: Sequence[Route]) -> SafeString:
    """The routes as SVG: numbered stops, each worker with a line of his or her own kind."""
    every = [point for route in found for point in route.points]
    if not every:
        return mark_safe("")
    west, east = min(p.lon for p in every), max(p.lon for p in every)
    south, north = min(p.lat for p in every), max(p.lat for p in every)
    narrow = cos(radians((south + north) / 2))
    wide, tall = max((east - west) * narrow, 0.01), max(north - south, 0.01)
    scale = min((WIDE - 2 * PAD) / wide, (TALL - 2 * PAD) / tall)

    def at(point: Point) -> tuple[float, float]:
        x = WIDE / 2 + ((point.lon - (west + east) / 2) * narrow) * scale
        return round(x, 1), round(TALL / 2 - (point.lat - (south + north) / 2) * scale, 1)

    parts = format_html_join(
        "", "{}", ((_route(route, [at(point) for point in route.points]),) for route in found)
    )
    told = gettext("{n} routes; the list of visits says the same in words.").format(n=len(found))
    return format_html(
        '<svg class="routes" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDE, TALL, told, parts
    )


def _route(route: Route, spots: Sequence[tuple[float, float]]) -> SafeString:
    way = " ".join(f"{x},{y}" for x, y in spots)
    stops = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="11"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x, y, x, y + 4, number + 1) for number, (x, y) in enumerate(spots)),
    )
    return format_html(
        '<g class="route hue{}"><title>{}</title><polyline points="{}"/>{}</g>',
        route.hue,
        route.label,
        way,
        stops,
    )
