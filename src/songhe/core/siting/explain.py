"""What each site brings: whom it reaches newly, whom only it reaches, and what is lost without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np

from songhe.core.decision import Reason
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import PEOPLE, Array, Counts
from songhe.core.siting.result import Opened


def covering(
    ground: Ground, sites: Array, order: Sequence[Sequence[int]] | None = None
) -> tuple[Opened, ...]:
    """For goals of coverage, in the order in which sites bring most (within each of the stages in ``order``)."""
    count = ground.base + ground.count(sites)
    done = ground.base > 0
    told = []
    for stage in [sites.tolist()] if order is None else order:
        for site in _by_gain(ground, stage, done):
            rows = ground.rows(site)
            new, alone = rows[~done[rows]], rows[count[rows] == 1]
            done[rows] = True
            told.append(
                Opened(
                    code=ground.codes[site],
                    cost=int(ground.cost[site]),
                    reaches=ground.told(rows),
                    newly=ground.told(new),
                    lost=ground.told(alone),
                    shared=ground.told(rows[count[rows] > 1]),
                    capacity=ground.problem.sites[site].capacity,
                    saved=float(ground.weight[alone].sum()),
                )
            )
    return tuple(told)


def _by_gain(ground: Ground, sites: Iterable[int], done: Array) -> Iterable[int]:
    """Sites by the weight that they reach newly; ``done`` changes while they are taken."""
    heap = [(-_weight(ground, ground.rows(site), done), site) for site in sites]
    heapify(heap)
    while heap:
        _old, site = heappop(heap)
        now = -_weight(ground, ground.rows(site), done)
        if heap and (now, site) > heap[0]:
            heappush(heap, (now, site))
        else:
            yield site


def _weight(ground: Ground, rows: Array, done: Array) -> float:
    return float(ground.weight[rows[~done[rows]]].sum())


def nearest(ground: Ground, sites: Array, first: Array, second: Array, who: Array) -> tuple[Opened, ...]:
    """For goals of ways: who goes where, how far, and how much longer all ways would be without a site."""
    told = []
    for site in sites.tolist():
        mine = np.flatnonzero(who == site)
        people, ways = ground.people[mine], first[mine]
        told.append(
            Opened(
                code=ground.codes[site],
                cost=int(ground.cost[site]),
                serves=ground.told(mine),
                capacity=ground.problem.sites[site].capacity,
                mean=float(np.average(ways, weights=people)) if people.sum() else None,
                longest=float(ways[people > 0].max(initial=0)) if len(mine) else None,
                saved=float((ground.weight[mine] * (second[mine] - ways)).sum()),
            )
        )
    return tuple(sorted(told, key=lambda one: (-(one.saved or 0), one.code)))


def flowing(ground: Ground, sites: Array, served: dict[int, float]) -> tuple[Opened, ...]:
    """For served people: how many find room at each site, beside whom it reaches."""
    told = {one.code: one for one in covering(ground, sites)}
    found = [
        replace(told[ground.codes[site]], serves={PEOPLE: served.get(site, 0.0)}, saved=None)
        for site in sites.tolist()
    ]
    return tuple(sorted(found, key=lambda one: (-one.serves[PEOPLE], one.code)))


def sentences(opened: Opened) -> tuple[Reason, ...]:
    """The same in words, for a list beside the map; each is a template with values, to be translated where it is shown."""
    found: list[Reason] = []
    if opened.newly:
        found.append(Reason("This site newly covers {number} people.", "newly", _people(opened.newly)))
        found += [Reason("Of them {group}: {number}.", "newly", one) for one in _groups(opened.newly)]
    if opened.lost:
        found.append(
            Reason("Without it {number} people would be out of reach.", "lost", _people(opened.lost))
        )
    if opened.serves:
        found.append(Reason("{number} people go there.", "serves", _people(opened.serves)))
        found += [Reason("Of them {group}: {number}.", "serves", one) for one in _groups(opened.serves)]
    return tuple(found)


def _people(counts: Counts) -> dict[str, object]:
    return {"number": f"{counts[PEOPLE]:,.0f}"}


def _groups(counts: Counts) -> list[dict[str, object]]:
    return [
        {"group": group, "number": f"{number:,.0f}"}
        for group, number in counts.items()
        if group != PEOPLE and number
    ]
