"""OR-Tools beside us: the same instance, the same seconds, begun from the first plan that our search begins from.

It lives in an environment of its own under .cache/peers; Songhe never imports it.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.roster import mankowska
from tests.bench.rules.peers import environments

from songhe.core.roster import Params, Plan, Problem, Search, Stay, Stop, solve

PIN = ("ortools==9.15.6755",)
MODEL = Path(__file__).with_name("ortools_model.py")


def interpreter() -> Path | None:
    """The Python that has OR-Tools; None where it cannot be had, which is told."""
    environments.PINS.setdefault("ortools", PIN)
    return environments.interpreter("ortools")


def cost(name: str, seconds: float, python: Path) -> float | None:
    """What OR-Tools' plan costs, by the same count as ours; None if it found none."""
    problem = mankowska.problem(name)
    first = solve(problem, stop=Stop(moves=0), params=Params(mankowska.WEIGHTS, Search(chains=1))).plan
    keys = [(visit.code, part) for visit in problem.visits for part in range(len(visit.tasks))]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "instance.json"
        file.write_text(json.dumps(given(problem, first, keys)))
        done = subprocess.run(
            [str(python), str(MODEL), str(file), str(seconds)], capture_output=True, text=True, check=True
        )
    tours = json.loads(done.stdout.splitlines()[-1])
    if tours is None:
        return None
    stays = [
        Stay(problem.workers[worker].code, 0, start, *keys[task])
        for worker, tour in enumerate(tours)
        for task, start in tour
    ]
    return mankowska.cost(name, Plan(tuple(sorted(stays))))


def given(problem: Problem, first: Plan, keys: list[tuple[str, int]]) -> dict[str, Any]:
    """The instance as the model reads it."""
    number = {key: place for place, key in enumerate(keys)}
    visits = {visit.code: visit for visit in problem.visits}
    tasks = []
    for code, part in keys:
        visit = visits[code]
        tasks.append(
            {
                "place": visit.place, "duration": visit.tasks[part].minutes, "early": visit.earliest, "late": visit.latest,
                "able": [w for w, worker in enumerate(problem.workers) if visit.tasks[part].skills <= worker.skills],
                "mate": number.get((code, 1 - part)), "least": visit.gap.least, "most": visit.gap.most,
            }
        )  # fmt: skip
    tours = [
        [number[stay.visit, stay.part] for stay in first.tours.get((worker.code, 0), ())]
        for worker in problem.workers
    ]
    return {
        "tasks": tasks, "workers": len(problem.workers), "way": problem.travel.minutes("").tolist(), "start": tours
    }  # fmt: skip
