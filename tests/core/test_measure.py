"""Periods, figures and targets: unknown stays unknown, colours follow stated thresholds."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.measure import (
    Figure,
    Indicator,
    Light,
    Period,
    Plan,
    Target,
    basis_points,
    hide_small,
    judge,
    total,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
KINDS = st.sampled_from(["month", "quarter", "year"])
COUNTS = st.none() | st.integers(0, 10**9)
FIGURES = st.builds(Figure, COUNTS, COUNTS)


@given(DAYS, KINDS)
def test_a_period_holds_its_day_and_reads_back(day: date, kind: str) -> None:
    period = Period.holding(day, kind)
    assert day in period
    assert period.start <= day < period.end == period.shift(1).start
    assert Period.parse(str(period)) == period


@given(DAYS, KINDS, st.integers(-200, 200))
def test_shifting_forth_and_back_is_nothing(day: date, kind: str, steps: int) -> None:
    period = Period.holding(day, kind)
    assert period.shift(steps).shift(-steps) == period


@pytest.mark.parametrize("text", ["26-11", "2026-13", "2026-Q5", "", "2026-1", "2026-00"])
def test_nonsense_is_not_a_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"period|no such"):
        Period.parse(text)


@given(COUNTS, COUNTS)
def test_a_share_is_unknown_without_a_base(part: int | None, base: int | None) -> None:
    share = basis_points(part, base)
    if part is None or not base:
        assert share is None
    else:
        assert share is not None
        assert abs(share - Fraction(part * 10_000, base)) <= Fraction(1, 2)


@given(st.lists(FIGURES, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_order_and_never_invent_zero(figures: list[Figure], random: object) -> None:
    result = total(figures)
    random.shuffle(figures)  # type: ignore[attr-defined]
    assert total(figures) == result
    assert (result.denominator is None) == any(f.denominator is None for f in figures)
    assert (result.numerator is None) == any(f.numerator is None for f in figures)


def test_the_total_of_nothing_is_unknown() -> None:
    assert total([]) == Figure(None, None)
    assert Figure(5, 0).share is None
    assert Figure(0, 5).share == 0


@given(st.dictionaries(st.integers(0, 50), FIGURES, max_size=10), st.integers(0, 20))
def test_a_withheld_count_cannot_be_had_by_subtraction(figures: dict[int, Figure], below: int) -> None:
    shown = hide_small(figures, below=below)
    for key, item in shown.items():
        assert item.hidden or item.figure == figures[key]
        for count in (item.figure.numerator, item.figure.denominator):
            assert count is None or count == 0 or count >= below
    hidden = [key for key, item in shown.items() if item.hidden]
    known = [key for key, figure in figures.items() if figure.numerator is not None]
    assert len(hidden) != 1 or len(known) <= 1


AMBER = Target("min", 1000)


@pytest.mark.parametrize(
    ("value", "light"),
    [(1000, Light.GREEN), (1500, Light.GREEN), (999, Light.AMBER), (900, Light.AMBER), (899, Light.RED)],
)
def test_at_least_turns_amber_within_ten_per_cent(value: int, light: Light) -> None:
    assert judge(AMBER, value, date(2026, 1, 1)).light is light


@pytest.mark.parametrize(
    ("target", "value", "light"),
    [
        (Target("max", 100), 100, Light.GREEN),
        (Target("max", 100), 110, Light.AMBER),
        (Target("max", 100), 111, Light.RED),
        (Target("eq", 160), 160, Light.GREEN),
        (Target("eq", 160), 161, Light.AMBER),
        (Target("eq", 160, exact=100), 161, Light.GREEN),
        (Target("eq", 160), 200, Light.RED),
        (Target("min", 5_570, exact=10), 5_567, Light.GREEN),
        (Target("min", 5_570, exact=10), 5_560, Light.AMBER),
        (Target("between", 1800, upper=3600), 1800, Light.GREEN),
        (Target("between", 1800, upper=3600), 3600, Light.GREEN),
        (Target("between", 1800, upper=3600), 3900, Light.AMBER),
        (Target("between", 1800, upper=3600), 4000, Light.RED),
        (Target("between", 1800, upper=3600), 1000, Light.RED),
        (Target("max", 0), 1, Light.RED),
    ],
)
def test_lights_by_hand(target: Target, value: int, light: Light) -> None:
    assert judge(target, value, date(2026, 1, 1)).light is light


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_is_never_worse_for_at_least(wanted: int, value: int, more: int) -> None:
    order = [Light.RED, Light.AMBER, Light.GREEN]
    target, day = Target("min", wanted), date(2026, 1, 1)
    low, high = judge(target, value, day), judge(target, value + more, day)
    assert order.index(low.light) <= order.index(high.light)


def test_unknown_has_no_colour() -> None:
    standing = judge(AMBER, None, date(2026, 1, 1))
    assert (standing.light, standing.attained) == (Light.UNKNOWN, None)


def test_a_target_under_way_is_measured_against_the_way() -> None:
    target = Target("min", 1200, since=date(2026, 1, 1), due=date(2027, 1, 1))
    assert target.wanted(date(2025, 6, 1)) == 0
    assert judge(target, 600, date(2026, 7, 2)).light is Light.GREEN
    late = judge(target, 600, date(2027, 1, 2))
    assert (late.light, late.overdue, late.wanted) == (Light.RED, True, 1200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": "about", "value": 1},
        {"op": "min", "value": -1},
        {"op": "between", "value": 1},
        {"op": "between", "value": 5, "upper": 4},
        {"op": "min", "value": 1, "upper": 2},
        {"op": "min", "value": 1, "since": date(2026, 1, 2), "due": date(2026, 1, 2)},
    ],
)
def test_impossible_targets(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"target|value|comparison"):
        Target.build(wrong)


WORDS = {"en": "Minutes", "zh": "分钟"}


def test_an_indicator_is_built_from_data_and_guards_it() -> None:
    made = Indicator.build(
        {"code": "x", "en": "X", "zh": "某", "numerator": WORDS, "denominator": WORDS, "show": "mean"}
    )
    assert made.value(Figure(100, 3)) == 33
    assert made.value(Figure(100, 0)) is None
    with pytest.raises(ValueError, match="needs a denominator"):
        Indicator.build({"code": "x", "en": "X", "zh": "某", "numerator": WORDS, "show": "share"})
    with pytest.raises(ValueError, match="unknown keys"):
        Indicator.build({"code": "x", "en": "X", "zh": "某", "numerator": WORDS, "colour": "red"})


def plan(*codes: str) -> Plan:
    return Plan.build(
        {
            "code": "p", "en": "Plan", "zh": "方案", "region": 371000000000, "source": {"en": "s", "zh": "s"},
            "tasks": [
                {"code": "t", "en": "Task", "zh": "任务", "targets": [
                    {"code": code, "en": "A", "zh": "甲", "target": {"op": "min", "value": 1, "due": "2021-12"}}
                    for code in codes
                ]}
            ],
        }
    )  # fmt: skip


def test_a_plan_holds_targets_with_a_last_day() -> None:
    (target,) = plan("a").targets()
    assert (target.target.due, target.region, target.verified) == (date(2021, 12, 31), 371000000000, False)
    with pytest.raises(ValueError, match="twice"):
        plan("a", "a")
