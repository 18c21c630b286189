"""In which chunks a plan is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one line wants of publishing: whose hours it takes, and whose it frees. Keys are workers; times are moments."""

    key: str
    worker: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    old_worker: str | None = None
    old_start: datetime | None = None
    old_end: datetime | None = None


def batches(steps: Sequence[Step], size: int) -> list[list[str]]:
    """Lines in chunks of about a size; those that wait for each other's hours stay together.

    So each chunk can be written in one transaction, and nobody is promised to two persons in between.
    """
    upper = list(range(len(steps)))

    def root(n: int) -> int:
        while upper[n] != n:
            upper[n] = upper[upper[n]]
            n = upper[n]
        return n

    freed: defaultdict[str, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for number, step in enumerate(steps):
        if step.old_worker and step.old_start and step.old_end:
            freed[step.old_worker].append((step.old_start, step.old_end, number))
    for number, step in enumerate(steps):
        if step.worker and step.start and step.end:
            for start, end, other in freed.get(step.worker, ()):
                if start < step.end and step.start < end:
                    upper[root(number)] = root(other)
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for number, step in enumerate(steps):
        groups[root(number)].append(step.key)
    out: list[list[str]] = []
    for group in groups.values():
        if out and len(out[-1]) + len(group) <= size:
            out[-1] += group
        else:
            out.append(list(group))
    return out
