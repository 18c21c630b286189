"""Laws of planning: every period once, loads as even as pairs allow, and draws that anybody can repeat."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.caring.actions.checking import drawn_of
from songhe.areas.caring.limits import terms
from songhe.areas.caring.rules import Condition, Every, Way, due_in, group_of, period_of, shared
from songhe.core.days import month_after, month_of

months = st.dates(date(2024, 1, 1), date(2030, 12, 31)).map(month_of)


@given(months, st.sampled_from(list(Every)), st.uuids().map(str), st.integers(3, 14))
def test_over_any_months_each_period_comes_exactly_once(
    month: date, every: Every, key: str, count: int
) -> None:
    found, at = [], month
    for _month in range(count):
        found += [one.since for one in due_in(every, at, key)]
        assert all(one.until > at for one in due_in(every, at, key))
        at = month_after(at)
    assert len(set(found)) == len(found)
    day, whole = month, set()
    while day < at:
        since, until = period_of(every, day)
        if since >= month and until <= at:
            whole.add(since)
        day += timedelta(days=1)
    assert whole <= set(found)


@given(months, st.uuids().map(str), st.integers(0, 5))
def test_of_the_weeks_of_a_month_the_first_are_visits(month: date, key: str, visits: int) -> None:
    found = list(due_in(Every.WEEK, month, key, weekly_visits=visits))
    assert len(found) in (4, 5)
    assert [one.way for one in found] == [Way.VISIT] * min(visits, len(found)) + [Way.CALL] * (
        len(found) - min(visits, len(found))
    )


small = st.dictionaries(
    st.integers(0, 7), st.lists(st.integers(0, 3), min_size=0, max_size=3, unique=True), max_size=7
)


@given(small, st.dictionaries(st.integers(0, 3), st.integers(0, 3)))
def test_everybody_goes_to_one_who_may_and_no_fairer_way_exists(
    may: dict[int, list[int]], load: dict[int, int]
) -> None:
    found = shared(may, load=load)
    assert set(found) == {person for person, helpers in may.items() if helpers}
    assert all(found[person] in may[person] for person in found)
    loads = Counter(load)
    loads.update(found.values())
    people = [person for person in may if may[person]]
    best = min(
        (
            tuple(sorted((Counter(load) + Counter(way)).values(), reverse=True))
            for way in itertools.product(*(may[person] for person in people))
        ),
        default=tuple(sorted((+Counter(load)).values(), reverse=True)),
    )
    assert tuple(sorted((+loads).values(), reverse=True)) == best


@given(st.integers(1, 60), st.integers(1, 7))
def test_without_pairs_loads_differ_by_one_at_most(persons: int, helpers: int) -> None:
    loads = Counter(shared({person: list(range(helpers)) for person in range(persons)}).values())
    counts = [loads[helper] for helper in range(helpers)]
    assert max(counts) - min(counts) <= 1


@given(small, st.randoms())
def test_sharing_depends_on_the_list_and_not_on_its_order(may: dict[int, list[int]], chance: object) -> None:
    keys = list(may)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    assert shared({key: may[key] for key in keys}) == shared(may)


def test_the_highest_group_that_fits_counts() -> None:
    groups = terms().groups
    cases = [
        ({"living_alone": ""}, 86, "high"),
        ({"living_alone": ""}, 70, "key"),
        ({"living_alone": "", "functional_loss": "severe"}, 70, "high"),
        ({"living_alone": "", "functional_loss": "light"}, 70, "key"),
        ({"empty_nest": ""}, 81, "key"),
        ({"empty_nest": ""}, 70, "other"),
        ({}, 91, "other"),
    ]
    for tags, age, code in cases:
        found = group_of(groups, tags, age)
        assert found is not None
        assert found.code == code, (tags, age)
    assert group_of(groups, {}, 89) is None
    assert not Condition(age=80).holds({}, None)


@pytest.mark.parametrize("share", [1, 10, 100])
def test_a_draw_can_be_repeated_and_is_a_share_rounded_up(share: int) -> None:
    keys = [f"{n:03}" for n in range(137)]
    first = drawn_of("seed", keys, share)
    assert drawn_of("seed", keys[::-1], share) == first
    assert len(set(first)) == -(-137 * share // 100)
    assert share == 100 or drawn_of("other", keys, share) != first
