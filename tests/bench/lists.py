"""County lists of any length for the import benchmark, with every hundredth row spoiled."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from django.conf import settings
from openpyxl import Workbook

from songhe.kit.clock import today
from songhe.site.demo.places import read_places
from songhe.site.demo.population import population
from songhe.site.demo.samples import PERSON_COLUMNS, _person

COUNTY = 371082
SPOILED_EVERY = 100


def write_lists(folder: Path, rows: int, *, seed: int) -> dict[str, Path]:
    """The same kind of list as CSV and as XLSX; nobody in them is in the city or in the other list."""
    folder.mkdir(parents=True, exist_ok=True)
    out = {}
    for number, form in enumerate(("csv", "xlsx")):
        path = folder / f"list-{rows}-{seed + number}.{form}"
        if not path.exists():
            _save(path, _rows(rows, seed + number))
        out[form] = path
    return out


def _rows(count: int, seed: int) -> list[list[str]]:
    places = read_places(settings.DATA / "regions", "371000")
    everyone = population(count * 5, places=places, seed=seed, on=today())
    here = np.flatnonzero(everyone.residence // 10**6 == COUNTY)[:count]
    rng = np.random.default_rng([seed, COUNTY])
    table = []
    for place, at in enumerate(here):
        row = _person(everyone, int(at), places, rng)
        if place % SPOILED_EVERY == 0:
            row["身份证号"] = row["身份证号"][:-1] + "?"
        table.append([row[column] for column in PERSON_COLUMNS])
    return table


def _save(path: Path, table: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([list(PERSON_COLUMNS), *table])
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    for cells in ([*PERSON_COLUMNS], *table):
        sheet.append(cells)
    book.save(path)
