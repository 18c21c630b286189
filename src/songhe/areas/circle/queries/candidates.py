"""Where a site could be: the middles of villages, idle premises, or points that a planner typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from songhe.areas.circle.models import Siting
from songhe.areas.circle.rules import typed
from songhe.areas.premises.api import candidates as idle_premises
from songhe.areas.registry.api import middles
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import name_of

VILLAGES, IDLE, GIVEN = "villages", "idle", "given"
MOST_GIVEN = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a site could be."""

    code: str
    name: str
    point: Point
    cost: int
    area: int | None = None


def listed(text: str) -> list[dict[str, Any]]:
    """Points typed line by line: name, longitude, latitude, and perhaps the cost in yuan. Refused names the line."""
    out = []
    for number, line in enumerate(filter(None, map(str.strip, halfwidth(text).splitlines())), 1):
        parts = [part.strip() for part in line.replace("\t", ",").split(",")]
        try:
            name, lon, lat, *rest = parts
            point = typed(lon, lat)
            cost = round(float(rest[0]) * 100) if rest and rest[0] else 0
        except (ValueError, Refused, OverflowError):
            raise Refused(
                "circle.line",
                "Line {number} is not a point: name, longitude, latitude, cost in yuan.",
                field="given",
                number=number,
            ) from None
        if not name or cost < 0 or len(rest) > 1:
            raise Refused(
                "circle.line",
                "Line {number} is not a point: name, longitude, latitude, cost in yuan.",
                field="given",
                number=number,
            )
        out.append({"name": name[:80], "lon": point.lon, "lat": point.lat, "cost": cost})
    if len(out) > MOST_GIVEN:
        raise Refused("circle.too_many_points", "At most {most} points.", field="given", most=MOST_GIVEN)
    return out


def candidates(asked: Siting, scope: Scope) -> list[Candidate]:
    """Where a site could be, within the scope."""
    if asked.candidates == GIVEN:
        return [
            Candidate(f"p{at}", one["name"], Point(one["lon"], one["lat"]), one["cost"] or asked.cost_fen)
            for at, one in enumerate(asked.given)
        ]
    if asked.candidates == IDLE:
        return [
            Candidate(
                f"i{one.id}",
                one.name,
                one.point,
                asked.cost_fen if one.cost_fen is None else one.cost_fen,
                one.area_m2,
            )
            for one in idle_premises(asked.region_id, scope)
            if not asked.least_m2 or (one.area_m2 or 0) >= asked.least_m2
        ]
    found = middles(scope, asked.region_id, asked.region.upper)
    return [
        Candidate(f"v{code}", name_of(code), point, asked.cost_fen) for code, point in sorted(found.items())
    ]


def named(text: str, places: list[Candidate], field: str) -> dict[str, str]:
    """Candidates named line by line, by their codes. Refused names what is no candidate, or several."""
    out: dict[str, str] = {}
    for name in dict.fromkeys(filter(None, map(str.strip, text.splitlines()))):
        found = [one for one in places if one.name == name or one.code == f"v{name}"]
        if len(found) != 1:
            raise Refused(
                "circle.no_candidate",
                "{count} candidate locations are named “{name}”. Write the name of one as shown on the map, or the village's code.",
                field=field,
                name=name[:80],
                count=len(found),
            )
        out[found[0].code] = found[0].name
    return out
