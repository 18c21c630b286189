"""What a household receives once, for all households in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songhe.core.rules.many.columns import NOBODY, Array, Columns, Mask


def share(order: Sequence[str], values: Array, columns: Columns, holder: Mask | None) -> Array:
    """Leave the grant to one member of each household and set the others' ``values`` to 0, in place.

    Returns the row of who receives it instead, -1 for everybody else. The present holder keeps it while entitled;
    then the facts of ``order`` decide, lowest first and unknown last, then the row.
    """
    yielded = np.full(columns.size, -1, np.int32 if columns.size < 2**31 else np.int64)
    if columns.household is None:
        return yielded
    entitled = np.flatnonzero((values != 0) & (columns.household != NOBODY))
    homes = columns.household.take(entitled)
    rivals = np.flatnonzero(_together(homes))
    rows, homes = entitled.take(rivals), homes.take(rivals)
    if not len(rows):
        return yielded
    ranks = [rows, *(rank for name in reversed(order) for rank in _ranks(columns, name, rows))]
    held = np.zeros(len(rows), bool) if holder is None else ~holder[rows]
    turn = np.lexsort([*ranks, held, homes])
    rows, homes = rows[turn], homes[turn]
    first = np.r_[True, homes[1:] != homes[:-1]]
    chosen = rows[first][np.cumsum(first) - 1]
    losers = ~first
    yielded[rows[losers]] = chosen[losers]
    values[rows[losers]] = 0
    return yielded


def _together(homes: Array) -> Mask:
    """Who is not the only one of a household. In a register a household's members stand together as a rule."""
    if len(homes) < 2:
        return np.zeros(len(homes), bool)
    if (homes[1:] < homes[:-1]).any():
        return np.asarray(np.bincount(homes)[homes] > 1)
    beside = homes[1:] == homes[:-1]
    together = np.zeros(len(homes), bool)
    together[1:] = beside
    together[:-1] |= beside
    return together


def _ranks(columns: Columns, name: str, rows: Array) -> list[Array]:
    """The value, and before it whether it is unknown."""
    column = columns.facts.get(name)
    if column is None:
        return []
    values = column.values[rows].astype(np.int64)
    if column.words:
        places = np.argsort(np.argsort(np.array(column.words)))
        values = places.take(column.values[rows])
    if column.unknown is None:
        return [values]
    unknown = column.unknown[rows]
    return [np.where(unknown, 0, values), unknown]
