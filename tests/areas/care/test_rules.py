"""Days of a rule, and whether they fit: laws, and the garbage that is refused."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.care.rules import (
    SPREAD,
    Recurring,
    Span,
    Window,
    by_week,
    check_window,
    checked,
    days,
    fits,
    least_apart,
    pattern,
    weekly,
)
from songhe.core.refusal import Refused

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
WEEKDAYS = st.sets(st.integers(1, 7), min_size=1)
WEEKS = st.integers(1, 6)


@given(WEEKDAYS, WEEKS, DAYS, st.integers(0, 120), st.integers(0, 90))
def test_a_weekly_rule_falls_on_its_days_in_its_weeks(
    weekdays: set[int], every: int, start: date, ahead: int, length: int
) -> None:
    rule, since = weekly(weekdays, every), start + timedelta(days=ahead)
    until = since + timedelta(days=length)
    found = days(rule, start=start, since=since, until=until)
    monday = start - timedelta(days=start.weekday())
    wanted = [
        day
        for n in range(length + 1)
        if (day := since + timedelta(days=n)).isoweekday() in weekdays
        and (day - monday).days // 7 % every == 0
    ]
    assert list(found) == wanted


@given(WEEKDAYS, WEEKS, DAYS, st.integers(1, 60))
def test_asking_in_two_parts_gives_the_same(weekdays: set[int], every: int, start: date, cut: int) -> None:
    rule, until = weekly(weekdays, every), start + timedelta(days=90)
    middle = start + timedelta(days=cut)
    whole = days(rule, start=start, since=start, until=until)
    assert whole == (
        *days(rule, start=start, since=start, until=middle),
        *days(rule, start=start, since=middle + timedelta(days=1), until=until),
    )


@given(
    WEEKDAYS,
    DAYS,
    st.integers(0, 30),
    st.none() | st.integers(0, 30),
    st.sets(st.integers(0, 60)),
    st.booleans(),
)
def test_nobody_comes_while_somebody_is_away(
    weekdays: set[int], start: date, begins: int, length: int | None, off: set[int], skips: bool
) -> None:
    away = Span(
        start + timedelta(days=begins), None if length is None else start + timedelta(days=begins + length)
    )
    holidays = frozenset(start + timedelta(days=n) for n in off)
    line = Recurring(
        rule=weekly(weekdays), start=start, until=start + timedelta(days=60), skips_holidays=skips
    )
    plain = line.days(start, start + timedelta(days=90), away=(), holidays=())
    found = line.days(start, start + timedelta(days=90), away=[away], holidays=holidays)
    assert set(found) <= set(plain)
    assert not any(away.holds(day) or (skips and day in holidays) for day in found)
    gone = set(plain) - set(found)
    assert all(away.holds(day) or (skips and day in holidays) for day in gone)


@given(st.lists(st.tuples(DAYS, st.integers(0, 300)), max_size=40), st.integers(0, 4_000))
def test_months_and_weeks_lose_no_minute(wanted: list[tuple[date, int]], free: int) -> None:
    months = {day.replace(day=1) for day, _minutes in wanted}
    found = fits(wanted, dict.fromkeys(months, free))
    total = sum(minutes for _day, minutes in wanted)
    assert sum(fit.wanted for fit in found) == total == sum(by_week(wanted).values())
    for fit in found:
        assert fit.over == max(fit.wanted - free, 0)
    assert all(fit.free == 0 for fit in fits(wanted, {}))


@given(st.integers(0, 23), st.integers(0, 180), st.integers(5, 240), st.booleans(), DAYS)
def test_a_window_holds_the_visit(hour: int, length: int, minutes: int, hard: bool, day: date) -> None:
    latest = min(hour * 60 + length, 23 * 60 + 59)
    window = Window(time(hour), time(*divmod(latest, 60)), hard)
    try:
        check_window(window.earliest, window.latest, minutes)
    except Refused:
        return
    since, until = window.on(day, minutes)
    assert until - since >= timedelta(minutes=minutes)
    assert since.date() == day
    if hard:
        assert (since.time(), until - timedelta(minutes=minutes)) == (
            window.earliest,
            since.replace(hour=0, minute=0) + timedelta(minutes=latest),
        )


@pytest.mark.parametrize("times", sorted(SPREAD))
def test_times_a_week_are_spread(times: int) -> None:
    assert len(SPREAD[times]) == times
    assert (least_apart(SPREAD[times], 1) > 1) == (times <= 3)


def test_days_apart() -> None:
    assert least_apart([1, 3, 5], 1) == 2
    assert least_apart([1, 2], 1) == 1
    assert least_apart([1, 7], 1) == 1
    assert least_apart([1, 7], 2) == 6
    assert least_apart([], 2) == least_apart([3], 2) == 14


def test_what_a_plan_may_say() -> None:
    assert checked(" rrule:freq=weekly;byday=mo,th ") == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert pattern("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,-1").monthdays == (1, -1)
    assert days(
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        start=date(2026, 1, 1),
        since=date(2026, 2, 1),
        until=date(2026, 2, 28),
    ) == (
        date(2026, 2, 1),
        date(2026, 2, 15),
    )


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=0",
     "FREQ=WEEKLY;INTERVAL=99999999", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=WEEKLY;BYHOUR=1", "BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=2",
     "FREQ=DAILY;COUNT=100000", "FREQ=WEEKLY;UNTIL=20269999", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;;", "DTSTART:20260101\nRRULE:FREQ=DAILY",
     "FREQ=WEEKLY;WKST=QQ", "FREQ=WEEKLY;BYDAY=99MO", "\x00", "FREQ=DAILY;UNTIL=20260101T000000Z", "𝔽REQ=DAILY"],
)  # fmt: skip
def test_garbage_is_refused(garbage: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(garbage)
    assert refused.value.field == "rule"


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        rule = checked(text)
    except Refused:
        return
    assert pattern(rule).every >= 1


def test_impossible_weeks_are_refused() -> None:
    for weekdays, every in (([], 1), ([0], 1), ([8], 1), ([1], 0), ([1], 99)):
        with pytest.raises(Refused):
            weekly(weekdays, every)
