"""How every engine is measured, ours too: processor seconds and memory of one job in a process of its own.

A job begins with the columns in memory and imports done; building the engine's own simulation counts.
Imported by the peers' interpreters, so only the standard library and NumPy are used here.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.rules.people import Columns, load

Job = Callable[[Columns, "Meter"], Mapping[str, Any]]
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Meter:
    """Processor and wall seconds of a job, the parts of it, and what is left out of it."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._aside = np.zeros(2)
        self._began = _now()

    def seconds(self) -> np.ndarray:
        """Processor and wall seconds up to now."""
        passed: np.ndarray = _now() - self._began - self._aside
        return passed

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Processor seconds of a part, told beside the whole."""
        began = self.seconds()[0]
        yield
        self.parts[name] = self.parts.get(name, 0.0) + float(self.seconds()[0] - began)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """What is not part of the job, such as checking its results."""
        began = _now()
        yield
        self._aside += _now() - began


def main(jobs: Mapping[str, Job]) -> None:
    """Do the job named on the command line, keep its results in a file and print its figures as JSON."""
    name, people, out = sys.argv[1:]
    columns = load(Path(people))
    gc.collect()
    before = _memory(fresh=True)
    meter = Meter()
    results = jobs[name](columns, meter)
    cpu, wall = meter.seconds()
    figures = {"cpu": float(cpu), "wall": float(wall), "megabytes": _memory() - before, "parts": meter.parts}
    if all(isinstance(value, np.ndarray) for value in results.values()):
        np.savez(out, **results)
    else:
        figures["told"] = results
    print(json.dumps(figures))


def best(action: Callable[[], Any], turns: int) -> float:
    """Processor milliseconds of the quickest of several turns."""
    found = []
    for _turn in range(turns):
        began = time.process_time()
        action()
        found.append(time.process_time() - began)
    return min(found) * 1000


def somebody(people: Columns) -> Columns:
    """The first person living alone with a bed at home, whose results are explained."""
    sizes = np.bincount(people["household"])
    row = np.flatnonzero(people["has_bed"] & people["local"] & (sizes[people["household"]] == 1))[:1]
    return {name: column[row] for name, column in people.items()} | {"household": np.zeros(1, np.int32)}


def _now() -> np.ndarray:
    return np.array([time.process_time(), time.perf_counter()])


def _memory(*, fresh: bool = False) -> float:
    """Megabytes: now (``fresh``, which also forgets the peak), or at the peak since then."""
    with contextlib.suppress(OSError):
        if fresh:
            FORGET.write_text("5")
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmRSS" if fresh else "VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
