"""Identity numbers and credit codes: published samples, mangled cells, and laws over every number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.codes import credit_code, parse_credit_code, parse_id
from songhe.core.codes.resident_id import CHECK_SIGNS, check_sign, mask, to_18
from songhe.core.refusal import Refused

areas = st.integers(110101, 659009).map(str)
births = st.dates(date(1900, 1, 1), date(2026, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))
sequences = st.integers(0, 999).map(lambda number: f"{number:03}")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    first17 = draw(areas) + draw(births) + draw(sequences)
    return first17 + check_sign(first17)


@pytest.mark.parametrize("sample", ["11010519491231002X", "440524188001010014"])
def test_published_samples_are_accepted(sample: str) -> None:
    assert parse_id(sample).number == sample


def test_what_a_number_says() -> None:
    found = parse_id("11010519491231002x")
    assert (found.area, found.born, found.sex) == (110105, date(1949, 12, 31), "female")


@pytest.mark.parametrize(
    "written",
    [
        " 11010519491231002X ",
        "'11010519491231002X",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002x",
        "11010519491231002X\u200b",
    ],
)
def test_ways_of_writing_one_number(written: str) -> None:
    assert parse_id(written).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("3.70602E+17", "id_digits_lost"),
        (3.70602194305020000e17, "id_digits_lost"),
        (370602194305021000, "id_digits_lost"),
        ("370602194305021000", "id_digits_lost"),
        ("11010519491231002", "id_shape"),
        ("11010519491231002Y", "id_shape"),
        ("110105194902300026", "id_birthday"),
        ("110105194913310026", "id_birthday"),
        ("", "id_missing"),
        (None, "id_missing"),
        ("王建国", "id_shape"),
        ("110105194912310021", "id_check"),
        ("𠮷" * 18, "id_shape"),
    ],
)
def test_bad_numbers_are_refused_with_their_reason(value: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_id(value)
    assert refused.value.code == code


def test_abolished_county_is_accepted() -> None:
    first17 = "37061119430502002"
    assert parse_id(first17 + check_sign(first17)).area == 370611


def test_birthday_after_today_is_refused() -> None:
    first17 = "37060220300101001"
    with pytest.raises(Refused, match="after 2026-11-25"):
        parse_id(first17 + check_sign(first17), today=date(2026, 11, 25))


def test_old_numbers_become_18_signs() -> None:
    assert parse_id("110105491231002").number == "11010519491231002X"
    assert to_18("440524800101997")[6:10] == "1880"
    assert parse_id(110105491231002.0).number == "11010519491231002X"


def test_messages_do_not_repeat_the_number() -> None:
    with pytest.raises(Refused) as refused:
        parse_id("110105194912310021")
    assert "19491231" not in str(refused.value)


@given(numbers())
def test_every_right_number_is_read_unchanged(number: str) -> None:
    found = parse_id(number)
    assert found.number == number
    assert found.born.strftime("%Y%m%d") == number[6:14]


@given(numbers(), st.data())
def test_every_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 17))
    signs = CHECK_SIGNS if place == 17 else "0123456789"
    wrong = data.draw(st.sampled_from([sign for sign in signs if sign != number[place]]))
    with pytest.raises(Refused):
        parse_id(number[:place] + wrong + number[place + 1 :])


@given(numbers(), st.integers(0, 15))
def test_every_swap_of_neighbours_is_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Refused):
            parse_id(swapped)


@given(numbers())
def test_a_mask_shows_four_signs(number: str) -> None:
    hidden = mask(number)
    assert len(hidden) == 18
    assert hidden.count("*") == 14
    assert hidden[:3] + hidden[-1] == number[:3] + number[-1]


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.booleans())
def test_anything_is_read_or_refused(value: object) -> None:
    try:
        found = parse_id(value)
    except Refused as refused:
        told = str(refused)
    else:
        told = found.number
    assert len(told) >= 18


def test_credit_code_sample() -> None:
    found = parse_credit_code("9135 0100-m000100y43")
    assert found.code == "91350100M000100Y43"
    assert (found.authority, found.area, found.organisation_code) == ("9", 350100, "M000100Y4")
    assert credit_code.organisation_check_sign("M000100Y") == "4"


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    signs = st.sampled_from(credit_code.ALPHABET)
    head = draw(st.sampled_from(["52", "91", "12", "53"])) + draw(areas)
    first17 = head + "".join(draw(st.lists(signs, min_size=9, max_size=9)))
    return first17 + credit_code.check_sign(first17)


@given(credit_codes(), st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_every_wrong_sign_of_a_credit_code_is_noticed(code: str, place: int, sign: str) -> None:
    assert parse_credit_code(code).code == code
    if code[place] != sign:
        with pytest.raises(Refused):
            parse_credit_code(code[:place] + sign + code[place + 1 :])


@pytest.mark.parametrize("value", ["", None, "91350100M000100Y4", "9135010OM000100Y43", "😀" * 18])
def test_bad_credit_codes_are_refused(value: object) -> None:
    with pytest.raises(Refused):
        parse_credit_code(value)
