"""Runs every engine's jobs in turn, each in a process of its own, and compares the results with the oracle's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.home import ROOT
from tests.bench.rules import oracle, values
from tests.bench.rules.peers.environments import interpreter
from tests.bench.rules.people import HOME, load

ROUNDS = int(os.environ.get("SONGHE_BENCH_ROUNDS") or 3)
PEERS = {"openfisca": "OpenFisca-Core", "policyengine": "PolicyEngine-core", "ttsim": "ttsim (GETTSIM)"}
OURS = "ours"
JOBS = {
    OURS: ("month", "first", "columns", "year", "what-if", "alone", "person"),
    "openfisca": ("month", "tuned", "year", "what-if", "alone", "person"),
    "policyengine": ("month", "tuned", "alone"),
    "ttsim": ("month", "tuned", "checked", "alone"),
}


@dataclass(frozen=True)
class Engine:
    """A program that does jobs, and the Python that runs it."""

    code: str
    python: Path
    module: str


@dataclass
class Figures:
    """What one engine needed for one job: the least of the rounds, and how its results compare."""

    cpu: float = float("inf")
    wall: float = float("inf")
    megabytes: float = float("inf")
    parts: dict[str, float] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    part_of_people: float = 1.0
    differences: int | None = None

    def take(self, found: dict[str, Any]) -> None:
        """Keep what is lower."""
        if found["cpu"] < self.cpu:
            self.cpu, self.parts, self.told = found["cpu"], found["parts"], found.get("told", {})
        self.wall = min(self.wall, found["wall"])
        self.megabytes = min(self.megabytes, found["megabytes"])


def engines() -> list[Engine]:
    """Ours and every peer whose environment is there or can be made."""
    found = [Engine(OURS, Path(sys.executable), "tests.bench.rules.ours")]
    for code in PEERS:
        python = interpreter(code)
        if python is not None:
            found.append(Engine(code, python, f"tests.bench.rules.peers.{code}"))
    return found


def measured(jobs: Sequence[tuple[Engine, str]], people: Path) -> dict[tuple[str, str], Figures]:
    """The figures of every job; all jobs are done once in each round."""
    out = {(engine.code, job): Figures() for engine, job in jobs}
    for _round in range(ROUNDS):
        for engine, job in jobs:
            out[engine.code, job].take(_run(engine, job, people))
    for engine, job in jobs:
        _compare(out[engine.code, job], job, people, _results(engine, job))
    return out


def _run(engine: Engine, job: str, people: Path) -> dict[str, Any]:
    results = _results(engine, job)
    results.unlink(missing_ok=True)
    command = [str(engine.python), "-m", engine.module, job, str(people), str(results)]
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))
    }
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (ROOT, ROOT / "src")))
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{engine.code}, {job}:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _results(engine: Engine, job: str) -> Path:
    return HOME / f"{engine.code}-{job}.npz"


def _compare(figures: Figures, job: str, people: Path, results: Path) -> None:
    """Count the amounts that are not the oracle's, to the fen."""
    if job == "year":
        figures.part_of_people = figures.told.pop("people", 0) / _count(people) or 1.0
        if figures.part_of_people == 1.0:
            sums = oracle.checks(people, values.YEAR)
            figures.differences = sum(
                found[name] != wanted
                for month, found in figures.told.items()
                for name, wanted in zip(oracle.RESULTS, sums[month], strict=True)
            )
    elif results.exists():
        found, right = load(results), oracle.columns(people, values.MONTH, what_if=job == "what-if")
        done = len(next(iter(found.values())))
        figures.part_of_people = done / _count(people)
        figures.differences = sum(int((found[name] != right[name][:done]).sum()) for name in found)


def _count(people: Path) -> int:
    return int(people.stem.split("-")[1])
