"""How long it takes from one moment of an order to another: median, 90th percentile, share within the limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from songhe.core.flow import PRIORITIES
from songhe.core.labels import Label
from songhe.core.ordering.course import MOMENTS
from songhe.core.sources import Data, DataError, label, part, rows, text, whole


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, and the minutes in which it should be, by priority."""

    code: str
    label: Label
    since: str
    until: str
    within: tuple[tuple[str, int], ...]

    def limit(self, priority: int) -> int:
        """The minutes of a priority; of one that is not named, those of the next below that is, else the ordinary ones."""
        known = dict(self.within)
        named = [known[name] for name in PRIORITIES[1 : priority + 1] if name in known]
        return named[-1] if named else known["normal"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: how many, median and 90th percentile in seconds, how many within the limit."""

    count: int
    median: int | None
    p90: int | None
    within: int

    @property
    def percent(self) -> int | None:
        """The share within the limit, rounded down: 99.9 % is not all of them."""
        return self.within * 100 // self.count if self.count else None


def build_spans(data: Data) -> Mapping[str, Span]:
    """Spans from the data file, in its order; DataError names what is wrong and where."""
    out: dict[str, Span] = {}
    for row in rows(data, "spans", "orders"):
        code = text(row, "code", "span")
        where = f"span {code}"
        since, until, within = text(row, "from", where), text(row, "to", where), part(row, "within", where)
        if since not in MOMENTS or until not in MOMENTS or MOMENTS.index(since) >= MOMENTS.index(until):
            raise DataError(f"{where}: from and to are two moments of {', '.join(MOMENTS)}, in this order.")
        if code in out or "normal" not in within or set(within) - set(PRIORITIES):
            raise DataError(f"{where}: given twice, or within names no minutes for normal.")
        limits = tuple((name, whole(within, name, where)) for name in PRIORITIES if name in within)
        out[code] = Span(code, label(row, where), since, until, limits)
    return out


def figures(seconds: Iterable[tuple[int, int]]) -> Figures:
    """The figures of (seconds taken, seconds allowed) pairs. The percentiles are values that occurred: of n values in order
    the one at place ⌈share · n⌉, so that nothing is interpolated between two people's waits."""
    rows = list(seconds)
    line = sorted(taken for taken, _limit in rows)
    return Figures(len(line), _at(line, 50), _at(line, 90), sum(taken <= limit for taken, limit in rows))


def _at(line: Sequence[int], percent: int) -> int | None:
    return line[-(-len(line) * percent // 100) - 1] if line else None
