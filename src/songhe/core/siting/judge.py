"""What any set of sites is worth, worked out from problem and goal alone, so that a plan made by hand is judged as a found one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from songhe.core.decision import Reason
from songhe.core.siting.explain import covering, flowing, nearest
from songhe.core.siting.faults import faults, yuan
from songhe.core.siting.goals import Cover, Farthest, Goal, Meet, Nearest, Serve, Staged
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array
from songhe.core.siting.problem import Problem
from songhe.core.siting.result import Judged, Opened, Region, Year
from songhe.core.siting.room import flow
from songhe.core.siting.ways import two_nearest

Chosen = Collection[str] | Sequence[Collection[str]]
"""Codes of new sites; for a goal in stages, those of each stage."""


def judge(problem: Problem, goal: Goal, chosen: Chosen) -> Judged:
    """Value, cost, who is covered and who is not, what each site brings, and which rule of the goal is broken."""
    ground = problem.ground
    if isinstance(goal, Staged):
        return _staged(ground, goal, [set(one) for one in cast("Sequence[Collection[str]]", chosen)])
    codes = set(cast("Collection[str]", chosen))
    sites = ground.chosen(codes)
    if isinstance(goal, Nearest | Farthest):
        return _ways(ground, goal, sites)
    if isinstance(goal, Serve):
        return _served(ground, goal, sites)
    value = value_of(ground, goal, sites)
    return judged(ground, goal, sites, value, covering(ground, sites))


def value_of(ground: Ground, goal: Cover | Meet, sites: Array) -> float:
    """The weight within reach, or the cost."""
    if isinstance(goal, Meet):
        return float(len(sites) if goal.count else ground.cost[sites].sum())
    return covered_weight(ground, sites)


def covered_weight(ground: Ground, sites: Array) -> float:
    """The weight that existing and some new sites reach."""
    return float(ground.weight[ground.base + ground.count(sites) > 0].sum())


def judged(
    ground: Ground,
    goal: Goal,
    sites: Array,
    value: float,
    opened: tuple[Opened, ...],
    more: tuple[Reason, ...] = (),
) -> Judged:
    """What is told of every goal: costs, coverage by region, who is left."""
    covered = ground.base + ground.count(sites) > 0
    left = ~covered & (ground.people > 0)
    order = [one.code for one in opened]
    return Judged(
        chosen=tuple(order),
        value=value,
        cost=int(ground.cost[sites].sum()),
        faults=(*faults(ground, goal, sites), *more),
        total=ground.total,
        before=ground.told(ground.base > 0),
        covered=ground.told(covered),
        uncovered=np.flatnonzero(left),
        unreachable=np.flatnonzero(left & ~ground.reachable),
        sites=opened,
        regions=_regions(ground, covered),
    )


def _regions(ground: Ground, covered: Array) -> tuple[Region, ...]:
    names, of = ground.region_names, ground.region_of
    if not names:
        return ()
    parts: list[list[dict[str, float]]] = []
    for mask in (np.ones(len(of), bool), ground.base > 0, covered):
        sums = {
            name: np.bincount(of[mask], weights=column[mask], minlength=len(names)).astype(column.dtype)
            for name, column in ground.columns.items()
        }
        parts.append([{name: one[at].item() for name, one in sums.items()} for at in range(len(names))])
    return tuple(Region(name, *(part[at] for part in parts)) for at, name in enumerate(names))


def _ways(ground: Ground, goal: Nearest | Farthest, sites: Array) -> Judged:
    """The ways to the nearest facility."""
    beyond = ground.longest
    if isinstance(goal, Nearest) and goal.beyond is not None:
        beyond = goal.beyond
    first, second, who = two_nearest(ground, np.flatnonzero(ground.existing), sites, beyond)
    opened = nearest(ground, sites, first, second, who)
    somebody = ground.people > 0
    mean = float(np.average(first, weights=ground.people)) if somebody.any() else 0.0
    if isinstance(goal, Nearest):
        value = float((ground.weight * first).sum())
        longest = float(first[somebody].max(initial=0))
    else:
        asked = somebody & reached(ground)
        value = longest = float(np.where(who >= 0, first, np.inf)[asked].max(initial=0))
    return replace(judged(ground, goal, sites, value, opened), mean=mean, longest=longest)


def reached(ground: Ground) -> Array:
    """Whether any site that exists or can be chosen has a way to a place."""
    found = np.zeros(len(ground.people), bool)
    for site in np.flatnonzero(ground.existing | ground.open_to_choice):
        found[ground.ways(int(site))[0]] = True
    return found


def _served(ground: Ground, goal: Serve, sites: Array) -> Judged:
    value, served = flow(ground, sites)
    opened = flowing(ground, sites, served)
    return replace(judged(ground, goal, sites, value, opened), served=float(sum(served.values())))


def _staged(ground: Ground, goal: Staged, plan: list[set[str]]) -> Judged:
    plan = plan + [set() for _stage in range(len(goal.stages) - len(plan))]
    so_far: set[str] = set()
    years, value = [], 0.0
    for stage, codes in zip(goal.stages, plan, strict=False):
        new = codes - so_far
        so_far |= codes
        sites = ground.chosen(so_far)
        value += stage.weight * covered_weight(ground, sites)
        covered = ground.told(ground.base + ground.count(sites) > 0)
        added = ground.chosen(new)
        years.append(Year(tuple(ground.codes[at] for at in added), int(ground.cost[added].sum()), covered))
    sites = ground.chosen(so_far)
    order = [[ground.number[code] for code in year.chosen] for year in years]
    told = judged(
        ground, goal, sites, value, covering(ground, sites, order), staged_faults(ground, goal, years)
    )
    return replace(told, years=tuple(years))


def staged_faults(ground: Ground, goal: Staged, years: list[Year]) -> tuple[Reason, ...]:
    """Whether more is spent or built up to a year than may be."""
    found, money, number = [], 0, 0
    for at, (stage, year) in enumerate(zip(goal.stages, years, strict=False), 1):
        money += (stage.budget or 0) - year.cost
        number += (stage.sites or 0) - len(year.chosen)
        if stage.budget is not None and money < 0:
            found.append(
                Reason(
                    "By stage {stage}, spending exceeds the funds by {more} yuan.",
                    "budget",
                    {"stage": at, "more": yuan(-money)},
                )
            )
        if stage.sites is not None and number < 0:
            found.append(
                Reason(
                    "By stage {stage} there are {more} sites too many.",
                    "sites",
                    {"stage": at, "more": -number},
                )
            )
    return tuple(found)
