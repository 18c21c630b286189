"""Lists of other departments hold the differences they say, and every cell is one that the import understands."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from songhe.areas.entitlement import importing
from songhe.engines.imports.api import spec_of
from songhe.site.demo.department_lists import write_lists

REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions"
ON = date(2026, 11, 1)
assert importing.SPECS, "importing it makes the lists known"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lists")
    write_lists(place, seed=3, regions=REGIONS, on=ON, rows=120)
    return place


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_list_of_every_department_with_as_many_rows_as_it_says(folder: Path) -> None:
    planted = json.loads((folder / "planted.json").read_text("utf-8"))
    assert {f"entitlement.{name}" for name in planted} == {spec.code for spec in importing.SPECS}
    for name, told in planted.items():
        assert len(lines(folder / f"{name}-371082.csv")) == told["rows"]
    police = [row["户籍状态"] for row in lines(folder / "police-371082.csv")]
    assert police.count("死亡") == planted["police"]["dead"] > 0
    assert police.count("迁出") == planted["police"]["moved"] > 0


def test_every_cell_is_understood(folder: Path) -> None:
    for spec in importing.SPECS:
        name = spec.code.partition(".")[2]
        targets = {word: target for target in spec.targets for word in target.synonyms}
        for row in lines(folder / f"{name}-371082.csv"):
            for heading, cell in row.items():
                if heading in targets and cell:
                    targets[heading].parse(cell)
            told = {targets[heading].name for heading, cell in row.items() if heading in targets and cell}
            assert {target.name for target in spec.targets if target.required} <= told
        assert spec_of(spec.code) is spec


def test_the_same_seed_gives_the_same_lists(folder: Path, tmp_path: Path) -> None:
    write_lists(tmp_path, seed=3, regions=REGIONS, on=ON, rows=120)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()
