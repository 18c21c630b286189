"""What changes if sites come, go or move: who is newly within reach, who no longer, and where they live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.queries.held import Cover, Held
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
        cover, limits = held.cover(kind), held.limits(kind, minutes)
        near = held.near(kind, minutes, cover)
        total, before = held.sums(kind, minutes, scope, cover)
        homes, steps_ = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for step in steps:
            for sign, (home, seconds) in _rows(held, cover, step):
                some = home[seconds <= limits[home]]
                homes.append(some)
                steps_.append(np.full(len(some), sign))
        touched, group = np.unique(np.concatenate(homes), return_inverse=True)
        was = near[touched].astype(np.int64)
    now = was + np.rint(np.bincount(group, np.concatenate(steps_), len(touched))).astype(np.int64)
    mine = _mine(held.homes.region[touched], scope)
    gained, lost = touched[(was == 0) & (now > 0) & mine], touched[(was > 0) & (now == 0) & mine]
    after = {
        code: before[code] + int(column[gained].sum()) - int(column[lost].sum())
        for code, column in held.weights.items()
    }
    return Outlook(gained, lost, total, before, after, len(steps))


def _rows(held: Held, cover: Cover, step: Step) -> Iterator[tuple[int, tuple[Array, Array]]]:
    """Homes and seconds of what goes (-1) and of what comes (1)."""
    if step.facility is not None:
        number = cover.numbers.get(step.facility)
        if number is None:
            raise Refused(
                "circle.site_gone",
                "This site no longer provides the service, or its location is not known.",
                field="facility",
            )
        yield -1, cover.coverage.rows[number]
    if step.point is not None:
        yield 1, reached(held, step.point)


def _mine(region: Array, scope: Scope) -> Array:
    found = np.zeros(len(region), bool)
    for low, high in scope.areas:
        found |= (region >= low) & (region < high)
    return found


def reached(held: Held, point: Point) -> tuple[Array, Array]:
    """Homes and seconds from a point that is to be a site. Refused where nobody could come."""
    spot = held.snapped(np.array([point.lon]), np.array([point.lat]))
    home, seconds = held.ground.pairs(spot, held.ready, limit=held.bands[-1]).row(0)
    if not len(home):
        placed(held.away(point), street=bool(spot.placed[0]))
    return home, seconds


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
