"""Most people served within capacities and a budget: one programme of flows, begun from its own relaxation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songhe.core.siting.asked import possible, somebody
from songhe.core.siting.found import Effort, Found, near_enough
from songhe.core.siting.goals import Serve
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Model
from songhe.core.siting.room import flow, flow_model, flow_of


def serve(ground: Ground, goal: Serve, effort: Effort) -> Found:
    """The sites that serve most, with a bound."""
    possible(ground, goal.sites, goal.budget)
    somebody(ground)
    sites = np.union1d(np.flatnonzero(ground.existing), ground.choices)
    net = flow_of(ground, sites)
    fixed = ground.existing[sites] | ground.must[sites]
    cost = np.where(ground.existing[sites], -1, ground.cost[sites])
    model = flow_model(net, cost, fixed.astype(float), np.ones(len(sites)), (goal.sites, goal.budget))
    pairs = len(net.cells.cells)
    relaxed = replace(model, whole=np.zeros(len(model.whole), bool)).solve(seconds=effort.left())
    picked = _rounded(
        ground, goal, sites, relaxed.x[pairs:] if relaxed.x is not None else fixed.astype(float)
    )
    bound, best = -relaxed.bound if relaxed.proved else None, flow(ground, picked)[0]
    if bound is not None and near_enough(best, bound, gap=effort.stop.gap, whole=False, above=True):
        return _found(picked, best, bound)
    if effort.stop.exact:
        answer = model.solve(
            seconds=effort.left(),
            nodes=effort.nodes(),
            gap=effort.stop.gap,
            start=_start(model, ground, sites, picked, pairs),
        )
        if np.isfinite(answer.bound):
            bound = -answer.bound if bound is None else min(bound, -answer.bound)
        if answer.x is not None and -answer.value > best:
            chosen = sites[(answer.x[pairs:] > 0.5) & ~ground.existing[sites]]
            best, picked = flow(ground, chosen)[0], chosen
    return _found(picked, best, bound)


def _found(picked: Array, value: float, bound: float | None) -> Found:
    if bound is None:
        return Found(picked, None, "none")
    bound = max(bound, value)
    return Found(
        picked, bound, "exact" if near_enough(value, bound, gap=0.0, whole=False, above=True) else "lp"
    )


def _rounded(ground: Ground, goal: Serve, sites: Array, open_: Array) -> Array:
    """Sites by how far the relaxation opens them, as long as number and money last."""
    picked = np.flatnonzero(ground.must).tolist()
    money, number = int(ground.cost[picked].sum()), len(picked)
    for at in np.lexsort((sites, -np.round(open_, 9))):
        site = int(sites[at])
        if ground.existing[site] or ground.must[site] or open_[at] < 1e-6:
            continue
        fits = goal.budget is None or money + ground.cost[site] <= goal.budget
        if fits and (goal.sites is None or number < goal.sites):
            picked.append(site)
            money, number = money + int(ground.cost[site]), number + 1
    return np.array(sorted(picked), np.int64)


def _start(model: Model, ground: Ground, sites: Array, picked: Array, pairs: int) -> Array | None:
    """The flows of some sites, as values of all variables."""
    opened = (np.isin(sites, picked) | ground.existing[sites]).astype(float)
    lower, upper = np.array(model.lower), model.upper.copy()
    lower[pairs:] = upper[pairs:] = opened
    return replace(model, lower=lower, upper=upper, whole=np.zeros(len(upper), bool)).solve().x
