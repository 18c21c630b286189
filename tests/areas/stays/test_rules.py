"""Turns, days, rooms and counts: what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.areas.stays.limits import terms
from songhe.areas.stays.rules import (
    Applicant,
    Count,
    Days,
    Fen,
    Group,
    build_terms,
    day_fee,
    fits_level,
    freed_on,
    room_numbers,
    share,
    turn_of,
    without,
)
from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.sources import DataError

BEGIN = date(2026, 1, 1)


def day(n: int) -> date:
    return BEGIN + timedelta(days=n)


spans = st.builds(
    lambda a, n, is_open: Days(day(a), None if is_open else day(a + n)),
    st.integers(0, 60), st.integers(0, 30), st.booleans(),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(spans, st.lists(spans, max_size=5))
def test_what_is_left_of_a_span_holds_just_the_days_in_no_cut(span: Days, cuts: list[Days]) -> None:
    left = without(span, cuts)
    for n in range(120):
        wanted = span.holds(day(n)) and not any(cut.holds(day(n)) for cut in cuts)
        assert any(one.holds(day(n)) for one in left) == wanted
    assert list(left) == sorted(left)
    assert not any(one.empty for one in left)


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError):
        Days(day(1), day(0))


KEEPS = {"hospital": 30, "home": 15, "other": 7}


@given(st.sampled_from(sorted(KEEPS)), st.integers(1, 90))
def test_a_bed_is_kept_for_a_short_leave_and_freed_on_one_day_for_a_long_one(kind: str, days: int) -> None:
    freed = freed_on(kind, BEGIN, day(days), KEEPS)
    assert (freed is None) == (days <= KEEPS[kind])
    assert freed in (None, day(KEEPS[kind]))
    assert freed_on(kind, BEGIN, None, KEEPS) == day(KEEPS[kind]), "nobody knows when they are back"


GROUPS = tuple(
    Group(code=code, label=Label(en=code, zh=code), tags=frozenset(tags), level=level, age=age)
    for code, tags, level, age in (("poor", ["extreme_poverty"], None, None), ("ability", [], 3, None), ("old", [], None, 80))
)  # fmt: skip
people = st.builds(
    Applicant,
    tags=st.frozensets(st.sampled_from(["extreme_poverty", "dementia"])),
    level=st.none() | st.integers(0, 4),
    age=st.none() | st.integers(50, 110),
)


@given(people)
def test_the_first_group_that_fits_counts_and_all_that_fit_are_named(one: Applicant) -> None:
    turn = turn_of(one, GROUPS)
    codes = [group.code for group in GROUPS]
    assert 0 <= turn.rank <= len(GROUPS)
    if turn.groups:
        assert codes[turn.rank] == turn.groups[0]
        assert list(turn.groups) == [code for code in codes if code in turn.groups]
    else:
        assert turn.rank == len(GROUPS)


@given(people, st.integers(1, 4), st.integers(1, 40))
def test_whoever_gets_older_or_weaker_never_comes_later(one: Applicant, weaker: int, older: int) -> None:
    worse = Applicant(
        tags=one.tags,
        level=None if one.level is None else min(4, one.level + weaker),
        age=None if one.age is None else one.age + older,
    )
    assert turn_of(worse, GROUPS).rank <= turn_of(one, GROUPS).rank


@pytest.mark.parametrize(
    ("level", "kind", "why", "code"),
    [
        (None, "nursing", "", "not_assessed"), (None, "nursing", "夜间急诊后无人照料", ""), (3, "ordinary", "", "needs_nursing"),
        (3, "nursing", "", ""), (1, "ordinary", "", ""), (0, "nursing", "", ""),
    ],
)  # fmt: skip
def test_the_level_decides_on_the_bed(level: int | None, kind: str, why: str, code: str) -> None:
    decision = fits_level(level, kind, build_terms({}), why=why)
    assert (decision.code if decision.refused else "") == code
    assert decision.reasons


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("301-303", ("301", "302", "303")), ("301–302，305", ("301", "302", "305")), ("A01至A03", ("A01", "A02", "A03")),
        ("３０１", ("301",)), ("301, 301-302", ("301", "302")), ("098-101", ("098", "099", "100", "101")),
    ],
)  # fmt: skip
def test_rooms_as_people_write_them(text: str, rooms: tuple[str, ...]) -> None:
    assert room_numbers(text) == rooms


@pytest.mark.parametrize(
    "text", ["", " ", "312-301", "abc", "1-2-3", "A1-B4", "1-99999", "301-\0", "三楼", "-"]
)
def test_what_is_no_room_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        room_numbers(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_rooms(text: str) -> None:
    try:
        found = room_numbers(text)
    except Refused:
        return
    assert found
    assert len(set(found)) == len(found)


counts = st.builds(Count, *[st.integers(0, 500)] * 4)


@given(counts, counts)
def test_counts_add_up_and_nothing_less_than_nothing_is_free(a: Count, b: Count) -> None:
    assert (a + b).total == a.total + b.total
    assert a.free >= 0
    assert (a + b).usable == a.usable + b.usable


@given(st.integers(0, 10_000), st.integers(-5, 10_000))
def test_a_share_is_within_half_a_basis_point(part: int, whole: int) -> None:
    found = share(part, whole)
    if whole <= 0:
        assert found is None
    else:
        assert found is not None
        assert abs(2 * found * whole - 20_000 * part) <= whole


def test_weihais_nursing_share_is_the_published_one() -> None:
    assert share(21_360, 38_366) == 5567
    assert terms().nursing_share == 5570


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 3))
def test_a_day_costs_the_day_and_its_meals(fee: int, meal: int, meals: int) -> None:
    assert day_fee(Fen(fee), Fen(meal), meals) == fee + meal * meals


@pytest.mark.parametrize(
    "data",
    [
        {"admission": {"nursing_from": 7}}, {"admission": {"back_days": True}}, {"leave": {"keeps": {"moon": 3}}},
        {"waiting": {"groups": [{"code": "x", "en": "X", "zh": "某"}]}}, {"waiting": {"groups": ["x"]}}, {"day_care": 4},
        {"waiting": {"groups": [{"code": "x", "en": "X", "zh": "某", "age": 0}]}},
    ],
)  # fmt: skip
def test_bad_data_names_itself(data: dict[str, object]) -> None:
    with pytest.raises(DataError, match="stays"):
        build_terms(data)


def test_the_nations_rules_say_what_is_assumed() -> None:
    assert {"admission", "leave", "waiting"} <= terms().assumed
    assert [group.code for group in terms().groups] == ["extreme_poverty", "ability", "old_age"]
