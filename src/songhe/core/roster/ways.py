"""Travel for all workers: one square of minutes for each way of travelling and each longest leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.judge import home
from songhe.core.roster.kernel.layout import FAR
from songhe.core.roster.problem import NEVER, Problem


@dataclass(frozen=True)
class Ways:
    """The squares, and for each worker which one is used and where tours start and end."""

    legs: NDArray[Any]
    profile: list[int]
    starts: list[int]
    ends: list[int]


def ways(problem: Problem) -> Ways:
    """Make the squares. Tours from one place to another get places of their own, with no way between: an unused tour is free."""
    profiles: dict[tuple[str, int | None], int] = {}
    of_worker = [profiles.setdefault((one.mode, one.longest), len(profiles)) for one in problem.workers]
    pairs: dict[tuple[int, int], int] = {}
    places = problem.travel.places()
    starts, ends = [], []
    still = np.zeros(places, np.int64)
    for mode in {one.mode for one in problem.workers}:
        still += np.diagonal(np.asarray(problem.travel.minutes(mode)))
    for worker in problem.workers:
        start, end = worker.start, home(worker)
        if start == end and not still[start]:
            starts.append(start)
            ends.append(end)
        else:
            number = pairs.setdefault((start, end), len(pairs))
            starts.append(places + 2 * number)
            ends.append(places + 2 * number + 1)
    rows = np.array([*range(places), *(place for pair in pairs for place in pair)], np.int64)
    legs = np.zeros((max(len(profiles), 1), len(rows), len(rows)), np.int32)
    for (mode, longest), number in profiles.items():
        minutes = np.asarray(problem.travel.minutes(mode))
        square = minutes if len(rows) == places else minutes[np.ix_(rows, rows)]
        legs[number] = np.minimum(square, FAR)
        legs[number][square >= NEVER] = FAR
        if longest is not None:
            legs[number][square > longest] = FAR
        for pair in range(len(pairs)):
            legs[number, places + 2 * pair, places + 2 * pair + 1] = 0
    return Ways(legs, of_worker, starts, ends)
