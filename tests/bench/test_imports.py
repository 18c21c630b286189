"""A list of 100,000 persons, checked and written in full, beside openpyxl only reading the same rows.

The registry's indices are in the server's memory before, as in one at work; nobody else's chores are run meanwhile.
Processor time is that of our processes and of the whole database server: where it is far below the cores' time, others took it.
`SONGHE_BENCH_ROWS` says how many rows. They go to a copy of the city, so that it stays as it was loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connections
from openpyxl import load_workbook
from tests.bench import figures, home
from tests.bench.lists import COUNTY, write_lists

from songhe.site.postgres import Cluster

ROWS = int(os.environ.get("SONGHE_BENCH_ROWS") or 100_000)
COMMAND = 'make bench ARGS="-k import"'
SEED = 7
STEPS = ("taken in", "checked", "written", "reported")


def test_imports(city: Cluster) -> None:
    lists = write_lists(home.HOME / "lists", ROWS, seed=SEED)
    peer = _read_alone(lists["xlsx"])
    rows: list[list[figures.Cell]] = []
    connections.close_all()
    for form, told in _all_brought_in(city, lists).items():
        assert told["rows"] == ROWS
        assert told["made"] + told["bad"] == ROWS
        assert 0 < told["bad"] < ROWS / 10
        seconds: dict[str, float] = told["seconds"]
        both = seconds["checked"] + seconds["written"]
        whole = sum(seconds[step] for step in STEPS)
        rows.append(
            [
                *(form, ROWS, told["bad"], *(seconds[step] for step in STEPS), seconds["looked through"]),
                *(
                    told["processor"],
                    int(ROWS / both),
                    int(ROWS / whole),
                    told["peak_megabytes"],
                    f"{peer / (ROWS / whole):.1f}×",
                ),
            ]
        )
    heads = ["list", "rows", "bad", *(f"{step} (s)" for step in STEPS), "looked through (s)", "processor for checked and written (s)",
             "rows/s checked and written", "rows/s in all", "peak MB", "openpyxl to ours"]  # fmt: skip
    text = figures.table(heads, rows)
    note = (
        f"Peer: openpyxl (read-only) reads the XLSX at {peer:,.0f} rows a second and does nothing with them."
    )
    figures.report("import", f"{text}\n\n{note}", command=COMMAND)


def _all_brought_in(city: Cluster, lists: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """What each list's run told."""
    with home.copied(city) as database:
        home.warm(city, database)
        return {form: _brought_in(city, database, path) for form, path in lists.items()}


def _brought_in(city: Cluster, database: str, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bring", str(path), str(COUNTY * 10**6)],
        env=home.environment(city, database),
        cwd=home.ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _read_alone(path: Path) -> float:
    """Rows a second of openpyxl's reader."""
    began = time.perf_counter()
    book = load_workbook(path, read_only=True)
    count = sum(1 for _row in book.worksheets[0].iter_rows(values_only=True))
    taken = time.perf_counter() - began
    book.close()
    return count / taken
