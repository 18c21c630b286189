"""How much can be covered at best: Lagrange's bound, in which cells sell what they weigh to the sites that reach them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from songhe.core.siting.cells import Cells
from songhe.core.siting.ground import gathered
from songhe.core.siting.kinds import Array

STEPS, FINE = 1000, 6000
STALL, HALVE, LEAST, SWAY = 30, 0.65, 5e-3, 0.9
"""Steps without better bounds before they get shorter, by how much, when to stop, and how much of the last step goes on.
For small problems the steps are finer, since what the bound rules out need not be searched."""
SMALL, CLOSE = 100_000, 0.02


@dataclass
class Bound:
    """The least bound found, sites that no better choice has (``never``), and sites that every better one has (``always``).

    Each step of prices rules out others, so all of them are asked.
    """

    value: float
    never: Array
    always: Array


@dataclass(frozen=True)
class Limits:
    """How many sites and how much money there is, and which sites are taken in any case."""

    sites: int | None
    budget: int | None
    cost: Array
    must: Array


def covering_bound(
    cells: Cells,
    weight: Array,
    limits: Limits,
    *,
    count: Array,
    better: float = np.inf,
    enough: Callable[[float], bool] = lambda _bound: False,
) -> Bound:
    """No choice within the limits covers more. ``count`` says how often a good choice reaches each cell, ``better``
    is the least that a better one would cover.

    Each cell has a price up to its weight. Whatever is covered is worth at most its weight less its price, which is got in
    any case, and the prices of the cells of the sites chosen; the best sites for given prices are found at once. Sums are
    NumPy's and not a product of vectors, for which its library would wake all cores.
    """
    by_site, value = cells.by_site, float(weight[count > 0].sum())
    prices = weight * np.where(count == 0, 1.0, np.where(count == 1, 0.5, 0.0))
    best, kept = np.inf, prices
    never, always = np.zeros(len(limits.must), bool), limits.must.copy()
    theta, stall, slope, total = 1.0, 0, np.zeros(len(weight)), float(weight.sum())
    steps, least = (FINE, LEAST / 50) if len(cells.cells) < SMALL else (STEPS, LEAST)
    for _step in range(steps):
        rent = by_site @ prices
        picked, worth = _picked(rent, limits)
        now = total - float(prices.sum()) + worth
        if limits.budget is None and now < better + CLOSE * abs(now):
            _rule_out(rent, picked, now - better, limits, (never, always))
        if now < best - 1e-9 * abs(now):
            stall = stall + 1 if best - now < 1e-5 * abs(now) else 0
            best, kept = now, prices
        else:
            stall += 1
        if enough(best) or theta < least:
            break
        if stall >= STALL:
            theta, stall, prices, slope = theta * HALVE, 0, kept, np.zeros(len(weight))
            continue
        push = 1.0 - _reached(cells, picked)
        push[((push > 0) & (prices >= weight)) | ((push < 0) & (prices <= 0))] = 0.0
        slope = push + SWAY * slope
        square = float(np.square(slope).sum())
        if square <= 0:
            break
        far = theta * max(now - value, 1e-6 * abs(now)) / square
        prices = np.clip(prices + far * slope, 0.0, weight)
    return Bound(max(best, 0.0) if len(weight) else 0.0, never, always)


def _rule_out(rent: Array, picked: Array, room: float, limits: Limits, decided: tuple[Array, Array]) -> None:
    """Sites whose coming in, or going out, would take more off the bound than there is room for something better."""
    never, always = decided
    inside, outside = (picked > 0) & ~limits.must, picked <= 0
    if inside.any() and outside.any():
        never |= outside & (rent[inside].min() - rent > room)
        always |= inside & (rent - rent[outside].max() > room)


def _reached(cells: Cells, picked: Array) -> Array:
    """How often some sites, or parts of them, reach each cell."""
    rows = np.flatnonzero(picked)
    at = gathered(cells.starts, rows)
    parts = np.repeat(picked[rows], cells.starts[rows + 1] - cells.starts[rows])
    found: Array = np.bincount(cells.cells[at], weights=parts, minlength=cells.size)
    return found


def _picked(rent: Array, limits: Limits) -> tuple[Array, float]:
    """The sites with the highest rents within the limits, parts of a site allowed where money ends."""
    must, cost = limits.must, limits.cost
    picked, free = must.astype(np.float64), np.flatnonzero(~must)
    found: list[Array] = []
    if limits.sites is not None:
        left = max(limits.sites - int(must.sum()), 0)
        top = (
            free
            if left >= len(free)
            else free[np.argpartition(-rent[free], left - 1)[:left]]
            if left
            else free[:0]
        )
        chosen = picked.copy()
        chosen[top] = 1.0
        found.append(chosen)
    if limits.budget is not None:
        money = float(limits.budget - cost[must].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(cost[free] > 0, rent[free] / cost[free], np.inf)
        order = free[np.argsort(-rate, kind="stable")]
        paid = np.cumsum(cost[order])
        whole = int(np.searchsorted(paid, money, side="right"))
        chosen = picked.copy()
        chosen[order[:whole]] = 1.0
        if whole < len(order):
            before = float(paid[whole - 1]) if whole else 0.0
            chosen[order[whole]] = (money - before) / cost[order[whole]]
        found.append(chosen)
    worths = [float((rent * chosen).sum()) for chosen in found]
    at = int(np.argmin(worths))
    return found[at], worths[at]
