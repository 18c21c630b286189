"""Where to build next: the answer to a question, in plain values that can be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Goal, Siting
from songhe.areas.circle.queries.ground import streets
from songhe.areas.circle.queries.held import held
from songhe.areas.circle.queries.tables import Table, table
from songhe.core.siting import (
    PEOPLE,
    Comparison,
    Cover,
    Farthest,
    Floor,
    Judged,
    Meet,
    Nearest,
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


def answer(asked: Siting, scope: Scope, *, at: datetime, seconds: float) -> dict[str, Any]:
    """The sites and what they are worth, as plain values that can be kept."""
    found = held(timezone.localdate(at))
    here = table(asked, scope, found)
    goal = _goal(asked)
    result = solve(here.asked, goal, stop=Stop(seconds=seconds))
    judged = result.judged
    near = (
        judged
        if here.asked is here.cover
        else judge(here.cover, Cover(sites=len(result.chosen)), result.chosen)
    )
    year = {code: number for number, stage in enumerate(result.plan, 1) for code in stage}
    used = streets()
    out = {
        "sites": [_site(one, here, year, near) for one in judged.sites],
        "value": result.value, "bound": result.bound, "gap": result.gap, "proof": result.proof,
        "total": _whole(near.total), "before": _whole(near.before), "covered": _whole(near.covered), "cost": judged.cost,
        "towns": [
            [int(str(one.name)), _whole(one.total), _whole(one.before), _whole(one.covered)] for one in near.regions
        ],
        "years": [{"cost": one.cost, "covered": _whole(one.covered), "sites": len(one.chosen)} for one in judged.years],
        "candidates": len(here.places), "off_street": here.off_street[:20], "homes": len(here.asked.demand),
        "walker": found.ground.profile.speed, "approximate": found.ground.approximate, "network": used.name if used else "",
        "measures": _measures(here, goal, judged),
    }  # fmt: skip
    if here.own:
        ours = Cover(sites=max(len(here.own), len(result.chosen)))
        both = compare(here.cover, ours, here.own, result.chosen)
        theirs = judge(here.asked, goal, here.own) if here.asked is not here.cover else None
        out["own"] = _beside(both, here) | {"measures": _measures(here, goal, theirs) if theirs else []}
    return out


def _goal(asked: Siting) -> Asked:
    sites = asked.sites or 0
    match asked.goal:
        case Goal.COVER:
            return Cover(sites=sites)
        case Goal.BUDGET:
            return Cover(budget=asked.budget_fen)
        case Goal.SHARE:
            return Meet((Floor((asked.share or 0) / 100),))
        case Goal.MEDIAN:
            return Nearest(sites)
        case Goal.CENTRE:
            return Farthest(sites)
        case Goal.PLACES:
            return Serve(sites)
    stage = Stage(sites=asked.sites) if asked.sites else Stage(budget=asked.budget_fen)
    return Staged(tuple(replace(stage) for _year in range(asked.years or 1)))


def _measures(here: Table, goal: Asked, judged: Judged) -> list[list[Any]]:
    """What a goal of ways or places is about: its name, before and after; seconds for ways, people for places."""
    if isinstance(goal, Cover | Meet | Staged):
        return []
    before = judge(here.asked, goal, ())
    if isinstance(goal, Serve):
        return [["served", round(before.served or 0), round(judged.served or 0)]]
    stands = any(site.state == "existing" for site in here.asked.sites)
    return [
        [name, round(old or 0) if stands else None, round(new or 0)]
        for name, old, new in (
            ("mean", before.mean, judged.mean),
            ("longest", before.longest, judged.longest),
        )
    ]


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
        "year": year.get(one.code), "mean": None if one.mean is None else round(one.mean),
        "reasons": [[reason.text, {name: str(value) for name, value in reason.values.items()}] for reason in sentences(told)],
    }  # fmt: skip


def _beside(both: Comparison, here: Table) -> dict[str, Any]:
    mine: Judged = both.first
    return {
        "sites": [_site(one, here, {}) for one in mine.sites], "covered": _whole(mine.covered), "cost": mine.cost,
        "shared": len(both.both), "gained": _whole(both.gained_people), "given_up": _whole(both.given_up_people),
    }  # fmt: skip
