"""Floors on cells: what may stay uncovered, and a cheap choice that keeps them."""

from __future__ import annotations

import numpy as np

from songhe.core.siting.cells import Cells
from songhe.core.siting.faults import spread
from songhe.core.siting.goals import Floor
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array

Rows = list[tuple[Array, float]]
"""For each floor, what its cells count, and how much of that may stay uncovered."""


def floor_rows(ground: Ground, cells: Cells, floors: tuple[Floor, ...]) -> Rows:
    """What may stay uncovered of each floor's group, beside those whom nobody reaches anyway."""
    found = []
    for floor, places in spread(ground, floors):
        column = ground.columns[floor.group] * places
        row = cells.summed(column)
        covered_already = float(column[ground.base > 0].sum())
        slack = covered_already + row.sum() - floor.share * column.sum()
        found.append((row, float(slack) + 1e-9 * max(1.0, float(column.sum()))))
    return found


def greedy(cells: Cells, cost: Array, must: Array, rows: Rows) -> Array:
    """Take the site that does most towards the floors for its cost; then leave out what is not needed, the dearest first."""
    picked = must.copy()
    count = np.asarray(cells.by_cell @ picked.astype(float))
    while needs := [(row, float(row[count == 0].sum()) - slack) for row, slack in rows]:
        open_ = [(row, need) for row, need in needs if need > 0]
        if not open_:
            break
        help_ = np.zeros(len(cost))
        for row, need in open_:
            help_ += np.minimum(cells.by_site @ np.where(count == 0, row, 0.0), need) / need
        help_[picked] = -1.0
        best = int(np.argmax(help_ / np.maximum(cost, 1e-9)))
        picked[best] = True
        count += cells.by_cell[:, [best]].toarray().ravel()
    for site in sorted(np.flatnonzero(picked & ~must), key=lambda site: (-cost[site], site)):
        without = count - cells.by_cell[:, [site]].toarray().ravel()
        if all(float(row[without <= 0].sum()) <= slack for row, slack in rows):
            picked[site], count = False, without
    return np.flatnonzero(picked)
