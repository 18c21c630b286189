"""Sample lists carry exactly the faults that their manifest names."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from stdnum.cn import ric, uscc

from songhe.site.demo.samples import FACILITY_COLUMNS, PERSON_COLUMNS, write

pytestmark = pytest.mark.long

REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions"
ON = date(2026, 11, 25)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("samples")
    write(place, seed=1, regions=REGIONS, on=ON)
    return place


def cells(path: Path) -> list[list[str]]:
    """All rows of a file as text, the first being row 1 of the sheet."""
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).worksheets[0]
        return [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
    raw = path.read_bytes()
    encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030"
    return list(csv.reader(raw.decode(encoding).splitlines(keepends=True)))


def test_every_file_has_every_fault_once(folder: Path) -> None:
    planted = json.loads((folder / "manifest.json").read_text("utf-8"))
    for path in folder.glob("elders-*"):
        kinds = [row["kind"] for row in planted if row["file"] == path.name and row["kind"] != "blank_row"]
        assert len(kinds) == len(set(kinds)) >= 28
    assert {path.name for path in folder.iterdir()} == {row["file"] for row in planted} | {"manifest.json"}


def test_faults_are_where_the_manifest_says(folder: Path) -> None:
    planted = json.loads((folder / "manifest.json").read_text("utf-8"))
    for mark in planted:
        table = cells(folder / mark["file"])
        columns = PERSON_COLUMNS if mark["file"].startswith("elders") else FACILITY_COLUMNS
        head = next(at for at, row in enumerate(table) if row[:3] == list(columns[:3]))
        row = table[mark["row"] - 1]
        if mark["kind"] == "blank_row":
            assert not any(row)
        elif mark["kind"] == "title_above_header":
            assert head > 0
        elif mark["kind"] == "missing_name":
            assert row[0] == ""
        elif mark["kind"] == "wrong_check_sign":
            check = ric if mark["column"] == "身份证号" else uscc
            assert not check.is_valid(row[columns.index(mark["column"])])
        elif mark["kind"] == "duplicate_row":
            assert table[mark["row"] - 1] in table[: mark["row"] - 1]


def test_unmarked_identity_numbers_and_credit_codes_are_valid(folder: Path) -> None:
    planted = json.loads((folder / "manifest.json").read_text("utf-8"))
    for path in folder.glob("*.[cx]*"):
        marked = {row["row"] for row in planted if row["file"] == path.name}
        people = path.name.startswith("elders")
        rows = [row for at, row in enumerate(cells(path), 1) if at not in marked][1:]
        rows = [row for row in rows if len(row) > 3 and (row[2 if people else 1] or "")[:2] in ("37", "52")]
        assert len(rows) > 40
        for row in rows:
            if people:
                assert ric.calc_check_digit(row[2]) == row[2][-1]
            else:
                assert uscc.is_valid(row[1])


def test_same_seed_same_lists(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, seed=1, regions=REGIONS, on=ON)
    for path in folder.glob("*.csv"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()
    other = folder / "elders-371003.xlsx"
    assert cells(other) == cells(tmp_path / other.name)
