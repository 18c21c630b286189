"""Lines that leave the days to the planner: laws of the days they take, before and after days were chosen."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.care.rules import Recurring, Span
from songhe.areas.care.weeks import Often, Place, Term, nearest, often, places, settled
from songhe.core.days import monday_of
from songhe.core.refusal import Refused

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WEEKDAYS = st.sets(st.integers(1, 7))


@st.composite
def lines(draw: st.DrawFn) -> Often:
    """Lines that fit."""
    weekdays = draw(WEEKDAYS)
    most = len(weekdays) or 7
    times = draw(st.integers(1, most))
    for gap in range(draw(st.integers(1, 7)), 0, -1):
        try:
            return often(weekdays, times, gap, draw(st.integers(1, 3)))
        except Refused:
            continue
    raise AssertionError("so many on days of their own always fit")


def asked(
    line: Often, start: date, ahead: int, away: Span, after: date, kept: dict[tuple[date, int], date]
) -> tuple[list[Place], set[date]]:
    """Eight weeks of a line, and the days that were possible."""
    until = start + timedelta(days=55)
    recurring = Recurring(rule=line.rule, start=start, until=start + timedelta(days=ahead))
    possible = set(recurring.days(start, until, away=[away], holidays=()))
    term = Term(start=start, until=recurring.until, after=after)
    return list(places(line, term, possible, kept, start, until)), possible


@given(lines(), DAYS, st.integers(0, 70), st.integers(0, 50), st.integers(0, 12))
def test_a_week_holds_no_more_visits_than_are_asked_for_on_possible_days_that_lie_apart(
    line: Often, start: date, ahead: int, begins: int, length: int
) -> None:
    away = Span(start + timedelta(days=begins), start + timedelta(days=begins + length))
    found, possible = asked(line, start, ahead, away, start, {})
    days = sorted(one.day for one in found)
    assert set(days) <= possible
    assert all((b - a).days >= line.gap for a, b in pairwise(days))
    keys = {(one.week, one.ordinal) for one in found}
    assert len(keys) == len(found)
    assert all(one.week == monday_of(one.day) and 0 <= (one.ordinal or 0) < line.times for one in found)
    end = start + timedelta(days=min(ahead, 55))
    whole = {week for week, _n in keys if start <= week and week + timedelta(days=6) <= end}
    for week in whole:
        if not any(away.holds(week + timedelta(days=n)) for n in range(7)):
            assert sum(one.week == week for one in found) == line.times


@given(lines(), DAYS, st.data())
def test_asking_again_moves_nothing_and_makes_nothing_twice_whatever_was_chosen_or_excluded_meanwhile(
    line: Often, start: date, data: st.DataObject
) -> None:
    nowhere = Span(start - timedelta(days=2), start - timedelta(days=1))
    first, possible = asked(line, start, 80, nowhere, start, {})
    kept = {
        (one.week, one.ordinal): one.day for one in first if one.week is not None and one.ordinal is not None
    }
    if kept:
        key = data.draw(st.sampled_from(sorted(kept)))
        week = sorted(day for day in possible if monday_of(day) == key[0])
        kept[key] = data.draw(st.sampled_from(week))
        for gone in data.draw(st.sets(st.sampled_from(sorted(kept)), max_size=3)):
            del kept[gone]
    away = Span(start + timedelta(days=data.draw(st.integers(0, 55))), None)
    again, open_to = asked(line, start, 80, away, start, kept)
    there = {(one.week, one.ordinal): one.day for one in again}
    assert len(there) == len(again)
    assert {key: there[key] for key in kept} == kept
    fresh = [key for key in there if key not in kept]
    assert {there[key] for key in fresh} <= open_to
    for key in fresh:
        others = [day for other, day in there.items() if other != key]
        assert all(abs((there[key] - day).days) >= line.gap for day in others)
    assert asked(line, start, 80, away, start, there)[0] == again


@given(
    st.sets(st.integers(0, 6), max_size=4),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(-3, 9)),
    st.integers(1, 4),
)
def test_as_many_are_placed_as_fit(own: set[int], free: set[int], taken: set[int], gap: int) -> None:
    monday = date(2026, 12, 7)

    def on(days: set[int]) -> list[date]:
        return [monday + timedelta(days=day) for day in sorted(days)]

    found = nearest(dict(enumerate(on(own))), on(free), on(taken), gap)
    usable = sorted(day for day in free if all(abs(day - other) >= gap for other in taken))
    spaced = [
        len(some)
        for n in range(len(own) + 1)
        for some in combinations(usable, n)
        if all(b - a >= gap for a, b in pairwise(some))
    ]
    days = sorted(found.values())
    assert len(found) == max(spaced)
    assert set(days) <= {monday + timedelta(days=day) for day in usable}
    assert all((b - a).days >= gap for a, b in pairwise(days))


@given(
    st.dictionaries(st.integers(0, 6), st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6), st.sets(st.integers(0, 6), min_size=1)), max_size=4),
    st.integers(1, 3),
)  # fmt: skip
def test_what_a_roster_chose_comes_first_and_the_others_give_way(
    visits: dict[int, tuple[int, int | None, set[int]]], gap: int
) -> None:
    def on(day: int) -> date:
        return date(2026, 12, 7) + timedelta(days=day)

    own = {key: on(one[0]) for key, one in visits.items()}
    wanted = {key: on(one[1]) for key, one in visits.items() if one[1] is not None}
    possible = {key: {on(day) for day in one[2]} for key, one in visits.items()}
    found = settled(own, wanted, possible, gap)
    assert found.keys() == own.keys()
    assert all(day in possible[key] or day == own[key] for key, day in found.items())
    chosen = {key: day for key, day in wanted.items() if day in possible[key]}
    if all((b - a).days >= gap for a, b in pairwise(sorted(chosen.values()))):
        assert {key: found[key] for key in chosen} == chosen


def test_three_a_week_lie_as_far_apart_as_they_can() -> None:
    assert often((), 3, 2, 1).usual() == (1, 3, 5)
    assert often((2, 4, 5, 7), 3, 2, 1).usual() == (2, 4, 7)
    assert often((1, 2, 3, 4, 5), 2, 3, 1).usual() == (2, 5)
    assert often((), 7, 1, 1).usual() == (1, 2, 3, 4, 5, 6, 7)
    assert often((6, 7), 1, 7, 1).usual() == (6,)


@given(DAYS, st.integers(0, 6), st.integers(0, 6))
def test_what_was_called_off_after_its_day_moved_is_made_on_a_day_that_is_left(
    start: date, moved: int, today: int
) -> None:
    """Tuesday's visit was moved and called off, and the person is back: it is still one of the week's."""
    monday = monday_of(start) + timedelta(days=14)
    line, on = often((), 2, 1, 1), [monday + timedelta(days=n) for n in range(7)]
    after = on[today]
    kept = {(monday, 1): on[moved]}
    nowhere = Span(start - timedelta(days=2), start - timedelta(days=1))
    found, _possible = asked(line, start, 80, nowhere, after, kept)
    week = sorted((one.ordinal, one.day) for one in found if one.week == monday)
    left = [day for day in on if day >= after and day != on[moved] and on[1] >= after.replace(day=1)]
    assert len(week) == (2 if left else 1)
    assert all(day in left for n, day in week if n == 0)


def test_a_week_that_two_plans_share_has_as_many_visits_as_a_week_of_one() -> None:
    line, monday = often((), 3, 2, 1), date(2026, 12, 7)
    ends = Span(monday - timedelta(days=7), monday - timedelta(days=7))
    for cut in range(7):
        before, _ = asked(line, monday - timedelta(days=7), 7 + cut, ends, monday, {})
        after, _ = asked(line, monday + timedelta(days=cut + 1), 60, ends, monday, {})
        assert sum(one.week == monday for one in [*before, *after]) == 3


@pytest.mark.parametrize(
    ("weekdays", "times", "gap", "field"),
    [((), None, 1, "times"), ((), 8, 1, "times"), ((), 0, 1, "times"), ((), 4, 2, "times"), ((1, 2), 2, 2, "times"),
     ((1, 7), 2, 2, "times"), ((1, 2, 3), 4, 1, "times"), ((), 1, 8, "days_apart"), ((), 2, 0, "days_apart")],
)  # fmt: skip
def test_what_does_not_fit_into_a_week_is_refused(
    weekdays: tuple[int, ...], times: int | None, gap: int, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        often(weekdays, times, gap, 1)
    assert refused.value.field == field
    if refused.value.code == "too_often":
        most = refused.value.values["most"]
        assert isinstance(most, int)
        assert often(weekdays, most, gap, 1)
