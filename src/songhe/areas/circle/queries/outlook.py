"""What changes if sites come, go or move: who is newly within reach, who no longer, and where they live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.queries.held import Held, picked
from songhe.areas.circle.rules import placed
from songhe.core.codes import Point
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One change: a point for what is new, a facility for what closes, both for what moves."""

    point: Point | None = None
    facility: UUID | None = None


@dataclass(frozen=True, eq=False)
class Outlook:
    """Homes by number. ``total``, ``before`` and ``after`` are counts by group of those whom the reader may see."""

    gained: Array
    lost: Array
    total: dict[str, int]
    before: dict[str, int]
    after: dict[str, int]
    steps: int

    def change(self, group: str) -> int:
        """How many more of a group are within reach."""
        return self.after[group] - self.before[group]


def outlook(
    held: Held, kind: str, steps: Sequence[Step], scope: Scope, minutes: int | None = None
) -> Outlook:
    """Work it out; nothing is kept."""
    with held.lock:
        cover = held.cover(kind)
        limits = held.limits(kind, minutes)
        before = picked(cover.coverage.near, cover.coverage.bands, limits).astype(np.int64)
        after = before.copy()
        for step in steps:
            if step.facility is not None:
                number = cover.numbers.get(step.facility)
                if number is None:
                    raise Refused(
                        "circle.site_gone",
                        "This site does not give the service any more, or its place is not known.",
                        field="facility",
                    )
                _count(after, *cover.coverage.rows[number], limits, -1)
            if step.point is not None:
                _count(after, *reached(held, step.point), limits, 1)
    mine = held.homes.mask(scope)
    gained = np.flatnonzero((before == 0) & (after > 0) & mine)
    lost = np.flatnonzero((before > 0) & (after == 0) & mine)

    def sums(rows: Array) -> dict[str, int]:
        return {code: int(column[rows].sum()) for code, column in held.weights.items()}

    return Outlook(gained, lost, sums(mine), sums(mine & (before > 0)), sums(mine & (after > 0)), len(steps))


def reached(held: Held, point: Point) -> tuple[Array, Array]:
    """Homes and seconds from a point that is to be a site. Refused where nobody could come."""
    spot = held.snapped(np.array([point.lon]), np.array([point.lat]))
    placed(held.away(point), street=bool(spot.placed[0]))
    return held.ground.pairs(spot, held.ready, limit=held.bands[-1]).row(0)


def _count(near: Array, home: Array, seconds: Array, limits: Array, step: int) -> None:
    near[home[seconds <= limits[home]]] += step


def by_region(held: Held, rows: Array, unit: int) -> list[tuple[int, dict[str, int]]]:
    """Homes counted by village (1), town (1,000) or county (1,000,000): most people first."""
    codes, group = np.unique(held.homes.region[rows] // unit * unit, return_inverse=True)
    counts = {
        code: np.bincount(group, column[rows], minlength=len(codes)).astype(int)
        for code, column in held.weights.items()
    }
    first = next(iter(counts))
    order = np.argsort(-counts[first], kind="stable")
    return [
        (int(codes[at]), {code: int(counts[code][at]) for code in counts})
        for at in order
        if counts[first][at]
    ]
