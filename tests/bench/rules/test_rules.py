"""A city's benefits worked out by Songhe and by the engines known for such work, each in a process of its own.

Processor seconds count: they hardly depend on what else the machine does. The least of the rounds is shown, and every
amount is compared with an oracle to the fen. `SONGHE_BENCH_PEOPLE` and `SONGHE_BENCH_ROUNDS` make it smaller.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench import figures
from tests.bench.rules import measure, ours, people
from tests.bench.rules.measure import OURS, PEERS, Engine, Figures

COMMAND = 'make bench ARGS="tests/bench/rules"'
SONGHE = "Songhe"
HOW = {"plain": "amounts", "traced": "with the trace", "told": "explained as data"}
NAMES = {OURS: ours.NAME, **PEERS}
HEADS = ["engine", "CPU s", "of it building", "wall s", "people per CPU s", "more MB", "CPU to ours", "MB to ours",
         "differences"]  # fmt: skip
BUILDING = ("persons and households", "facts")
WAYS = {
    "month": "",
    "first": ", compiled first",
    "columns": ", in NumPy",
    "tuned": ", tuned by hand",
    "checked": ", its own checks on",
}
SHAPES = {"year": "twelve months", "what-if": "one what-if", "alone": "one month, element by element"}


@pytest.fixture(scope="module")
def file() -> Path:
    """Everyone."""
    return people.saved()


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    """Ours and the peers at hand."""
    return measure.engines()


def test_month(file: Path, engines: list[Engine]) -> None:
    found = measure.measured(
        [(one, way) for way in WAYS for one in engines if way in measure.JOBS[one.code]], file
    )
    _right(found)
    mine = found[OURS, "month"]
    rows = [_row(f"{NAMES[code]}{WAYS[way]}", one, mine) for (code, way), one in found.items()]
    figures.report("rules, one month", figures.table(HEADS, rows), command=COMMAND)


def test_shapes(file: Path, engines: list[Engine]) -> None:
    found = measure.measured(
        [(one, job) for job in SHAPES for one in engines if job in measure.JOBS[one.code]], file
    )
    _right(found)
    rows = [
        _row(f"{SHAPES[job]}: {NAMES[code]}", one, found[OURS, job]) for (code, job), one in found.items()
    ]
    figures.report("rules, other shapes", figures.table(HEADS, rows), command=COMMAND)


def test_person(file: Path, engines: list[Engine]) -> None:
    found = measure.measured([(one, "person") for one in engines if "person" in measure.JOBS[one.code]], file)
    mine = found[OURS, "person"].told["told"]
    rows: list[list[figures.Cell]] = [
        [
            SONGHE if code == OURS else NAMES[code],
            *(one.told.get(how, "—") for how in HOW),
            f"{one.told['told'] / mine:.1f}×",
        ]
        for (code, _job), one in found.items()
    ]
    heads = ["one person, all results", *(f"{how} (CPU ms)" for how in HOW.values()), "explained to ours"]
    figures.report("rules, one person", figures.table(heads, rows), command=COMMAND)


def _row(name: str, one: Figures, mine: Figures) -> list[figures.Cell]:
    cpu, base = one.cpu / one.part_of_people, mine.cpu / mine.part_of_people
    memory = f"{one.megabytes / mine.megabytes:.1f}×" if mine.part_of_people == 1.0 else "—"
    wrong: figures.Cell = "—" if one.differences is None else one.differences
    building: figures.Cell = sum(one.parts.get(part, 0.0) for part in BUILDING) or "—"
    of_all: list[figures.Cell] = [
        name,
        cpu,
        building,
        one.wall / one.part_of_people,
        int(people.PEOPLE / cpu),
        int(one.megabytes),
    ]
    return [*of_all, f"{cpu / base:.2f}×", memory, wrong]


def _right(found: dict[tuple[str, str], Figures]) -> None:
    """Engines that are compared must agree, or the comparison means nothing."""
    for (code, job), one in found.items():
        assert not one.differences, f"{code}, {job}: {one.differences} amounts are not the oracle's"
