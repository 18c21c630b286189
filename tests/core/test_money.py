"""Yuan as lists write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.core.text import parse_yuan


@given(st.integers(0, 10**14))
def test_every_amount_comes_back(fen: int) -> None:
    text = f"{fen // 100}.{fen % 100:02}"
    assert parse_yuan(text) == parse_yuan(f"¥{text}元") == fen
    assert parse_yuan(f"{fen // 100:,}.{fen % 100:02}") == fen


@pytest.mark.parametrize(
    ("cell", "fen"), [(800, 80_000), (120.5, 12_050), ("１２.3０", 1_230), ("450.000", 45_000)]
)
def test_cells_of_spreadsheets(cell: object, fen: int) -> None:
    assert parse_yuan(cell) == fen


@pytest.mark.parametrize(
    "cell", ["", "-5", "1.234", "八百", "1e3", "nan", "inf", True, None, "12.3.4", "9" * 40]
)
def test_what_is_no_amount_is_refused(cell: object) -> None:
    with pytest.raises(Refused):
        parse_yuan(cell)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        assert parse_yuan(text) >= 0
