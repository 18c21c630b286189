"""Where to build next: the answer to a question, in plain values that can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from math import ceil, isfinite
from typing import Any

from django.utils import timezone

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Goal, Siting
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.held import held
from songhe.areas.circle.queries.tables import Table, table
from songhe.core.refusal import Refused
from songhe.core.siting import (
    PEOPLE,
    Comparison,
    Cover,
    Farthest,
    Floor,
    Judged,
    Meet,
    Nearest,
    Problem,
    Result,
    Serve,
    Stage,
    Staged,
    Stop,
    compare,
    judge,
    sentences,
    solve,
)  # fmt: skip
from songhe.core.siting import Goal as Asked
from songhe.engines.access.api import Scope
from songhe.kit.words import yuan


def answer(asked: Siting, scope: Scope, *, at: datetime, seconds: float) -> dict[str, Any]:
    """The sites and what they are worth, as plain values that can be kept."""
    found = held(timezone.localdate(at))
    here = table(asked, scope, found)
    goal = _goal(asked)
    result = _solved(here.asked, goal, Stop(seconds=seconds))
    judged = result.judged
    near = (
        judged
        if here.asked is here.cover
        else judge(here.cover, Cover(sites=len(result.chosen)), result.chosen)
    )
    year = {code: number for number, stage in enumerate(result.plan, 1) for code in stage}
    used, before = streets(), _before(here, goal)
    out = {
        "sites": [_site(one, here, year, near) for one in judged.sites],
        "value": _known(result.value), "bound": _known(result.bound), "gap": _known(result.gap), "proof": result.proof,
        "total": _whole(near.total), "before": _whole(near.before), "covered": _whole(near.covered), "cost": judged.cost,
        "towns": [
            [int(str(one.name)), _whole(one.total), _whole(one.before), _whole(one.covered)] for one in near.regions
        ],
        "years": [{"cost": one.cost, "covered": _whole(one.covered), "sites": len(one.chosen)} for one in judged.years],
        "candidates": len(here.places), "off_street": here.off_street[:20], "homes": len(here.asked.demand),
        "walker": found.ground.profile.speed, "approximate": found.ground.approximate, "network": used.name if used else "",
        "measures": [[name, before.get(name), after] for name, after in _measured(goal, judged).items()],
    }  # fmt: skip
    if here.own:
        ours = Cover(sites=max(len(here.own), len(result.chosen)))
        both = compare(here.cover, ours, here.own, result.chosen)
        theirs = judge(here.asked, goal, [here.own] if isinstance(goal, Staged) else here.own)
        out["own"] = _beside(both, here) | {
            "measures": _measured(goal, theirs),
            "faults": [[one.text, plain(one.values)] for one in theirs.faults if one.rule == "floor"],
        }
    if asked.floor:
        out["floor"] = [
            [int(str(one.name)), _whole(one.total), _whole(one.before), _whole(one.covered)] for one in judged.regions
        ]  # fmt: skip
    return out


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values of a sentence as they can be kept."""
    return {name: value if isinstance(value, int | float) else str(value) for name, value in values.items()}


def _solved(problem: Problem, goal: Asked, stop: Stop) -> Result:
    """The answer; where floors are too high for the sites or the money, the refusal says how much they need."""
    try:
        return solve(problem, goal, stop=stop)
    except Refused as refused:
        if refused.code != "floors_too_high" or not isinstance(goal, Cover):
            raise
        by_sites = goal.sites is not None
        needed = solve(problem, Meet(goal.floors, count=by_sites), stop=stop).bound or 0.0
        need, given = ceil(needed - 1e-6), goal.sites if by_sites else goal.budget
        if given is None or need <= given:
            raise
        if by_sites:
            raise Refused(
                "circle.floor_needs_sites",
                "The minimum coverage of every region needs {need} new sites or more; only {asked} are asked for. Ask for more, or lower the minimum.",
                field="floor", need=need, asked=given,
            ) from refused  # fmt: skip
        raise Refused(
            "circle.floor_needs_money",
            "The minimum coverage of every region costs {need} yuan or more; {asked} are available. Raise the budget, or lower the minimum.",
            field="floor", need=yuan(need), asked=yuan(given),
        ) from refused  # fmt: skip


def _goal(asked: Siting) -> Asked:
    sites = asked.sites or 0
    floors = (Floor(asked.floor / 100, every=True),) if asked.floor else ()
    match asked.goal:
        case Goal.COVER:
            return Cover(sites=sites, floors=floors)
        case Goal.BUDGET:
            return Cover(budget=asked.budget_fen, floors=floors)
        case Goal.SHARE:
            return Meet((Floor((asked.share or 0) / 100), *floors))
        case Goal.MEDIAN:
            return Nearest(sites)
        case Goal.CENTRE:
            return Farthest(sites)
        case Goal.PLACES:
            return Serve(sites)
    stage = Stage(sites=asked.sites) if asked.sites else Stage(budget=asked.budget_fen)
    return Staged(tuple(replace(stage) for _year in range(asked.years or 1)))


def _measured(goal: Asked, judged: Judged) -> dict[str, int | None]:
    """What a goal of ways or places is about: seconds of ways (None where somebody has none), people with a place."""
    if isinstance(goal, Serve):
        return {"served": round(judged.served or 0)}
    if isinstance(goal, Nearest | Farthest):
        return {"mean": _seconds(judged.mean), "longest": _seconds(judged.longest)}
    return {}


def _before(here: Table, goal: Asked) -> dict[str, int | None]:
    """The same with the sites that stand; nothing where there are none."""
    stands = any(site.state == "existing" for site in here.asked.sites)
    return _measured(goal, judge(here.asked, goal, ())) if stands and here.asked is not here.cover else {}


def _seconds(way: float | None) -> int | None:
    return round(way) if way is not None and isfinite(way) else None


def _known(value: float | None) -> float | None:
    return value if value is None or isfinite(value) else None


def _whole(counts: Any) -> dict[str, int]:
    """Counts by group; everybody goes by the first group's code."""
    return {book().codes[0] if name == PEOPLE else name: round(number) for name, number in counts.items()}


def _site(one: Any, here: Table, year: dict[str, int], near: Judged | None = None) -> dict[str, Any]:
    """A site with its reasons; of a goal of ways or places also whom it brings within reach."""
    place = here.places[one.code]
    told = one
    if near is not None and not one.newly:
        other = next(row for row in near.sites if row.code == one.code)
        newly, lost = ({} if not counts[PEOPLE] else counts for counts in (other.newly, other.lost))
        told = replace(one, newly=newly, reaches=other.reaches, lost=lost)
    return {
        "code": one.code, "name": place.name, "lon": place.point.lon, "lat": place.point.lat, "cost": one.cost,
        "newly": _whole(told.newly), "reaches": _whole(told.reaches), "lost": _whole(told.lost), "serves": _whole(one.serves),
        "year": year.get(one.code), "mean": _seconds(one.mean),
        "reasons": [[reason.text, {name: str(value) for name, value in reason.values.items()}] for reason in sentences(told)],
    }  # fmt: skip


def _beside(both: Comparison, here: Table) -> dict[str, Any]:
    mine: Judged = both.first
    return {
        "sites": [_site(one, here, {}) for one in mine.sites], "covered": _whole(mine.covered), "cost": mine.cost,
        "shared": len(both.both), "gained": _whole(both.gained_people), "given_up": _whole(both.given_up_people),
    }  # fmt: skip
