"""Text, names and dates as counties write them."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.core.text import name_tokens, normalise, normalise_name, parse_date, pinyin, query_tokens

han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
names = st.text(han, min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＡＢ１２３", "AB123"),
        ("你好，世界（一）", "你好，世界（一）"),
        ("a\u200bb\u202ec\ufeff", "abc"),
        ("  多　个\t空 格 ", "多 个 空 格"),
        ("⽼⼈", "老人"),
        ("e\u0301", "é"),
        ("😀好", "😀好"),
        ("𠮷田", "𠮷田"),
    ],
)
def test_plain_text(written: str, plain: str) -> None:
    assert normalise(written) == plain


@pytest.mark.parametrize("broken", ["a\0b", "a\ud800b"])
def test_what_cannot_be_stored_is_refused(broken: str) -> None:
    with pytest.raises(Refused, match="cannot be stored"):
        normalise(broken)


def test_lines_are_kept_on_request() -> None:
    assert normalise(" a \r\n b\n\n\n\nc ", lines=True) == "a\nb\n\nc"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.booleans())
def test_plain_stays_plain(text: str, lines: bool) -> None:
    once = normalise(text, lines=lines)
    assert normalise(once, lines=lines) == once
    assert not any(unicodedata.category(sign) == "Cf" for sign in once)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("王 芳", "王芳"),
        ("王　建　国", "王建国"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("John  Smith", "John Smith"),
        ("*李四", "李四"),
    ],
)
def test_names(written: str, name: str) -> None:
    assert normalise_name(written) == name


@pytest.mark.parametrize("written", ["", "  ", "13812345678", "王3", "😀", "长" * 61])
def test_what_is_no_name(written: str) -> None:
    with pytest.raises(Refused):
        normalise_name(written)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("王建国", "wangjianguo"),
        ("单田芳", "shantianfang"),
        ("曾国藩", "zengguofan"),
        ("尉迟恭", "yuchigong"),
        ("万俟卨", "moqixie"),
        ("仇英", "qiuying"),
        ("解缙", "xiejin"),
        ("任国庆", "renguoqing"),
        ("欧阳修", "ouyangxiu"),
        ("华罗庚", "hualuogeng"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, letters: str) -> None:
    assert pinyin(name) == letters


@pytest.mark.parametrize(
    "words", ["王", "国", "建国", "王建国", "王建", "wangjianguo", "Wang Jianguo", "wjg", "wang", "jianguo"]
)
def test_ways_to_find_a_person(words: str) -> None:
    assert set(query_tokens(words)) <= name_tokens("王建国")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("le", "乐嘉"),
        ("yue", "乐嘉"),
        ("lvbu", "吕布"),
        ("lubu", "吕布"),
        ("lyubu", "吕布"),
        ("oyx", "欧阳修"),
        ("liuchanghe", "刘长河"),
        ("liuzhanghe", "刘长河"),
        ("changhe", "刘长河"),
        ("阿卜杜热合曼", "阿卜杜·热合曼"),
    ],
)
def test_other_readings_are_found_too(words: str, name: str) -> None:
    assert set(query_tokens(words)) <= name_tokens(name)


@pytest.mark.parametrize("words", ["", " ", "😀", "'; drop table", "%"])
def test_words_that_find_nobody(words: str) -> None:
    assert not query_tokens(words) or not set(query_tokens(words)) <= name_tokens("王建国")


@given(names, st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    stop = data.draw(st.integers(start + 1, len(name)))
    wanted = query_tokens(name[start:stop])
    assert wanted
    assert set(wanted) <= name_tokens(name)


@given(st.text(max_size=60))
def test_tokens_of_any_text_are_few(text: str) -> None:
    try:
        assert len(name_tokens(text)) <= 40
    except Refused:
        assert "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


@pytest.mark.parametrize(
    "written",
    [
        "1943-5-2",
        "1943/05/02",
        "1943.5.2",
        "1943年5月2日",
        "1943 年 5 月 2 日",
        "19430502",
        19430502,
        "19430502.0",
        15828,
        "15828",
        15828.0,
        "１９４３－５－２",
        "'1943-05-02",
        "1943-05-02 00:00:00",
        "一九四三年五月二日",
        "1943年5月2日生",
        datetime(1943, 5, 2, 8, 0, tzinfo=UTC),
        date(1943, 5, 2),
    ],
)
def test_one_day_in_many_forms(written: object) -> None:
    assert parse_date(written) == date(1943, 5, 2)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("43.5.2", "date_short_year"),
        ("430502", "date_short_year"),
        ("1943", "date_no_day"),
        ("1943年5月", "date_no_day"),
        ("2/5/1943", "date_order"),
        ("农历五月初二", "date_lunar"),
        ("1943年腊月初八", "date_lunar"),
        ("1943-02-29", "date_impossible"),
        ("1943-13-01", "date_impossible"),
        ("60", "date_impossible"),
        ("0", "date_impossible"),
        ("1643-05-02", "date_early"),
        ("", "date_missing"),
        (None, "date_missing"),
        ("不详", "date_shape"),
        ("\0", "date_missing"),
    ],
)
def test_other_dates_are_refused_with_their_reason(written: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_date(written)
    assert refused.value.code == code


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(Refused, match="after 2026-11-25"):
        parse_date("2043-05-02", latest=date(2026, 11, 25))


@given(st.dates(date(1900, 3, 1), date(2050, 1, 1)))
def test_every_day_survives_every_form(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    forms = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", f"{day:%Y/%m/%d}"]
    assert {parse_date(form) for form in forms} == {day}
    if 1800 <= serial < 2100:
        with pytest.raises(Refused):
            parse_date(serial)
    else:
        assert parse_date(serial) == day


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none() | st.booleans())
def test_any_date_is_read_or_refused(value: object) -> None:
    try:
        told = parse_date(value).isoformat()
    except Refused as refused:
        told = str(refused)
    assert len(told) == 10 or told.endswith((".", "02."))
