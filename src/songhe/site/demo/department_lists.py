"""Lists as other departments send them, about the people of a sample list, with planted differences and their counts.

The people are those of `elders-371082.csv` that `samples.write` makes with the same seed, day and rows, before its
faults: bring that list in first. `planted.json` says how many differences each list holds.
"""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songhe.site.demo.places import read_places
from songhe.site.demo.population import Columns, population
from songhe.site.demo.tags import has

COUNTY = 371082
TAG_LISTS = {
    "relief": ({"low_income": "低保", "extreme_poverty": "特困人员"}, "批准日期"),
    "veterans": ({"preferential_treatment": "优抚对象"}, "认定日期"),
    "health": ({"family_planning_special": "特扶"}, "认定日期"),
}
GRADES = ("一级", "二级", "三级", "四级")


def write_lists(
    folder: Path, *, seed: int, regions: Path, on: date, rows: int = 200
) -> dict[str, dict[str, int]]:
    """Write one list of each department as of a day; returns what was planted, by list and kind of difference."""
    folder.mkdir(parents=True, exist_ok=True)
    everyone = population(
        rows * 40, places=read_places(regions, str(COUNTY // 1000 * 1000)), seed=seed, on=on
    )
    here = np.flatnonzero(everyone.residence // 10**6 == COUNTY)[:rows]
    rng = np.random.default_rng([seed, 7])
    dead, moved = np.split(rng.permutation(here)[: max(4, rows // 20)], 2)
    planted = {
        "police": _police(folder, everyone, here, dead, moved, on),
        "funeral": _funeral(folder, everyone, dead, on),
        "disabled": _disabled(folder, everyone, rng.permutation(here)[: max(2, rows // 30)], rng, on),
    }
    for name, (terms, heading) in TAG_LISTS.items():
        planted[name] = _tags(folder / f"{name}-{COUNTY}.csv", everyone, here, terms, heading, on)
    text = json.dumps(planted, ensure_ascii=False, indent=1)
    (folder / "planted.json").write_text(text + "\n", encoding="utf-8")
    return planted


def _police(
    folder: Path,
    people: Columns,
    here: NDArray[np.int64],
    dead: NDArray[np.int64],
    moved: NDArray[np.int64],
    on: date,
) -> dict[str, int]:
    gone = {int(at): "死亡" for at in dead} | {int(at): "迁出" for at in moved}
    lines = [
        [
            *_who(people, int(at)),
            gone.get(int(at), "正常"),
            str(on - timedelta(days=9)) if int(at) in gone else "",
            str(on),
        ]
        for at in here
    ]
    _save(folder / f"police-{COUNTY}.csv", ("姓名", "身份证号", "户籍状态", "变动日期", "数据日期"), lines)
    return {"rows": len(lines), "dead": len(dead), "moved": len(moved)}


def _funeral(folder: Path, people: Columns, dead: NDArray[np.int64], on: date) -> dict[str, int]:
    lines = [[*_who(people, int(at)), str(on - timedelta(days=9)), str(on)] for at in dead]
    _save(folder / f"funeral-{COUNTY}.csv", ("姓名", "身份证号", "死亡日期", "数据日期"), lines)
    return {"rows": len(lines), "dead": len(dead)}


def _disabled(
    folder: Path, people: Columns, some: NDArray[np.int64], rng: np.random.Generator, on: date
) -> dict[str, int]:
    lines = [
        [*_who(people, int(at)), str(rng.choice(GRADES)), str(on - timedelta(days=400)), str(on)]
        for at in some
    ]
    _save(folder / f"disabled-{COUNTY}.csv", ("姓名", "身份证号", "残疾等级", "发证日期", "数据日期"), lines)
    return {"rows": len(lines), "no_tag": len(lines)}


def _tags(
    path: Path, people: Columns, here: NDArray[np.int64], terms: dict[str, str], heading: str, on: date
) -> dict[str, int]:
    """Everybody who carries a tag but the first; and somebody who carries none."""
    lines, missing = [], 0
    for tag, word in terms.items():
        holders = [int(at) for at in here[has(people.tags[here], tag)]]
        lines += [[*_who(people, at), word, str(on - timedelta(days=300)), str(on)] for at in holders[1:]]
        missing += 1 if len(holders) > 1 else 0
    free = here.copy()
    for tag in TAGGED:
        free = free[~has(people.tags[free], tag)]
    extra = [int(at) for at in free[-2:]]
    word = next(iter(terms.values()))
    lines += [[*_who(people, at), word, str(on - timedelta(days=20)), str(on)] for at in extra]
    _save(path, ("姓名", "身份证号", "人员类别", heading, "数据日期"), lines)
    return {"rows": len(lines), "no_entry": missing, "no_tag": len(extra)}


TAGGED = tuple(tag for terms, _heading in TAG_LISTS.values() for tag in terms)


def _who(people: Columns, at: int) -> list[str]:
    return [str(people.name[at]), people.id_number[at].decode()]


def _save(path: Path, columns: tuple[str, ...], lines: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(lines)
