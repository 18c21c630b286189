"""How much can be covered at best: Lagrange's bound, in which cells sell what they weigh to the sites that reach them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from songhe.core.siting.cells import Cells
from songhe.core.siting.kinds import Array

STEPS = 400
STALL, HALVE, LEAST = 10, 0.6, 1e-3


@dataclass
class Bound:
    """The least bound found, and by how much it falls when a site is taken in (or left out) against its will."""

    value: float
    prices: Array
    rent: Array


def covering_bound(
    cells: Cells,
    weight: Array,
    cost: Array,
    must: Array,
    limits: tuple[int | None, int | None],
    *,
    value: float,
    steps: int = STEPS,
    enough: Callable[[float], bool] = lambda _bound: False,
) -> Bound:
    """No choice within the limits (number, budget) covers more.

    Each cell has a price up to its weight. Whatever is covered is worth at most its weight less its price, which is got in
    any case, and the prices of the cells of the sites chosen; the best sites for given prices are found at once.
    """
    by_site, by_cell = cells.by_site, cells.by_cell
    reach = np.asarray(by_cell.sum(1)).ravel()
    prices = weight / np.maximum(reach, 1)
    best, kept, theta, stall, slope = np.inf, prices, 1.0, 0, np.zeros(len(weight))
    total = weight.sum()
    for _step in range(steps):
        rent = by_site @ prices
        picked, worth = _picked(rent, cost, must, limits)
        now = float(total - prices.sum() + worth)
        if now < best - 1e-9 * abs(best):
            stall = stall if best - now < 1e-6 * abs(best) else 0
            best, kept = now, prices
        else:
            stall += 1
        if enough(best) or theta < LEAST:
            break
        if stall >= STALL:
            theta, stall, prices, slope = theta * HALVE, 0, kept, np.zeros(len(weight))
            continue
        push = 1.0 - by_cell @ picked
        push[(push > 0) & (prices >= weight)] = 0.0
        slope = push + 0.5 * slope
        square = float(slope @ slope)
        if square <= 0:
            break
        far = theta * max(now - value, 1e-6 * abs(now)) / square
        prices = np.clip(prices + far * slope, 0.0, weight)
    return Bound(max(best, 0.0) if len(weight) else 0.0, kept, by_site @ kept)


def _picked(
    rent: Array, cost: Array, must: Array, limits: tuple[int | None, int | None]
) -> tuple[Array, float]:
    """The sites with the highest rents within the limits, parts of a site allowed where money ends."""
    most, budget = limits
    picked = must.astype(np.float64)
    free = np.flatnonzero(~must)
    found: list[tuple[float, Array]] = []
    if most is not None:
        left = max(most - int(must.sum()), 0)
        top = (
            free
            if left >= len(free)
            else free[np.argpartition(-rent[free], left - 1)[:left]]
            if left
            else free[:0]
        )
        chosen = picked.copy()
        chosen[top] = 1.0
        found.append((float(rent @ chosen), chosen))
    if budget is not None:
        money = float(budget - cost[must].sum())
        with np.errstate(divide="ignore"):
            order = free[
                np.argsort(-np.where(cost[free] > 0, rent[free] / cost[free], np.inf), kind="stable")
            ]
        paid = np.cumsum(cost[order])
        whole = int(np.searchsorted(paid, money, side="right"))
        chosen = picked.copy()
        chosen[order[:whole]] = 1.0
        if whole < len(order):
            before = float(paid[whole - 1]) if whole else 0.0
            chosen[order[whole]] = (money - before) / cost[order[whole]]
        found.append((float(rent @ chosen), chosen))
    worth, chosen = min(found, key=lambda one: one[0])
    return chosen, worth
