"""Lines of papers: where they may end, however long the words are, and what a font cannot draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.kit.lines import ENDING, OPENING, pieces
from songhe.kit.pdf import GETA, Paper

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
texts = st.text(st.sampled_from("老年人待遇每月,。、;:?!(《》)“”·abc 12.5¥%45 小时\n"), max_size=120)


@pytest.fixture(scope="module")
def paper() -> Iterator[Paper]:
    made = Paper(title="T", issuer="民政局", number="1", at=AT)
    made.set_font("sans", size=12)
    yield made
    made.finished()  # closes the fonts


@given(texts)
def test_no_sign_is_lost_between_the_pieces(text: str) -> None:
    assert "".join(pieces(text)) == text.replace("\n", " ")


@given(texts)
def test_points_are_never_first_and_brackets_never_last(text: str) -> None:
    found = list(pieces(text))
    assert all(piece[0] not in ENDING for piece in found[1:])
    assert all(piece[-1] not in OPENING for piece in found[:-1])


@settings(max_examples=tries(40), deadline=None)
@given(texts, st.integers(30, 170))
def test_lines_fit_and_say_everything(paper: Paper, text: str, width: int) -> None:
    lines = paper.lines_of(text, width)
    told = "".join(lines).replace(" ", "")
    assert told == paper.normalize_text(text).replace(" ", "").replace("\n", "")
    assert all(paper.get_string_width(line.rstrip()) <= width for line in lines)


def test_a_number_stays_with_its_unit() -> None:
    assert "45 小时" in list(pieces("每月45 小时以内"))


def test_a_word_wider_than_the_page_is_broken(paper: Paper) -> None:
    lines = paper.lines_of("a" * 400, 60)
    assert len(lines) > 3 and "".join(lines) == "a" * 400


def test_a_character_without_a_picture_is_marked_and_named() -> None:
    made = Paper(title="T", issuer="民政局", number="1", at=AT)
    made.facts([("姓名", "𠮷田国"), ("单位", "很长的名称" * 30)])
    assert made.lacking == {"𠮷": None}
    assert made.normalize_text("𠮷𬭚") == f"{GETA}𬭚"
    assert made.finished().startswith(b"%PDF-")
