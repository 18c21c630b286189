"""Where to build next: the candidates, the problem, and its answer in plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Change, Goal, Siting, What
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.held import Held, held
from songhe.areas.circle.queries.sites import degrees
from songhe.areas.circle.rules import typed
from songhe.areas.premises.api import candidates as idle_premises
from songhe.areas.registry.api import middles
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.core.siting import (
    PEOPLE,
    Comparison,
    Cover,
    Demand,
    Floor,
    Judged,
    Meet,
    Pairs,
    Problem,
    Result,
    Site,
    Stage,
    Staged,
    Stop,
    compare,
    sentences,
    solve,
)  # fmt: skip
from songhe.core.text import halfwidth
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import name_of

Array = NDArray[Any]
VILLAGES, IDLE, GIVEN = "villages", "idle", "given"
MOST_GIVEN = 500
MOST_HOMES = 60_000
"""Beyond so many homes those of one community in one hex of 130 m are taken together."""
ELDERS = "old"


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
                "Line {number} is no point: name, longitude, latitude, cost in yuan.",
                field="given",
                number=number,
            ) from None
        if not name or cost < 0 or len(rest) > 1:
            raise Refused(
                "circle.line",
                "Line {number} is no point: name, longitude, latitude, cost in yuan.",
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
        ]
    found = middles(scope, asked.region_id, asked.region.upper)
    return [
        Candidate(f"v{code}", name_of(code), point, asked.cost_fen) for code, point in sorted(found.items())
    ]


@dataclass(eq=False)
class Desk:
    """The problem with the places behind its codes."""

    problem: Problem
    places: dict[str, Candidate]
    off_street: list[str]
    own: list[str]
    homes: int


def desk(asked: Siting, scope: Scope, found: Held) -> Desk:
    """Set the problem up."""
    rows, weights = _demand(found, asked, scope)
    given = candidates(asked, scope)
    own = [
        Candidate(f"own{at}", change.name, change.point, change.cost_fen)
        for at, change in enumerate(
            Change.everywhere.filter(scenario=asked.scenario_id, what=What.ADD).order_by("id")
        )
        if asked.scenario_id and change.point
    ]
    spots = found.snapped(*_degrees([*given, *own]))
    kept = [one for one, good in zip([*given, *own], spots.placed, strict=True) if good]
    cover = found.cover(asked.kind)
    standing = list(cover.sites.values())
    both = spots.take(np.flatnonzero(spots.placed)).joined(found.snapped(*degrees(standing)))
    ready = found.ground.homes(found.spots.take(rows))
    limits = found.limits(asked.kind, None)[rows].astype(float)
    pairs = found.ground.pairs(both, ready, limit=float(limits.max(initial=60.0)))
    near = pairs.seconds <= limits[pairs.home]
    starts = np.concatenate([[0], np.cumsum(near)])[pairs.first]
    travel = Pairs(starts, pairs.home[near], pairs.seconds[near] / limits[pairs.home[near]], len(rows))
    sites = [Site(one.code, cost=one.cost, area=one.area) for one in kept]
    sites += [Site(f"s{site.id}", state="existing") for site in standing]
    problem = Problem(
        tuple(sites),
        Demand(
            weights.pop(book().codes[0]), weights, regions=(found.homes.region[rows] // 1000 * 1000).tolist()
        ),
        travel,
        limit=1.0,
        importance={ELDERS: 1} if asked.elders_twice and ELDERS in weights else {},
    )
    kept_codes = {one.code for one in kept}
    return Desk(
        problem, {one.code: one for one in kept}, [one.name for one in given if one.code not in kept_codes],
        [one.code for one in own if one.code in kept_codes], len(rows),
    )  # fmt: skip


def _degrees(rows: list[Candidate]) -> tuple[Array, Array]:
    points = np.array([one.point for one in rows], float).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def _demand(found: Held, asked: Siting, scope: Scope) -> tuple[Array, dict[str, Array]]:
    """One home for each row of demand, and how many people of each group stand behind it."""
    mine = (
        found.homes.mask(scope.narrowed(asked.region_id, asked.region.upper))
        & found.people
        & found.spots.placed
    )
    rows = np.flatnonzero(mine)
    if not len(rows):
        raise Refused(
            "circle.nobody_here",
            "Nobody of the registry with a known place lives in this region.",
            field="region",
        )
    if len(rows) <= MOST_HOMES:
        return rows, {code: column[rows] for code, column in found.weights.items()}
    keys = found.homes.region[rows] * (len(found.finest[1]) + 1) + found.finest[0][rows]
    _codes, first, group = np.unique(keys, return_index=True, return_inverse=True)
    counts = {code: np.bincount(group, column[rows], len(first)) for code, column in found.weights.items()}
    return rows[first], {code: np.rint(count).astype(np.int64) for code, count in counts.items()}


def answer(asked: Siting, scope: Scope, *, at: datetime, seconds: float) -> dict[str, Any]:
    """The sites and what they are worth, as plain values that can be kept."""
    found = held(timezone.localdate(at))
    table = desk(asked, scope, found)
    goal = _goal(asked)
    result = solve(table.problem, goal, stop=Stop(seconds=seconds))
    judged = result.judged
    year = {code: number for number, stage in enumerate(result.plan, 1) for code in stage}
    used = streets()
    out = {
        "sites": [_site(one, table, year) for one in judged.sites],
        "value": result.value, "bound": result.bound, "gap": result.gap, "proof": result.proof,
        "total": _whole(judged.total), "before": _whole(judged.before), "covered": _whole(judged.covered), "cost": judged.cost,
        "towns": [
            [int(str(one.name)), _whole(one.total), _whole(one.before), _whole(one.covered)] for one in judged.regions
        ],
        "years": [{"cost": one.cost, "covered": _whole(one.covered), "sites": len(one.chosen)} for one in judged.years],
        "candidates": len(table.places), "off_street": table.off_street[:20], "homes": table.homes,
        "walker": found.ground.profile.speed, "approximate": found.ground.approximate, "network": used.name if used else "",
    }  # fmt: skip
    if table.own:
        both = compare(
            table.problem, Cover(sites=max(len(table.own), len(result.chosen))), table.own, result.chosen
        )
        out["own"] = _beside(both, table)
    return out


def _goal(asked: Siting) -> Cover | Meet | Staged:
    if asked.goal == Goal.COVER:
        return Cover(sites=asked.sites)
    if asked.goal == Goal.BUDGET:
        return Cover(budget=asked.budget_fen)
    if asked.goal == Goal.SHARE:
        return Meet((Floor((asked.share or 0) / 100),))
    stage = Stage(sites=asked.sites) if asked.sites else Stage(budget=asked.budget_fen)
    return Staged(tuple(replace(stage) for _year in range(asked.years or 1)))


def _whole(counts: Any) -> dict[str, int]:
    """Counts by group; everybody goes by the first group's code."""
    return {book().codes[0] if name == PEOPLE else name: round(number) for name, number in counts.items()}


def _site(one: Any, table: Desk, year: dict[str, int]) -> dict[str, Any]:
    place = table.places[one.code]
    return {
        "code": one.code, "name": place.name, "lon": place.point.lon, "lat": place.point.lat, "cost": one.cost,
        "newly": _whole(one.newly), "reaches": _whole(one.reaches), "lost": _whole(one.lost), "year": year.get(one.code),
        "reasons": [[reason.text, {name: str(value) for name, value in reason.values.items()}] for reason in sentences(one)],
    }  # fmt: skip


def _beside(both: Comparison, table: Desk) -> dict[str, Any]:
    mine: Judged = both.first
    return {
        "sites": [_site(one, table, {}) for one in mine.sites], "covered": _whole(mine.covered), "cost": mine.cost,
        "shared": len(both.both), "gained": _whole(both.gained_people), "given_up": _whole(both.given_up_people),
    }  # fmt: skip


__all__ = ["GIVEN", "IDLE", "VILLAGES", "Candidate", "Result", "answer", "candidates", "listed"]
