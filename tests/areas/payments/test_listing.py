"""Each city's bank reads its own columns; what cannot be paid or matched is refused when it is loaded."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from songhe.areas.payments import papers, paying
from songhe.areas.payments.queries.files import FileRow
from songhe.areas.payments.rules.listing import DEFAULT
from songhe.core.sources import DataError

ROW = FileRow(
    "FF-371082-202611-001-00001", "=张桂兰", "6210980000000000018", "邮储银行 荣成支行", 123_456, "2026-09~2026-11",
    seq=1, bank_name="邮储银行", branch="荣成支行", first_month="2026-09", last_month="2026-11", benefit="话费补贴",
)  # fmt: skip
OWN = """
batches:
  file: utf-8
  columns:
    - {head: 序号, field: seq}
    - {head: 收款账号, field: account}
    - {head: 收款户名, field: holder}
    - {head: 金额(分), field: fen}
    - {head: 币种, text: CNY}
    - {head: 用途, field: benefit}
    - {head: 开户行, field: branch}
    - {head: 业务编号, field: number}
"""


def loaded(text: str, tmp_path: Path) -> paying.Terms:
    path = tmp_path / "payments.yaml"
    path.write_text(text, encoding="utf-8")
    return paying._terms.__wrapped__(path)


def test_the_list_has_the_columns_of_the_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = loaded(OWN, tmp_path)
    monkeypatch.setattr(papers, "terms", lambda: own)
    text = papers.bank_csv([ROW], "utf-8").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["序号", "收款账号", "收款户名", "金额(分)", "币种", "用途", "开户行", "业务编号"],
        ["1", "6210980000000000018", "'=张桂兰", "123456", "CNY", "话费补贴", "荣成支行", "FF-371082-202611-001-00001"],
    ]  # fmt: skip


def test_a_city_that_says_nothing_has_the_usual_columns(tmp_path: Path) -> None:
    assert loaded("runs: {months_back: 3}", tmp_path).batches.columns == DEFAULT
    assert papers.cells(ROW)[1:5] == ["'=张桂兰", "6210980000000000018", "邮储银行 荣成支行", "1234.56"]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("field: account", "field: acount", "there is no field acount"),
        ("field: number", "text: x", "number must stand"),
        ("head: 币种", "head: 序号", "each head stands once"),
        ("{head: 币种, text: CNY}", "{head: 元, field: yuan}", "the amount must stand in exactly one column"),
        ("field: fen", "field: seq", "the amount must stand in exactly one column"),
        ("text: CNY", "field: seq, text: CNY", "either a field or a text"),
        ("{head: 币种, text: CNY}", "{head: 币种}", "either a field or a text"),
        ("{head: 币种, text: CNY}", "{title: 币种, text: CNY}", "each with a head"),
        ("{head: 币种, text: CNY}", "{text: CNY}", "head"),
        ("{head: 币种, text: CNY}", "币种", "each with a head"),
    ],
)
def test_columns_that_cannot_be_right_are_refused_when_loaded(
    before: str, after: str, why: str, tmp_path: Path
) -> None:
    assert before in OWN
    with pytest.raises(DataError, match=why):
        loaded(OWN.replace(before, after), tmp_path)


@pytest.mark.parametrize("city", ["weihai", "jining", "luoyang", "zhengzhou"])
def test_the_columns_of_every_city_are_sound(city: str, settings: object) -> None:
    path = settings.DATA / "cities" / city / "payments.yaml"  # type: ignore[attr-defined]
    assert paying._terms(path).batches.columns
