"""Region codes, telephone numbers and coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.codes import (
    Point,
    ancestors,
    at_level,
    distance_metres,
    from_wgs84,
    is_within,
    level_of,
    parent,
    parse_phone,
    parse_point,
    parse_region,
    span,
    to_wgs84,
)
from songhe.core.refusal import Refused

digits = st.integers(1, 99)
villages = st.builds(
    lambda p, c, d, t, v: int(f"{p:02}{c:02}{d:02}{t:03}{v:03}"),
    st.integers(11, 65),
    digits,
    digits,
    st.integers(1, 999),
    st.integers(1, 999),
)


@pytest.mark.parametrize(
    ("code", "level", "above"),
    [
        (370000000000, 1, None),
        (371000000000, 2, 370000000000),
        (371082000000, 3, 371000000000),
        (371082101000, 4, 371082000000),
        (371082101201, 5, 371082101000),
        (441900003000, 4, 441900000000),
    ],
)
def test_levels_and_parents(code: int, level: int, above: int | None) -> None:
    assert level_of(code) == level
    assert parent(code) == above


@given(villages)
def test_a_village_lies_in_every_node_above_it(village: int) -> None:
    node: int | None = village
    while node is not None:
        low, high = span(node)
        assert low <= village < high
        assert is_within(village, node)
        assert at_level(village, level_of(node)) == node
        node = parent(node)


def test_ancestors_start_at_the_province() -> None:
    assert ancestors(371082101201) == (370000000000, 371000000000, 371082000000, 371082101000)


@given(villages, villages)
def test_spans_of_one_level_are_equal_or_apart(one: int, other: int) -> None:
    for level in range(1, 6):
        a, b = at_level(one, level), at_level(other, level)
        assert a == b or span(a)[1] <= b or span(b)[1] <= a


@pytest.mark.parametrize(
    ("value", "code"), [("371082", 371082000000), (3710, 371000000000), ("371082101201.0", 371082101201)]
)
def test_short_codes_are_filled_up(value: object, code: int) -> None:
    assert parse_region(value) == code


@pytest.mark.parametrize("value", ["", None, "37108", "荣成市", "3710821012011", "071082"])
def test_bad_region_codes_are_refused(value: object) -> None:
    with pytest.raises(Refused):
        parse_region(value)


def test_level_of_a_number_that_is_no_code() -> None:
    with pytest.raises(ValueError, match="12 digits"):
        level_of(37)


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("138 1234 5678", "mobile", "13812345678"),
        ("+86 138-1234-5678", "mobile", "13812345678"),
        ("008613812345678", "mobile", "13812345678"),
        ("１３８１２３４５６７８", "mobile", "13812345678"),
        (13812345678, "mobile", "13812345678"),
        (13812345678.0, "mobile", "13812345678"),
        ("13812345678.0", "mobile", "13812345678"),
        ("013812345678", "mobile", "13812345678"),
        ("0631-5231234", "landline", "06315231234"),
        ("（0631）5231234", "landline", "06315231234"),
        ("010 6523 1234", "landline", "01065231234"),
        ("+86-631-5231234", "landline", "06315231234"),
        ("12349", "short", "12349"),
        ("120", "short", "120"),
        ("95588", "short", "95588"),
        ("400-800-1234", "service", "4008001234"),
    ],
)
def test_numbers_as_people_write_them(written: object, kind: str, number: str) -> None:
    found = parse_phone(written)
    assert (found.kind, found.number) == (kind, number)


def test_extension_and_lent_area() -> None:
    assert parse_phone("0631-5231234转801").dialled == "06315231234-801"
    assert parse_phone("5231234", area="0631").number == "06315231234"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "phone_missing"),
        ("1.38123E+10", "phone_digits_lost"),
        ("13812345678/13912345678", "phone_several"),
        ("13812345678 13912345678", "phone_several"),
        ("5231234", "phone_area"),
        ("1381234567", "phone_shape"),
        ("12812345678", "phone_shape"),
        ("无", "phone_shape"),
    ],
)
def test_bad_numbers_are_refused_with_their_reason(written: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_phone(written)
    assert refused.value.code == code


@given(st.integers(13000000000, 19999999999), st.sampled_from(["", "+86", "0086", "86 ", "+86-"]))
def test_every_mobile_is_read_and_read_again(number: int, prefix: str) -> None:
    found = parse_phone(f"{prefix}{number}")
    assert found.number == str(number)
    assert parse_phone(found.number) == found
    assert found.masked.count("*") == 6


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none())
def test_any_number_is_read_or_refused(value: object) -> None:
    try:
        told = parse_phone(value).number
    except Refused as refused:
        told = str(refused)
    assert told.isdecimal() or len(told) > 20


in_china = st.builds(Point, st.floats(73.5, 134.7), st.floats(18.2, 53.5))


def test_known_shift() -> None:
    """Tiananmen in the two frames, as published converters give it."""
    gcj = from_wgs84(Point(116.391, 39.907), "gcj02")
    assert gcj.lon == pytest.approx(116.39724, abs=2e-5)
    assert gcj.lat == pytest.approx(39.90840, abs=2e-5)


@given(in_china, st.sampled_from(["gcj02", "bd09"]))
def test_there_and_back_is_the_same_place(point: Point, frame: str) -> None:
    assert distance_metres(to_wgs84(from_wgs84(point, frame), frame), point) < 0.01  # type: ignore[arg-type]


@given(in_china)
def test_the_shift_is_some_hundred_metres(point: Point) -> None:
    assert 1 < distance_metres(point, from_wgs84(point, "gcj02")) < 1500


def test_nothing_is_shifted_abroad() -> None:
    assert from_wgs84(Point(9.5, 47.1), "gcj02") == Point(9.5, 47.1)


@given(in_china, in_china, in_china)
def test_distance_is_a_metric(a: Point, b: Point, c: Point) -> None:
    assert distance_metres(a, b) == pytest.approx(distance_metres(b, a))
    assert distance_metres(a, c) <= distance_metres(a, b) + distance_metres(b, c) + 1e-6


def test_one_degree_of_latitude() -> None:
    assert distance_metres(Point(120, 36), Point(120, 37)) == pytest.approx(111_195, abs=5)


def test_swapped_and_foreign_places_are_refused() -> None:
    with pytest.raises(Refused, match="swapped"):
        parse_point("37.16", "122.42")
    with pytest.raises(Refused, match="outside China"):
        parse_point("-0.1", "51.5")
    with pytest.raises(Refused, match="degrees"):
        parse_point("east", "")
