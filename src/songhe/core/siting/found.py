"""What a search hands back before it is judged, and how much time it has left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.siting.machine import Loops
from songhe.core.siting.params import Stop
from songhe.core.siting.result import Proof

Array = NDArray[Any]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Found:
    """The new sites, no value is better than ``bound`` (None: no bound), and how that was found."""

    sites: Array
    bound: float | None
    proof: Proof
    rounds: int = 0
    stages: tuple[Array, ...] = ()


@dataclass
class Effort:
    """Time, rounds and chance of one search."""

    stop: Stop
    loops: Loops
    seed: int = 0
    clock: Clock = time.monotonic
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def left(self) -> float | None:
        """Seconds left; None where rounds are counted."""
        if self.stop.rounds is not None or self.stop.seconds is None:
            return None
        return max(0.0, self.stop.seconds - (self.clock() - self.began))

    def nodes(self) -> int | None:
        """How many nodes the solver may look at, where rounds are counted."""
        return self.stop.rounds

    def tried(self, run: Callable[[int], float], part: float, patience: int) -> int:
        """Call ``run`` with numbers of rounds until its value stays for ``patience`` rounds, or its part of the time is over.

        Rounds given are made to the last. Returns how many were made.
        """
        if self.stop.rounds is not None:
            run(self.stop.rounds)
            return self.stop.rounds
        made, chunk, best, idle = 0, 1, run(0), 0
        until = self.began + part * (self.stop.seconds or 0)
        while self.clock() < until and idle < patience:
            before = self.clock()
            now = run(chunk)
            made += chunk
            idle = idle + chunk if now == best else 0
            best = now
            if self.clock() - before < 0.1:
                chunk = min(2 * chunk, 1000)
        return made


def near_enough(value: float, bound: float, *, gap: float, whole: bool, above: bool) -> bool:
    """Whether a bound proves a value: to within ``gap``, or because between them there is no whole number."""
    far = bound - value if above else value - bound
    slack = 1e-9 * max(1.0, abs(value))
    return far <= slack + gap * abs(value) or (whole and far < 1.0 - 1e-6 - slack)


def rounded(bound: float, *, whole: bool, above: bool) -> float:
    """The bound as a whole number where values are whole."""
    if not whole or not np.isfinite(bound):
        return bound
    slack = 1e-6 + 1e-9 * abs(bound)
    return float(np.floor(bound + slack) if above else np.ceil(bound - slack))
