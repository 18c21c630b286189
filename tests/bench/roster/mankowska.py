"""The instances of Mankowska, Meisel and Bierwirth (2014): 70 days with double visits, in the format of the iolab collection.

They are not part of this repository. `SONGHE_BENCH_HHCRSP` names the folder with `instances/` and `best_known_mankowska.csv`
(default: data/hhcrsp in a folder `shared` beside the checkout).
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.home import ROOT

from songhe.core.roster import NEVER, Gap, Matrix, Plan, Problem, Shift, Task, Visit, Weights, Worker

BESIDE = [folder / "shared" / "data" / "hhcrsp" for folder in (ROOT.parent, ROOT.parent.parent)]
FOLDER = Path(
    os.environ.get("SONGHE_BENCH_HHCRSP") or next((one for one in BESIDE if one.exists()), BESIDE[0])
)
UNIT = 1000
"""Times have three decimals: all of them are whole in thousandths of a minute, and nothing is rounded."""
WEIGHTS = Weights(unserved=(1_000_000,), travel=1, late=1, worst=1, overtime=0, continuity=0, preference=0)
"""The objective of the paper, times three."""
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Known:
    """What others found: the best known cost (Ceschia et al. 2024), the mean of BRKGA (2021)."""

    instance: str
    best: float
    brkga: float


@cache
def known() -> dict[str, Known]:
    """By short name: A1 … G10."""
    with (FOLDER / "best_known_mankowska.csv").open(encoding="utf-8") as file:
        return {
            row["id"]: Known(row["instance"], float(row["ceschia2024_best"]), float(row["brkga_mean"]))
            for row in csv.DictReader(file)
        }


def raw(name: str) -> dict[str, Any]:
    """An instance as it is written."""
    with gzip.open(FOLDER / "instances" / f"{known()[name].instance}.json.gz", "rt") as file:
        found: dict[str, Any] = json.load(file)
        return found


def problem(name: str) -> Problem:
    """An instance as a problem: nobody's day ends, every visit may begin however late, at a price."""
    data = raw(name)
    workers = tuple(
        Worker(one["id"], 0, (Shift(0, 0, NEVER),), skills=frozenset(one["abilities"]))
        for one in data["caregivers"]
    )
    visits = tuple(_visit(number, one) for number, one in enumerate(data["patients"], 1))
    minutes = np.rint(np.array(data["distances"]) * UNIT).astype(np.int64)
    assert np.abs(minutes / UNIT - data["distances"]).max() < TOLERANCE
    return Problem(workers, visits, Matrix(minutes), per_minute=UNIT)


def _visit(place: int, one: dict[str, Any]) -> Visit:
    asked = one["required_caregivers"]
    gap = Gap()
    if len(asked) == 2 and one["synchronization"]["type"] == "sequential":
        gap = Gap(*(round(minutes * UNIT) for minutes in one["synchronization"]["distance"]))
    early, late = (round(minutes * UNIT) for minutes in one["time_window"])
    tasks = tuple(Task(round(each["duration"] * UNIT), frozenset({each["service"]})) for each in asked)
    return Visit(one["id"], place, tasks, early, late, grace=None, gap=gap)


def cost(name: str, plan: Plan) -> float:
    """The cost of a plan by the instance's own numbers, in floating point; every rule is looked at again."""
    data = raw(name)
    way, skills = data["distances"], {one["id"]: set(one["abilities"]) for one in data["caregivers"]}
    number = {one["id"]: place for place, one in enumerate(data["patients"], 1)}
    begun: dict[tuple[str, int], tuple[float, str]] = {}
    travel, late = 0.0, [0.0]
    for (worker, _shift), stays in plan.tours.items():
        place, free = 0, 0.0
        for stay in stays:
            one, start = data["patients"][number[stay.visit] - 1], stay.start / UNIT
            asked = one["required_caregivers"][stay.part]
            assert asked["service"] in skills[worker]
            assert start >= max(free + way[place][number[stay.visit]], one["time_window"][0]) - TOLERANCE
            travel += way[place][number[stay.visit]]
            late.append(max(0.0, start - one["time_window"][1]))
            place, free = number[stay.visit], start + asked["duration"]
            assert (stay.visit, stay.part) not in begun
            begun[stay.visit, stay.part] = (start, worker)
        travel += way[place][0]
    for one in data["patients"]:
        halves = [begun[one["id"], part] for part in range(len(one["required_caregivers"]))]
        if len(halves) == 2:
            least, most = one["synchronization"].get("distance") or (0, 0)
            assert halves[0][1] != halves[1][1]
            assert least - TOLERANCE <= halves[1][0] - halves[0][0] <= most + TOLERANCE
    return (travel + sum(late) + max(late)) / 3
