"""Flows: only along the moves, always to an end; deadlines grow with their start and their length."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.flow import (
    Calendar,
    Kind,
    Span,
    build,
    build_calendar,
    move,
    moves_from,
)
from songhe.core.refusal import Refused
from songhe.core.sources import DataError

DATA = Path(__file__).parents[2] / "data/nation"
FLOW_DATA: dict[str, Any] = yaml.safe_load((DATA / "flows/assessment.yaml").read_text(encoding="utf-8"))
FLOW = build(FLOW_DATA)
GUARDS = {guard for step in FLOW.moves for guard in step.guards}
CALENDAR = build_calendar(yaml.safe_load((DATA / "calendar.yaml").read_text(encoding="utf-8")))
CHINA = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    """A moment in China, such as 2026-02-13 16:30."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize("path", sorted(DATA.glob("flows/*.yaml")), ids=lambda path: path.stem)
def test_every_national_flow_loads(path: Path) -> None:
    assert build(yaml.safe_load(path.read_text(encoding="utf-8"))).code == path.stem


def test_a_move_leads_on_and_a_guard_holds_it_back() -> None:
    assert move(FLOW, "requested", "assign", passed={"two_assessors"}).code == "assigned"
    with pytest.raises(Refused) as refused:
        move(FLOW, "requested", "assign")
    assert (refused.value.code, refused.value.rule) == ("flow.guard", "two_assessors")
    assert str(refused.value).endswith("Needed first: two assessors are named, one of them medical.")


def test_a_guard_without_words_is_refused_when_the_flow_is_built() -> None:
    """A refusal once named the code of its guard, which tells nobody what to do."""
    data = copy.deepcopy(FLOW_DATA)
    del data["guards"]["both_signed"]
    with pytest.raises(DataError, match="move sign: say under guards what both_signed asks for"):
        build(data)


def test_a_move_from_the_wrong_state_says_what_is_possible() -> None:
    with pytest.raises(
        Refused,
        match=r"Sign is not possible while the state is Requested. Possible now: Assign",
    ):
        move(FLOW, "requested", "sign", passed={"both_signed"})
    with pytest.raises(Refused, match="no state nowhere"):
        move(FLOW, "nowhere", "sign")


@given(st.lists(st.sampled_from([*{step.code for step in FLOW.moves}, "fly"]), max_size=12))
def test_a_case_only_ever_moves_along_its_flow(codes: list[str]) -> None:
    state = FLOW.start
    allowed = {(source, step.code): step.target for step in FLOW.moves for source in step.sources}
    for code in codes:
        try:
            after = move(FLOW, state, code, passed=GUARDS).code
        except Refused:
            assert (state, code) not in allowed
        else:
            assert allowed[(state, code)] == after
            state = after
    assert FLOW.state(state).kind in Kind and all(state in step.sources for step in moves_from(FLOW, state))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(start="nowhere"), "start nowhere is not a state"),
        (
            lambda data: data["states"].append(dict(data["states"][0], code="island")),
            "no move leads to island",
        ),
        (lambda data: data["moves"][0].update(to="nowhere"), "no state nowhere"),
        (
            lambda data: data["moves"].append(dict(data["moves"][0])),
            "move assign: given twice from",
        ),
        (
            lambda data: [move.pop("reopens", None) for move in data["moves"]],
            "leaves the closed state confirmed",
        ),
        (
            lambda data: data["states"][0].update(kind="halfway"),
            "open, done or cancelled",
        ),
        (
            lambda data: data["states"][0].update(due={"weeks": 1}),
            "give one of minutes",
        ),
        (lambda data: data["states"][0].pop("due"), "escalation needs a deadline"),
    ],
)
def test_a_flow_with_a_hole_is_refused_at_load(change: Any, message: str) -> None:
    data = copy.deepcopy(FLOW_DATA)
    change(data)
    with pytest.raises(ValueError, match=message):
        build(data)


def test_a_state_without_a_way_out_is_refused() -> None:
    data = copy.deepcopy(FLOW_DATA)
    data["states"].append({"code": "limbo", "en": "Limbo", "zh": "滞留", "kind": "open"})
    data["moves"].append(dict(data["moves"][0], code="lose", to="limbo"))
    with pytest.raises(ValueError, match="from limbo no move leads to an end"):
        build(data)


def test_holidays_and_working_weekends_of_the_spring_festival_2026() -> None:
    assert CALENDAR.works(date(2026, 2, 14)) and CALENDAR.works(date(2026, 2, 28))
    assert not any(CALENDAR.works(date(2026, 2, day)) for day in range(15, 24))
    assert CALENDAR.verified(2025) and CALENDAR.verified(2026)
    assert not CALENDAR.verified(2027) and not CALENDAR.verified(2031)


def test_deadlines_over_the_festival_by_hand() -> None:
    start = at("2026-02-13 16:30")
    assert CALENDAR.deadline(start, Span("working_minutes", 60)) == at("2026-02-13 17:30")
    assert CALENDAR.deadline(start, Span("working_minutes", 61)) == at("2026-02-14 08:31")
    assert CALENDAR.deadline(start, Span("working_minutes", 60 + 450 + 30)) == at("2026-02-24 09:00")
    assert CALENDAR.deadline(start, Span("working_days", 2)) == at("2026-02-24 17:30")
    assert CALENDAR.deadline(start, Span("minutes", 30)) == at("2026-02-13 17:00")
    assert CALENDAR.deadline(start, Span("days", 1)) == at("2026-02-14 16:30")


def test_lunch_does_not_count() -> None:
    assert CALENDAR.deadline(at("2026-03-03 11:50"), Span("working_minutes", 20)) == at("2026-03-03 13:40")
    assert CALENDAR.working_minutes(at("2026-03-03 11:50"), at("2026-03-03 13:40")) == 20


def test_a_naive_start_and_a_disordered_day_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.deadline(at("2026-03-03 09:00").replace(tzinfo=None), Span("minutes", 1))
    with pytest.raises(ValueError, match="without overlap"):
        Calendar(CHINA, (CALENDAR.hours[1], CALENDAR.hours[0]), {})
    with pytest.raises(ValueError, match="0 or more"):
        Span("minutes", -1)


FIRST, LAST = (at(f"{day} 00:00").replace(tzinfo=None) for day in ("2025-01-01", "2026-12-31"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(CHINA))
UNITS = st.sampled_from(["minutes", "days", "working_minutes", "working_days"])


@given(
    MOMENTS,
    st.timedeltas(timedelta(), timedelta(days=20)),
    UNITS,
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_deadlines_are_monotone(start: datetime, later: timedelta, unit: Any, count: int, more: int) -> None:
    first = CALENDAR.deadline(start, Span(unit, count))
    assert first >= start
    assert CALENDAR.deadline(start + later, Span(unit, count)) >= first
    assert CALENDAR.deadline(start, Span(unit, count + more)) >= first


@given(MOMENTS, st.integers(1, 2000), st.integers(1, 2000))
def test_working_minutes_add_up(start: datetime, count: int, more: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = CALENDAR.deadline(start, Span("working_minutes", count))
    assert CALENDAR.working_minutes(start, end) == count
    whole = CALENDAR.deadline(start, Span("working_minutes", count + more))
    assert CALENDAR.deadline(end, Span("working_minutes", more)) == whole
