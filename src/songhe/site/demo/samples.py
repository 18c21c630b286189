"""County lists as they arrive: CSV in two encodings and spreadsheets, with planted faults and a manifest of them.

Column headings are those of Chinese county lists. `write` puts the files and `manifest.json` into a folder; every fault
is listed with file, row as a spreadsheet shows it, column, kind and what an import should do with it.
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
from openpyxl import Workbook

from songhe.site.demo.bodies import credit_code
from songhe.site.demo.faults import FACILITY_FAULTS, PERSON_FAULTS, Fault, Row
from songhe.site.demo.names import names
from songhe.site.demo.places import Places, address, read_places
from songhe.site.demo.population import Columns, population
from songhe.site.demo.stock import stem
from songhe.site.demo.tags import has

PERSON_COLUMNS = (
    "姓名", "性别", "身份证号", "出生日期", "联系电话", "户籍地址", "居住地址", "村(社区)", "乡镇(街道)",
    "人员类别", "是否独居", "紧急联系人", "紧急联系电话", "备注",
)  # fmt: skip
FACILITY_COLUMNS = (
    "机构名称", "统一社会信用代码", "类型", "地址", "床位数", "护理型床位", "法人", "电话", "经度", "纬度", "坐标系", "所在乡镇",
)  # fmt: skip
KINDS = (
    ("日间照料中心", 0.35), ("农村幸福院", 0.30), ("长者食堂", 0.20), ("养老院", 0.10), ("综合养老服务中心", 0.05),
)  # fmt: skip
CATEGORIES = {
    "extreme_poverty": "特困人员",
    "low_income": "低保",
    "preferential_treatment": "重点优抚",
}


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault in one cell. `row` counts from 1 as spreadsheets do; `expect`: repair, refuse, duplicate, keep, skip."""

    file: str
    row: int
    column: str
    kind: str
    expect: str


