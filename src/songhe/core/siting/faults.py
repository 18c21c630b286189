"""Which rules of a goal a set of sites breaks; each says by how much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songhe.core.decision import Reason
from songhe.core.siting.goals import Cover, Floor, Goal, Meet, Staged
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array

SLACK = 1e-9


def faults(ground: Ground, goal: Goal, sites: Array) -> Iterator[Reason]:
    """Of sites that must not be, sites that must be, number, money and floors."""
    for site in sites:
        if not ground.open_to_choice[site]:
            yield Reason("{code} may not be built, or is too small.", "never", {"code": ground.codes[site]})
    for site in np.setdiff1d(np.flatnonzero(ground.must), sites):
        yield Reason("{code} must be built.", "must", {"code": ground.codes[site]})
    number, budget = (
        (None, None) if isinstance(goal, Meet | Staged) else (goal.sites, getattr(goal, "budget", None))
    )
    if number is not None and len(sites) > number:
        yield Reason("There are {more} sites too many.", "sites", {"more": len(sites) - number})
    cost = int(ground.cost[sites].sum())
    if budget is not None and cost > budget:
        yield Reason("It exceeds the funds by {more} yuan.", "budget", {"more": yuan(cost - budget)})
    if isinstance(goal, Cover | Meet):
        covered = ground.base + ground.count(sites) > 0
        for floor, places in spread(ground, goal.floors):
            yield from _floor(ground, floor, places, covered)


def _floor(ground: Ground, floor: Floor, places: Array, covered: Array) -> Iterator[Reason]:
    column = ground.columns[floor.group]
    total, met = float(column[places].sum()), float(column[places & covered].sum())
    if met < floor.share * total - SLACK * max(1.0, total):
        values = {"group": floor.group, "share": met / total, "asked": floor.share}
        if floor.region is None:
            yield Reason("Of {group} {share:.1%} are within reach; {asked:.1%} is required.", "floor", values)
        else:
            values |= {"region": floor.region}
            yield Reason(
                "In {region} {share:.1%} of {group} are within reach; {asked:.1%} is required.",
                "floor",
                values,
            )


def yuan(fen: int) -> str:
    """Money as it is told."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def spread(ground: Ground, floors: tuple[Floor, ...]) -> Iterator[tuple[Floor, Array]]:
    """Each floor with the places it speaks of; one for every region becomes one for each."""
    everywhere = np.ones(len(ground.people), bool)
    for floor in floors:
        if floor.every:
            for at, name in enumerate(ground.region_names):
                yield Floor(floor.share, floor.group, name), ground.region_of == at
        elif floor.region is not None:
            at = ground.region_names.index(floor.region)
            yield floor, ground.region_of == at
        else:
            yield floor, everywhere
