"""County lists of any length for the import benchmark, with every hundredth row spoiled."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from django.conf import settings
from openpyxl import Workbook

from songhe.kit.clock import today
from songhe.site.demo.names import names
from songhe.site.demo.places import address, read_places
from songhe.site.demo.population import population
from songhe.site.demo.samples import PERSON_COLUMNS

COUNTY = 371082
SPOILED_EVERY = 100
CATEGORIES = ("", "低保", "", "特困人员", "", "")


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
    kin = names(everyone.sex[here], year=np.full(len(here), 1972), city="371000", rng=rng)
    spots = np.searchsorted(places.code, everyone.residence[here])
    others = np.searchsorted(places.code, everyone.registered[here])
    table = []
    for place, at in enumerate(map(int, here)):
        number = everyone.id_number[at].decode()
        spot, home = int(spots[place]), address(places, int(spots[place]))
        row = {
            "姓名": str(everyone.name[at]),
            "性别": "男" if everyone.sex[at] == 1 else "女",
            "身份证号": number[:-1] + "?" if place % SPOILED_EVERY == 0 else number,
            "出生日期": str(everyone.born[at]),
            "联系电话": everyone.phone[at].decode(),
            "户籍地址": address(places, int(others[place])),
            "居住地址": f"{home}{place % 280 + 1}号",
            "村(社区)": places.name[spot],
            "乡镇(街道)": places.towns[int(places.code[spot]) // 1000 * 1000],
            "人员类别": CATEGORIES[place % len(CATEGORIES)],
            "是否独居": "是" if place % 7 == 0 else "否",
            "紧急联系人": str(kin[place]),
            "紧急联系电话": f"139{place:08}",
        }
        table.append([row.get(column, "") for column in PERSON_COLUMNS])
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
