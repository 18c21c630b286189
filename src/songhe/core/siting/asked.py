"""What a goal asks that cannot be, told before anything is looked for."""

from __future__ import annotations

import numpy as np

from songhe.core.refusal import Refused
from songhe.core.siting.faults import SLACK, spread, yuan
from songhe.core.siting.goals import Floor
from songhe.core.siting.ground import Ground


def possible(ground: Ground, sites: int | None, budget: int | None) -> None:
    """Refuse numbers and money that the sites themselves contradict."""
    free, must = len(ground.choices), int(ground.must.sum())
    if not free:
        raise Refused(
            "no_sites",
            "There is no site to choose from. Add candidates, or lower the area that a new site needs.",
            field="sites",
        )
    if sites is not None and sites > free:
        raise Refused(
            "too_few_sites",
            "{asked} new sites are required, but there are only {free} to choose from. Ask for fewer, or add candidates.",
            field="sites",
            asked=sites,
            free=free,
        )
    if sites is not None and must > sites:
        raise Refused(
            "too_many_musts",
            "{must} sites must be built, but only {asked} are required. Ask for more, or make some of them optional.",
            field="sites",
            must=must,
            asked=sites,
        )
    cost = int(ground.cost[ground.must].sum())
    if budget is not None and cost > budget:
        raise Refused(
            "musts_too_dear",
            "The sites that must be built exceed the funds by {more} yuan. Raise the budget, or make some of them optional.",
            field="budget",
            more=yuan(cost - budget),
        )


def somebody(ground: Ground) -> None:
    """Refuse a problem in which nobody can be reached at all."""
    if not ground.people.sum():
        raise Refused("no_demand", "There is nobody to serve: all numbers of people are 0.", field="demand")
    if not ground.people[ground.reachable].sum():
        raise Refused(
            "nobody_in_reach",
            "No site reaches anybody within the limit. Raise the limit, or check that sites and people are in the same area.",
            field="limit",
        )


def floors_in_reach(ground: Ground, floors: tuple[Floor, ...]) -> None:
    """Refuse floors that all sites together would not keep."""
    for floor in floors:
        if floor.group not in ground.columns:
            raise Refused("unknown_group", "There is no group {group}.", field="floors", group=floor.group)
        if floor.every and not ground.region_names:
            raise Refused(
                "no_regions", "A floor for every region needs the region of each place.", field="floors"
            )
        if floor.region is not None and floor.region not in ground.region_names:
            raise Refused(
                "unknown_region", "There is no region {region}.", field="floors", region=floor.region
            )
    for floor, places in spread(ground, floors):
        column = ground.columns[floor.group]
        total, most = float(column[places].sum()), float(column[places & ground.reachable].sum())
        if most < floor.share * total - SLACK * max(1.0, total):
            raise _beyond(floor, most / total)


def _beyond(floor: Floor, most: float) -> Refused:
    shares = {"most": np.floor(most * 1000) / 1000, "asked": floor.share}
    if floor.region is None:
        return Refused(
            "floor_out_of_reach",
            "All sites together reach {most:.1%} of {group}; {asked:.1%} is required. Lower the floor, or add candidates.",
            field="floors",
            group=floor.group,
            **shares,
        )
    return Refused(
        "floor_out_of_reach",
        "In {region}, all sites together reach {most:.1%} of {group}; {asked:.1%} is required. Lower the floor, or add candidates there.",
        field="floors",
        region=floor.region,
        group=floor.group,
        **shares,
    )
