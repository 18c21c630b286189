"""Laws of the grid: who is asked first, who is on duty, and which minutes nobody covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests import make

from songhe.areas.grid.rules import Candidate, Shift, State, build_terms, gaps, in_order, standing, state_at
from songhe.core.sources import DataError

MONDAY = date(2026, 11, 23)
NEEDS = ("first_aid", "car")

candidates = st.lists(
    st.builds(
        Candidate, key=st.uuids(), state=st.sampled_from(list(State)), paired=st.booleans(), holds_key=st.booleans(),
        skills=st.frozensets(st.sampled_from(NEEDS)), minutes=st.none() | st.integers(0, 90), near=st.booleans(),
    ),
    max_size=12,
)  # fmt: skip

shifts = st.builds(
    lambda key, helper, starts, length, days, ahead: Shift(
        key, helper, starts, starts + length, tuple(days), MONDAY + timedelta(days=ahead) if not days else None
    ),
    st.integers(), st.none() | st.integers(0, 5), st.integers(0, 1439), st.integers(1, 1440),
    st.lists(st.integers(1, 7), max_size=3, unique=True), st.integers(0, 6),
)  # fmt: skip


@given(candidates)
def test_paired_and_free_first_then_able_then_free_then_whoever_is_not(found: list[Candidate]) -> None:
    out = in_order(found, NEEDS)
    assert {one.key for one in out} == {one.key for one in found if one.paired or one.state != State.AWAY}
    free = [one.state == State.FREE for one in out]
    assert free == sorted(free, reverse=True)
    paired = [one.paired for one in out if one.state == State.FREE]
    assert paired == sorted(paired, reverse=True)
    others = [one for one in out if one.state == State.FREE and not one.paired]
    lacking = [bool(one.lacks(NEEDS)) for one in others]
    assert lacking == sorted(lacking)
    able = [one.minutes for one in others if not one.lacks(NEEDS)]
    known = [one for one in able if one is not None]
    assert able == [*sorted(known), *[None] * (len(able) - len(known))]
    assert [one.state for one in out if one.state == State.AWAY] == [
        one.state for one in out[free.count(True) :] if one.state == State.AWAY
    ]


@given(candidates, st.randoms())
def test_the_order_depends_on_nothing_but_the_candidates(found: list[Candidate], chance: object) -> None:
    again = list(found)
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert in_order(again, NEEDS) == in_order(found, NEEDS)


@given(st.lists(shifts, max_size=5), st.integers(0, 1439), st.integers(1, 1440))
def test_a_minute_is_either_covered_or_in_a_gap(lines: list[Shift], since: int, length: int) -> None:
    until = min(since + length, 1440)
    found = list(gaps(lines, MONDAY, 2, since=since, until=until))
    for day in (MONDAY, MONDAY + timedelta(days=1)):
        edges = {
            since,
            until - 1,
            *(m for one in lines for m in (one.starts, one.ends % 1440, (one.ends - 1) % 1440)),
        }
        for minute in edges:
            if since <= minute < until:
                moment = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=UTC)
                open_ = any(one.on == day and one.starts <= minute < one.ends for one in found)
                assert open_ == (not standing(lines, moment))


def test_a_substitute_stands_for_a_line_and_nobody_for_one_called_off() -> None:
    week = Shift("a", "于", 480, 1080, (1, 2, 3, 4, 5))
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    tuesday = date(2026, 11, 24)
    assert [one.helper for one in standing([week], noon)] == ["于"]
    assert [
        one.helper for one in standing([week, Shift("b", "孙", 480, 1080, (), tuesday, instead_of="a")], noon)
    ] == ["孙"]
    off = [week, Shift("c", None, 480, 1080, (), tuesday, instead_of="a")]
    assert standing(off, noon) == []
    assert [(one.on, one.starts, one.ends) for one in gaps(off, MONDAY, 2, since=480, until=1080)] == [
        (tuesday, 480, 1080)
    ]
    night = Shift("n", "丛", 1200, 1920, (7,))
    assert standing([night], datetime(2026, 11, 23, 7, tzinfo=UTC)) == [night]
    assert standing([night], datetime(2026, 11, 23, 8, tzinfo=UTC)) == []


def test_what_a_helper_says_goes_before_hours() -> None:
    at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    later = at + timedelta(hours=1)
    free = {"in_hours": True, "available": True, "away_until": None, "busy_until": None}
    assert state_at(at, **free) == State.FREE  # type: ignore[arg-type]
    assert state_at(at, **free | {"available": False, "busy_until": later}) == State.AWAY  # type: ignore[arg-type]
    assert state_at(at, **free | {"available": False, "away_until": at}) == State.FREE  # type: ignore[arg-type]
    assert state_at(at, **free | {"in_hours": False, "busy_until": later}) == State.BUSY  # type: ignore[arg-type]
    assert state_at(at, **free | {"in_hours": False}) == State.OFF  # type: ignore[arg-type]


def test_a_level_may_have_a_chat_group_for_each_region() -> None:
    data = yaml.safe_load((settings.DATA / "nation/grid.yaml").read_text(encoding="utf-8"))
    assert {one.group(make.COUNTY) for one in build_terms(data).levels} == {""}
    data["levels"][2]["robot"] = "duty-{region}"
    county = build_terms(data).level("county")
    assert county is not None and county.group(make.COUNTY) == f"duty-{make.COUNTY}"
    data["levels"][2]["robot"] = "x" * 41
    with pytest.raises(DataError, match="robot"):
        build_terms(data)


def test_levels_run_upwards() -> None:
    with pytest.raises(DataError, match="upwards"):
        build_terms(
            {
                "levels": [
                    {"code": "a", "en": "A", "zh": "甲", "region": 4},
                    {"code": "b", "en": "B", "zh": "乙", "region": 5},
                ]
            }
        )