def write(folder: Path, *, seed: int, regions: Path, on: date, rows: int = 200) -> list[Planted]:
    """Write the sample files and their manifest; returns what was planted."""
    folder.mkdir(parents=True, exist_ok=True)
    places = read_places(regions, "371000")
    everyone = population(rows * 40, places=places, seed=seed, on=on)
    planted: list[Planted] = []
    counties = (
        (371082, "csv", "utf-8-sig"),
        (371083, "csv", "gb18030"),
        (371003, "xlsx", ""),
    )
    for county, form, encoding in counties:
        here = np.flatnonzero(everyone.residence // 10**6 == county)[:rows]
        rng = np.random.default_rng([seed, county])
        good = [_person(everyone, int(at), places, rng) for at in here]
        name = f"elders-{county}.{form}"
        table, found = _spoil(good, PERSON_FAULTS, name=name, rng=rng, head=3 if form == "xlsx" else 1)
        planted += found
        _save(
            folder / name,
            PERSON_COLUMNS,
            table,
            encoding=encoding,
            title=f"{places.counties[county * 10**6]}老年人花名册",
        )
    rng = np.random.default_rng([seed, 1])
    for name, encoding in (
        ("facilities-371000.csv", "gb18030"),
        ("facilities-371000.xlsx", ""),
    ):
        good = [_facility(number, places, rng) for number in range(60)]
        table, found = _spoil(
            good,
            FACILITY_FAULTS,
            name=name,
            rng=rng,
            head=3 if name.endswith("xlsx") else 1,
        )
        planted += found
        _save(
            folder / name,
            FACILITY_COLUMNS,
            table,
            encoding=encoding,
            title="养老服务设施台账",
        )
    listing = json.dumps([asdict(row) for row in planted], ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(listing + "\n", encoding="utf-8")
    return planted


def _person(people: Columns, at: int, places: Places, rng: np.random.Generator) -> Row:
    spot = places.index(int(people.residence[at]))
    other = places.index(int(people.registered[at]))
    category = [label for tag, label in CATEGORIES.items() if has(people.tags[at : at + 1], tag)[0]]
    kin = (
        people.name[at][0]
        + names(np.array([1], np.uint8), year=np.array([1970]), city=places.city, rng=rng)[0][1:]
    )
    return {
        "姓名": str(people.name[at]),
        "性别": "男" if people.sex[at] == 1 else "女",
        "身份证号": people.id_number[at].decode(),
        "出生日期": str(people.born[at]),
        "联系电话": people.phone[at].decode(),
        "户籍地址": address(places, other),
        "居住地址": f"{address(places, spot)}{rng.integers(1, 280)}号",
        "村(社区)": places.name[spot],
        "乡镇(街道)": places.towns[int(places.code[spot]) // 1000 * 1000],
        "人员类别": "、".join(category),
        "是否独居": "是" if has(people.tags[at : at + 1], "living_alone")[0] else "否",
        "紧急联系人": str(kin),
        "紧急联系电话": f"13{rng.integers(10**8, 10**9)}",
        "备注": "",
    }


def _facility(number: int, places: Places, rng: np.random.Generator) -> Row:
    spot = int(rng.choice(len(places.code), p=places.weight))
    kind = str(rng.choice([kind for kind, _ in KINDS], p=[share for _, share in KINDS]))
    beds = 0 if kind == "长者食堂" else int(rng.integers(6, 120))
    head = names(np.array([1], np.uint8), year=np.array([1975]), city=places.city, rng=rng)[0]
    return {
        "机构名称": f"{stem(places.name[spot])}{kind}",
        "统一社会信用代码": credit_code(
            f"52{int(places.code[spot]) // 10**6}", 700_000 + 1000 * int(rng.integers(0, 200)) + number
        ),
        "类型": kind,
        "地址": f"{address(places, spot)}{rng.integers(1, 300)}号",
        "床位数": str(beds),
        "护理型床位": str(int(beds * 0.557)),
        "法人": str(head),
        "电话": f"0631-{rng.integers(5_000_000, 8_000_000)}",
        "经度": f"{places.longitude[spot]:.6f}",
        "纬度": f"{places.latitude[spot]:.6f}",
        "坐标系": "CGCS2000",
        "所在乡镇": places.towns[int(places.code[spot]) // 1000 * 1000],
    }


def _spoil(
    good: list[Row],
    faults: tuple[Fault, ...],
    *,
    name: str,
    rng: np.random.Generator,
    head: int,
) -> tuple[list[Row | None], list[Planted]]:
    """Plant every fault once on a row of its own; doubles and blank rows are put in behind. None is a blank row."""
    table: list[Row | None] = list(good)
    chosen = rng.permutation(len(good))[: len(faults)]
    marks: list[tuple[Row | None, Fault]] = []
    for at, fault in zip(chosen, faults, strict=True):
        spoiled = fault.spoil(dict(good[at]))
        if fault.adds:
            table.insert(table.index(good[at]) + 1, spoiled)
        else:
            table[table.index(good[at])] = spoiled
        marks.append((spoiled, fault))
    place = int(rng.integers(5, len(good)))
    table[place:place] = [None, None]
    where = {id(row): head + 1 + at for at, row in enumerate(table) if row is not None}
    planted = [Planted(name, where[id(row)], fault.column, fault.kind, fault.expect) for row, fault in marks]
    blank = [
        Planted(name, head + 1 + at, "", "blank_row", "skip") for at, row in enumerate(table) if row is None
    ]
    title = [Planted(name, 1, "", "title_above_header", "skip")] if head > 1 else []
    return table, sorted(title + planted + blank, key=lambda one: one.row)


def _save(
    path: Path,
    columns: tuple[str, ...],
    table: list[Row | None],
    *,
    encoding: str,
    title: str,
) -> None:
    rows = [[""] * len(columns) if row is None else [row[column] for column in columns] for row in table]
    if path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
        return
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet.append(["填报单位:民政局", "", "", "填报日期:2026年11月"])
    sheet.append(list(columns))
    for cells in rows:
        sheet.append(cells)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    book.save(path)
