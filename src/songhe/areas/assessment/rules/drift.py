"""Whether an assessor judges otherwise than the others: shares of each level with Wilson intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from uuid import UUID

Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n`` with the 95 % interval of the share behind them."""

    hits: int
    n: int
    low: float
    high: float

    def apart_from(self, other: Share) -> bool:
        """Whether the two intervals do not overlap."""
        return self.low > other.high or other.low > self.high


@dataclass(frozen=True, slots=True)
class Compared:
    """One level: an assessor's own share, that of the peers, and whether somebody should look."""

    level: int
    own: Share
    peers: Share
    flagged: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """One assessor against the peers. Peers' assessments are those of the same county and period without the assessor."""

    assessor: UUID
    n: int
    levels: tuple[Compared, ...]

    @property
    def flagged(self) -> bool:
        """Whether any level stands apart."""
        return any(level.flagged for level in self.levels)


@dataclass(frozen=True, slots=True)
class Judged:
    """One assessment: who made it, and the level."""

    assessors: frozenset[UUID]
    level: int


def wilson(hits: int, n: int) -> Share:
    """The share with its Wilson score interval; nothing counted says nothing: from 0 to 1."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share.")
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    share, square = hits / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Share(hits, n, low, 1.0 if hits == n else min(1.0, middle + half))


def drifts(rows: Iterable[Judged], *, levels: Sequence[int], least: int) -> list[Drift]:
    """Every assessor against the peers, those flagged first. Below ``least`` assessments on either side nothing is flagged."""
    all_of: Counter[int] = Counter()
    own: dict[UUID, Counter[int]] = {}
    for row in rows:
        all_of[row.level] += 1
        for key in row.assessors:
            own.setdefault(key, Counter())[row.level] += 1
    whole = all_of.total()
    found = []
    for key, mine in own.items():
        n = mine.total()
        enough = n >= least and whole - n >= least
        found.append(Drift(key, n, tuple(_compared(level, mine, all_of, enough) for level in levels)))
    return sorted(found, key=lambda drift: (not drift.flagged, -drift.n, drift.assessor))


def _compared(level: int, mine: Counter[int], all_of: Counter[int], enough: bool) -> Compared:
    own = wilson(mine[level], mine.total())
    peers = wilson(all_of[level] - mine[level], all_of.total() - mine.total())
    return Compared(level, own, peers, enough and own.apart_from(peers))
