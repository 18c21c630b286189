"""Laws of the pure decisions: parts always add up, nobody is looked after twice, a roll says what it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from songhe.areas.canteens.rules.days import Seat, changes, comes, to_look_after, told_apart, week
from songhe.areas.canteens.rules.money import PARTS, Split, added, per_head, split
from songhe.areas.canteens.rules.terms import build_terms
from songhe.core.days import monday_of
from songhe.core.sources import DataError, read

quick = trying(suppress_health_check=[HealthCheck.too_slow], deadline=None)
fen = st.integers(0, 10_000_000)
day = st.dates(date(2025, 1, 1), date(2027, 1, 1))


@given(fen, fen, fen, fen)
def test_the_parts_of_a_meal_always_add_up_to_its_price(
    price: int, budget: int, village: int, gift: int
) -> None:
    found = split(price, subsidy=budget, village=village, donation=gift)
    assert sum(getattr(found, name) for name in PARTS) == found.price == price
    assert min(getattr(found, name) for name in PARTS) >= 0
    assert (found.subsidy, found.village, found.donation) <= (budget, village, gift) or found.subsidy < budget


@given(fen, fen, fen, fen, fen)
def test_more_from_others_never_costs_the_diner_more(
    price: int, budget: int, village: int, gift: int, more: int
) -> None:
    before = split(price, subsidy=budget, village=village, donation=gift)
    after = split(price, subsidy=budget + more, village=village, donation=gift)
    assert after.diner <= before.diner


@quick
@given(st.lists(st.tuples(fen, fen, fen, fen), max_size=6))
def test_a_day_is_the_sum_of_its_meals(rows: list[tuple[int, int, int, int]]) -> None:
    parts = [split(price, subsidy=a, village=b, donation=c) for price, a, b, c in rows]
    whole = added(parts)
    assert whole.price == sum(part.price for part in parts)
    assert whole.diner == sum(part.diner for part in parts)


def test_impossible_parts_are_no_split() -> None:
    for parts in ((800, 300, 0, 0, 400), (800, 900, 0, 0, -100), (-1, 0, 0, 0, -1)):
        with pytest.raises(ValueError):
            Split(*parts)
    with pytest.raises(ValueError):
        split(800, subsidy=-1, village=0, donation=0)


@given(st.integers(0, 10**9), st.integers(0, 10**5))
def test_the_cost_of_a_head_is_the_nearest_fen(spent: int, meals: int) -> None:
    found = per_head(spent, meals)
    if not meals:
        assert found is None
    else:
        assert found is not None
        assert abs(found * meals - spent) * 2 <= meals


@given(st.booleans(), st.booleans(), st.sampled_from([None, True, False]), st.booleans(), st.booleans())
def test_who_is_expected(
    enrolled: bool, eats: bool, said: bool | None, open_day: bool, by_order: bool
) -> None:
    found = comes(Seat(enrolled, eats, said), open_day=open_day, by_order=by_order)
    if not (enrolled and open_day) or said is False:
        assert not found
    elif said:
        assert found
    else:
        assert found == (eats and not by_order)


@given(
    st.sets(st.integers(0, 30)),
    st.sets(st.integers(0, 30)),
    st.sets(st.integers(0, 30)),
    day,
    st.integers(-3, 3),
)
def test_only_who_is_missing_now_is_looked_after(
    expected: set[int], served: set[int], later: set[int], today: date, ahead: int
) -> None:
    on = today + timedelta(days=ahead)
    found = to_look_after(sorted(expected), served, on=on, today=today, seen_later=later)
    assert set(found) == (expected - served - later if ahead in (-1, 0) else set())


BOXES = [(who, on) for who in "abc" for on in week(date(2026, 11, 23))]
keys = st.sampled_from(BOXES)


@quick
@given(
    st.sets(keys, max_size=8),
    st.dictionaries(keys, st.booleans(), max_size=8),
    st.sets(st.sampled_from(week(date(2026, 11, 23)))),
)
def test_a_roll_changes_what_it_says_and_nothing_that_is_closed(
    ticks: set[tuple[str, date]], held: dict[tuple[str, date], bool], closed: set[date]
) -> None:
    today = date(2026, 11, 26)
    found = changes(ticks, held, days=week(date(2026, 11, 23)), closed=closed, today=today)
    for _who, on in (*found.added, *found.dropped):
        assert on <= today
        assert on not in closed
    assert not set(found.added) & set(held)
    assert all(held[key] and key not in ticks for key in found.dropped)
    after = (set(held) | set(found.added)) - set(found.dropped)
    again = changes(
        ticks, dict.fromkeys(after, True), days=week(date(2026, 11, 23)), closed=closed, today=today
    )
    assert not again.added


@given(day)
def test_a_week_begins_on_monday(on: date) -> None:
    assert monday_of(on).weekday() == 0
    assert on in week(monday_of(on))


def test_namesakes_are_told_apart_by_a_number_alone() -> None:
    assert told_apart(["王秀英", "于福", "王秀英"]) == ["王秀英 (1)", "于福", "王秀英 (2)"]


def test_the_data_file_is_read_and_a_broken_one_names_its_fault() -> None:
    path: Path = settings.DATA / "nation/canteens.yaml"
    data = dict(read(path.read_text(encoding="utf-8"), name=path.name).data)
    terms = build_terms(data)
    assert terms.sample_hours == 48
    lunch = terms.meals["lunch"]
    assert lunch.due(date(2026, 11, 25), UTC) == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert terms.meal_now(lunch.since) == "lunch"
    for broken in (
        data | {"meals": []},
        data | {"meals": [{**data["meals"][0], "count_by": "nine"}]},
        data | {"meals": [{**data["meals"][0], "until": "01:00"}]},
        data | {"samples": {"hours": -1, "grams": 125}},
        {name: value for name, value in data.items() if name != "hygiene"},
    ):
        with pytest.raises(DataError, match="canteens"):
            build_terms(broken)
