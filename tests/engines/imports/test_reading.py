"""Files read as streams of rows, and files refused before they do harm."""

from __future__ import annotations

import csv
import io
import resource
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Spreadsheet
from tests.badinput import files
from tests.examples import tries

from songhe.core.refusal import Refused
from songhe.engines.imports.mapping import guess
from songhe.engines.imports.reading import CSV_SHEET, Csv, Workbook, open_table
from songhe.engines.imports.spec import ImportSpec, Written
from songhe.engines.regions.models import Region

NOTHING_KNOWN = ImportSpec(
    code="test.nothing",
    title="Nothing",
    right="registry.import",
    model=Region,
    targets=(),
    check=lambda batch: None,
    write=lambda batch: Written(),
)
HEADER = ["姓名", "身份证号", "备注"]


def cells(raw: bytes, sheet: str = "") -> list[list[object]]:
    table = open_table(raw)
    return [list(line.cells) for line in table.lines(sheet or table.sheets[0])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_the_encodings_of_china(encoding: str, delimiter: str) -> None:
    text = delimiter.join(HEADER) + "\r\n" + delimiter.join(["王建国", "11010519491231002X", "“家”"]) + "\r\n"
    assert cells(text.encode(encoding)) == [HEADER, ["王建国", "11010519491231002X", "“家”"]]


def test_rare_characters_survive_both_ways() -> None:
    assert cells("姓名\n𠮷田😀\n".encode("gb18030"))[1] == ["𠮷田😀"]
    assert cells(files.xlsx([["姓名"], ["𠮷田😀"]]))[1] == ["𠮷田😀"]


def test_line_breaks_inside_cells_and_numbers_of_lines() -> None:
    table = open_table(b'a,b\n"1\n2",3\n\n4,5\n')
    assert [(line.number, line.cells) for line in table.lines(CSV_SHEET)] == [
        (1, ["a", "b"]),
        (2, ["1\n2", "3"]),
        (4, ["4", "5"]),
    ]


def test_a_hidden_sheet_is_read_after_those_that_are_seen() -> None:
    book = Spreadsheet()
    for name, state in (("旧名单", "hidden"), ("名单", "visible")):
        page = book.create_sheet(name)
        page.append(HEADER)
        page.sheet_state = state
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    assert open_table(out.getvalue()).sheets == ("名单", "旧名单")


def test_rows_keep_the_numbers_of_the_workbook() -> None:
    table = open_table(files.xlsx([[], [], [None, "姓名"], [], [None, "王五"]]))
    assert [(line.number, line.cells) for line in table.lines("Sheet1")] == [
        (3, ["", "姓名"]),
        (5, ["", "王五"]),
    ]


def test_cells_keep_their_kinds() -> None:
    row = cells(files.xlsx([["x"], [date(1943, 5, 2)]]))[1]
    assert row[0] in (date(1943, 5, 2), datetime(1943, 5, 2))  # noqa: DTZ001  spreadsheets know no zones


def test_kind_is_told_by_content_not_by_name() -> None:
    assert isinstance(open_table(files.xlsx([["a"]])), Workbook)
    assert isinstance(open_table(b"a,b"), Csv)


def test_a_missing_sheet_names_those_that_exist() -> None:
    with pytest.raises(Refused, match="the workbook has 名单, 说明"):
        cells(files.xlsx([["a"]], sheet="名单", more=["说明"]), "Sheet9")


@pytest.mark.parametrize("what", files.REFUSED)
def test_bad_files_are_refused_with_their_reason(what: str) -> None:
    raw, code = files.REFUSED[what]
    with pytest.raises(Refused) as refused:
        guess(open_table(raw), NOTHING_KNOWN)
    assert refused.value.code == code
    assert str(refused.value)


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    raw = files.zip_bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused, match="unpack into far more"):
        open_table(raw)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_styled_but_empty_cells_far_out_do_no_harm() -> None:
    sheet = files.SHEET_HEAD + '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'
    sheet += '<row r="1048576"><c r="A1048576" s="1"/></row>' + files.SHEET_TAIL
    assert cells(files.raw_workbook(sheet))[0][0] == 1


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Refused, match="more than 200000 rows"):
        cells(b"a\n" * 200_001)


def test_an_endless_cell_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        cells(b"a,b\n" + b"x" * 50_000 + b",1\n")
    assert refused.value.code == "cell_long"
    with pytest.raises(Refused) as refused:
        cells(b'a,b\n"' + b"x" * 500_000)
    assert refused.value.code == "csv_broken"


@settings(max_examples=tries(300), deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        count = sum(1 for _ in open_table(raw).lines(CSV_SHEET))
    except Refused as refused:
        count = len(str(refused))
    assert count >= 0


SOUND = files.xlsx([HEADER, ["王建国", "1", "x"]])


@settings(max_examples=tries(100), deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = cells(bytes(raw))
    except Refused as refused:
        assert refused.message  # noqa: PT017  either way is right; anything else is a defect
    else:
        assert isinstance(found, list)


@settings(max_examples=tries(100), deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=8),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_what_was_written_as_csv_is_read_back(rows: list[list[str]], encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["甲", "乙", "丙"], *rows])
    expected = [["甲", "乙", "丙"], *(row for row in rows if any(cell.strip() for cell in row))]
    table = open_table(out.getvalue().encode(encoding))
    assert isinstance(table, Csv)
    if table.encoding.startswith(encoding[:3]) and table.delimiter == ",":
        assert [list(line.cells) for line in table.lines()] == expected
