"""Levels by what they need: the total, its percent, and the percent of every part."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from songhe.core.scoring.form import Band, Best, Needs
from songhe.core.scoring.question import Dimension
from songhe.core.scoring.reading.node import Node
from songhe.core.scoring.reading.reach import sums, totals


def check_needs(
    form: Node, rows: Sequence[Node], bands: Sequence[Band], dimensions: Sequence[Dimension], *, best: Best
) -> None:
    """The worst level needs nothing, every better one asks for more, and each can be reached."""
    pairs = sorted(
        zip(bands, rows, strict=True), key=lambda pair: pair[0].level if best == "highest" else -pair[0].level
    )
    if not pairs[0][0].needs.is_nothing:
        raise pairs[0][1].fault(
            "the worst level needs nothing, so that everybody has a level; add one below."
        )
    if any(dimension.better == "low" for dimension in dimensions):
        raise form.fault("levels by what they need count points that are better high.", "dimensions")
    _check_counted(form, [band.needs for band, _ in pairs], dimensions)
    for (lower, _), (band, row) in itertools.pairwise(pairs):
        if not _asks_more(band.needs, lower.needs):
            raise row.fault(
                f"level {band.level} asks for no more than level {lower.level}; it must ask for more."
            )
    for (band, row), following in zip(pairs, [*(band.needs for band, _ in pairs[1:]), None], strict=True):
        if not _is_reached(band.needs, following, dimensions):
            raise row.fault(f"no answers lead to level {band.level}; compare it with the next better one.")


def _asks_more(needs: Needs, lower: Needs) -> bool:
    pairs = (
        (needs.total, lower.total),
        (needs.percent, lower.percent),
        (needs.part_percent, lower.part_percent),
    )
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _check_counted(form: Node, needs: Sequence[Needs], dimensions: Sequence[Dimension]) -> None:
    items = [item for dimension in dimensions for item in dimension.items]
    if not any(item.is_counted for item in items):
        raise form.fault(
            "at least one item must count whatever is answered (no counts: false).", "dimensions"
        )
    if any(one.total for one in needs) and not all(item.is_counted for item in items):
        raise form.fault(
            "min_total cannot be compared when items may not apply; use min_percent for it.", "levels"
        )


def _is_reached(needs: Needs, following: Needs | None, dimensions: Sequence[Dimension]) -> bool:
    """Whether some answers fulfil the needs but not those of the next better level."""
    top = sum(dimension.top for dimension in dimensions)
    allowed = [
        [total for total in totals(dimension.items) if total * 100 >= needs.part_percent * dimension.top]
        for dimension in dimensions
    ]
    least = _least(needs, top)
    highest = [max(part, default=-1) for part in allowed]
    if min(highest) < 0 or sum(highest) < least:
        return False
    if following is None:
        return True
    if any(least <= total < _least(following, top) for total in sums(allowed)):
        return True
    for part, dimension, best in zip(allowed, dimensions, highest, strict=True):
        short = [total for total in part if total * 100 < following.part_percent * dimension.top]
        if short and sum(highest) - best + max(short) >= least:
            return True
    return False


def _least(needs: Needs, top: int) -> int:
    return max(needs.total, -(-needs.percent * top // 100))
