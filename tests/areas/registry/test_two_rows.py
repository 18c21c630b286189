"""Lists whose header has two rows: groups above, columns below, and cells merged across and down."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from openpyxl import Workbook, load_workbook
from tests import make
from tests.areas.registry.test_people_list import PEOPLE, through, why

from songhe.areas.registry import api as registry
from songhe.areas.registry.models import Contact, Person
from songhe.engines.imports import api as imports
from songhe.engines.imports import mapping
from songhe.engines.imports.reading import open_table
from songhe.engines.regions.models import Region

TITLE = ["俚岛镇老年人花名册"]
UPPER = ["序号", "姓名", "身份证号", "家庭住址", "", "", "联系人", "", "备注"]
LOWER = ["", "", "", "乡镇", "村", "门牌", "姓名", "电话", ""]
MERGED = ("A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:H2", "I2:I3")
JOINED = ("序号", "姓名", "身份证号", "乡镇", "村", "门牌", "联系人·姓名", "联系人·电话", "备注")
COLUMNS = {
    "name": 1, "id_number": 2, "town": 3, "village": 4, "contact_name": 6, "contact_phone": 7, "note": 8,
}  # fmt: skip


def rows(*names: str, **wrong: str) -> list[list[str]]:
    village = Region.objects.get(code=make.village())
    town = Region.objects.get(code=village.parent_id)
    return [
        [str(at), name, make.id_number(), town.name, village.name, f"{at}号", "王小明", wrong.get(name, "13900000000"), ""]
        for at, name in enumerate(names, start=1)
    ]  # fmt: skip


def xlsx(header: Sequence[Sequence[str]], body: Sequence[Sequence[str]], merged: Sequence[str]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for line in (*header, *body):
        page.append([cell or None for cell in line])
    for cells in merged:
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("gb18030")


def read(*lines: Sequence[str], row: int | None = None) -> mapping.Layout:
    return mapping.guess(open_table(text(lines)), PEOPLE, header_row=row)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_header_of_two_rows_under_a_title_is_joined(form: str) -> None:
    header, body = [TITLE, UPPER, LOWER], rows("王建国", "李秀英")
    run = through(xlsx(header, body, MERGED) if form == "xlsx" else text([*header, *body]))
    assert (run.header_row, run.columns) == (3, COLUMNS)
    assert imports.layout_of(run)[0].headers == JOINED
    assert (run.state, run.rows_made, run.rows_bad) == ("done", 2, 0)
    assert {one.name for one in Person.everywhere.all()} == {"王建国", "李秀英"}
    assert set(registry.contact_phones(list(Contact.everywhere.all())).values()) == {"13900000000"}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_bad_rows_under_two_header_rows_come_back_under_one_that_is_understood(form: str) -> None:
    body = rows("王建国", "李秀英", 李秀英="12")
    run = through(xlsx([TITLE, UPPER, LOWER], body, MERGED))
    assert (run.rows_made, why(run)) == (1, {5: ["contact_phone"]})
    if form == "csv":
        back = "".join(imports.bad_rows_csv(run)).replace(",12,", ",13911111111,").encode()
    else:
        book = load_workbook(io.BytesIO(imports.bad_rows_xlsx(run)))
        (wrong,) = [cell for line in book.active.iter_rows() for cell in line if cell.value == "12"]  # type: ignore[union-attr]
        assert wrong.fill.fgColor.rgb.endswith("FFE3A3")
        wrong.value = "13911111111"
        out = io.BytesIO()
        book.save(out)
        back = out.getvalue()
    again = through(back)
    assert set(again.columns) == set(run.columns)
    assert (again.rows_made, again.rows_bad) == (1, 0)
    assert Person.everywhere.count() == 2


def test_a_column_keeps_its_own_name_where_that_is_clear() -> None:
    upper = ["老人基本信息", "", "", "", "", "联系人信息", "", "出生", "备注"]
    lower = ["姓名", "性别", "身份证号", "村", "联系电话", "姓名", "电话", "日期", ""]
    layout = read(upper, lower)
    assert layout.headers == (
        "姓名", "性别", "身份证号", "村", "联系电话", "联系人·姓名", "联系人·电话", "出生·日期", "备注",
    )  # fmt: skip
    assert layout.columns == {
        "name": 0, "sex": 1, "id_number": 2, "village": 3, "phone": 4, "contact_name": 5, "contact_phone": 6,
        "born": 7, "note": 8,
    }  # fmt: skip


def test_a_name_under_a_group_that_is_not_understood_is_not_taken_for_the_elders() -> None:
    layout = read(["配偶", "", "老人姓名", "身份证号"], ["姓名", "单位", "", ""])
    assert layout.headers == ("配偶·姓名", "单位", "老人姓名", "身份证号")
    assert layout.columns == {"name": 2, "id_number": 3}


def test_of_two_addresses_in_parts_the_dwelling_is_where_somebody_lives() -> None:
    layout = read(
        ["姓名", "身份证号", "户籍地址", "", "居住地址", "", ""], ["", "", "乡镇", "村", "乡镇", "村", ""]
    )
    assert layout.headers == (
        "姓名", "身份证号", "户籍地址·乡镇", "户籍地址·村", "居住地址·乡镇", "居住地址·村", "居住地址",
    )  # fmt: skip
    assert layout.columns == {"name": 0, "id_number": 1, "town": 4, "village": 5, "address": 6}


def test_names_repeated_instead_of_merged_and_a_lower_row_that_says_all() -> None:
    upper = ["姓名", "身份证号", "家庭住址", "家庭住址", "联系人", "联系人"]
    assert read(upper, ["姓名", "身份证号", "乡镇", "村", "姓名", "电话"]).headers == (
        "姓名", "身份证号", "乡镇", "村", "联系人·姓名", "联系人·电话",
    )  # fmt: skip
    assert read(["", "", "家庭住址", ""], ["姓名", "身份证号", "乡镇", "村"]).header_row == 2


@pytest.mark.parametrize(
    "above",
    [
        ["俚岛镇老年人花名册", "", "", "", "", ""],
        ["填报单位：俚岛镇", "", "", "填报日期：2026年11月", "", ""],
        ["街道", "俚岛镇", "", "社区", "大庄许家社区", ""],
    ],
)
def test_what_stands_above_one_header_row_is_no_part_of_it(above: list[str]) -> None:
    header = ["姓名", "身份证号", "乡镇", "村", "姓名", ""]
    layout = read(above, header, ["王建国", "11010519491231002X", "俚岛镇", "大庄许家社区", "王小明", ""])
    assert (layout.header_row, layout.headers) == (2, tuple(header))


@pytest.mark.parametrize(
    "first",
    [
        ["王建国", "11010519491231002X", "俚岛镇", "大庄许家社区", "8号", "无"],
        ["", "", "俚岛镇", "大庄许家社区", "8号", ""],
        ["王建国", "", "村", "社区", "", ""],
    ],
)
def test_the_first_person_under_headings_with_gaps_is_no_header(first: list[str]) -> None:
    header = ["姓名", "身份证号", "家庭住址", "", "", "备注"]
    layout = read(header, first)
    assert (layout.header_row, layout.headers) == (1, tuple(header))


def test_whoever_names_the_lower_row_means_both_and_whoever_names_the_upper_means_it_alone() -> None:
    assert read(TITLE, UPPER, LOWER, row=3).headers == JOINED
    assert read(TITLE, UPPER, LOWER, row=2).headers == tuple(UPPER)
