"""spopt (PySAL, BSD) beside us: the same sites, people and ways, in an environment of its own under .cache/peers."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.bench.rules.peers import environments
from tests.bench.siting.wuhan import KEPT

from songhe.core.siting import Pairs, Problem

PIN = ("spopt==0.7.0", "highspy==1.16.0", "pulp==3.3.2")
MODEL = Path(__file__).with_name("spopt_model.py")


@dataclass(frozen=True)
class Told:
    """What spopt covers, and the processor seconds of building its model and of solving it."""

    value: float
    build: float
    solve: float
    megabytes: int

    @property
    def whole(self) -> float:
        """Both together."""
        return self.build + self.solve


def interpreter() -> Path | None:
    """The Python that has spopt; None where it cannot be had, which is told."""
    environments.PINS.setdefault("spopt", PIN)
    return environments.interpreter("spopt")


def covering(problem: Problem, sites: int, solver: str, python: Path) -> Told:
    """Maximal covering by spopt."""
    travel = problem.travel
    assert isinstance(travel, Pairs)
    file = KEPT / "spopt.npz"
    np.savez(
        file, starts=travel.starts, places=travel.places, ways=travel.ways,
        weight=problem.ground.weight, limit=problem.limit or 0.0,
    )  # fmt: skip
    command = [str(python), str(MODEL), str(file), str(sites), solver]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return Told(**json.loads(done.stdout.splitlines()[-1]))
