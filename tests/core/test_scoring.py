"""Laws of scoring, and the national ability form worked by hand."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.scoring import Answer, Form, build, problems, score

FILE = Path(__file__).parents[2] / "data/nation/forms/gbt42195-2022.yaml"
DATA: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
FORM = build(DATA)
CALM: dict[str, Answer] = {
    "reason": "first",
    "informant": "女儿",
    "informant_relation": "child",
    "diagnoses": ("none",),
    "falls": 0,
    "lost": 0,
    "choking": 0,
    "self_harm": 0,
    "other_risk": 0,
}


def best(form: Form = FORM) -> dict[str, Answer]:
    """Every item at its best option."""
    return {item.code: max(item.options, key=lambda option: option.score).key for item in form.items}


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Answer]:
    """A complete set of answers."""
    given: dict[str, Answer] = {
        item.code: draw(st.sampled_from([option.key for option in item.options])) for item in FORM.items
    }
    for code in ("falls", "lost", "choking", "self_harm", "other_risk"):
        given[code] = draw(st.integers(0, 3))
    chosen = draw(st.lists(st.sampled_from(["hypertension", "dementia", "mental"]), unique=True))
    return CALM | given | {"diagnoses": tuple(chosen) or ("none",)}


def test_the_national_form_has_26_items_and_90_points() -> None:
    assert len(FORM.items) == 26
    assert [dimension.top for dimension in FORM.dimensions] == [32, 15, 28, 15]
    assert FORM.total == 90
    assert [(band.level, band.low, band.high) for band in FORM.bands] == [
        (0, 90, 90),
        (1, 66, 89),
        (2, 46, 65),
        (3, 30, 45),
        (4, 0, 29),
    ]
    assert {mark.where for mark in FORM.uncertain} == {"B.1.7", "adjustments"}


def test_everything_done_alone_is_level_0() -> None:
    result = score(FORM, best() | CALM)
    assert (result.total, result.initial, result.level, result.applied) == (90, 0, 0, ())


def test_one_lost_point_is_level_1_and_dementia_makes_it_2() -> None:
    given = best() | CALM | {"B.1.3": "3"}
    assert score(FORM, given).level == 1
    result = score(FORM, given | {"diagnoses": ("hypertension", "dementia")})
    assert (result.total, result.initial, result.level) == (89, 1, 2)
    assert [rule.code for rule in result.applied] == ["dementia"]


def test_dementia_and_mental_and_falls_together_raise_one_level_only() -> None:
    result = score(FORM, best() | CALM | {"diagnoses": ("dementia", "mental"), "falls": 1, "choking": 1})
    assert result.level == 1
    assert [(rule.code, rule.before, rule.after) for rule in result.applied] == [
        ("dementia", 0, 1),
        ("mental", 1, 1),
        ("risk_events", 1, 1),
    ]


def test_two_raises_when_the_city_lets_them_add_up() -> None:
    data = copy.deepcopy(DATA)
    data["adjustments"]["raise_at_most"] = 2
    assert score(build(data), best() | CALM | {"diagnoses": ("dementia", "mental")}).level == 2


def test_one_fall_raises_nothing_and_two_events_of_different_kinds_do() -> None:
    assert score(FORM, best() | CALM | {"falls": 1}).level == 0
    assert score(FORM, best() | CALM | {"falls": 1, "lost": 1}).level == 1


def test_coma_is_level_4_and_stupor_with_the_same_score_is_not() -> None:
    coma = score(FORM, best() | CALM | {"B.3.9": "coma"})
    stupor = score(FORM, best() | CALM | {"B.3.9": "stupor"})
    assert coma.total == stupor.total == 88
    assert (coma.level, stupor.level) == (4, 1)


def test_an_unanswered_item_is_pending_and_not_zero() -> None:
    given = best() | CALM
    del given["B.2.3"]
    result = score(FORM, given)
    assert (result.total, result.level, result.missing) == (None, None, ("B.2.3",))
    assert result.so_far == 86
    assert [dimension.total for dimension in result.dimensions] == [32, None, 28, 15]


def test_a_risk_count_never_asked_leaves_the_level_pending() -> None:
    given = best() | CALM
    del given["choking"]
    assert score(FORM, given).missing == ("choking",)


def test_wrong_answers_are_named_by_question() -> None:
    wrong: dict[str, Answer] = {
        "B.1.1": "9",
        "B.9.9": "1",
        "falls": 4,
        "lost": True,
        "diagnoses": ("gout",),
        "notes": 3,
    }
    assert set(problems(FORM, wrong)) == set(wrong)
    with pytest.raises(ValueError, match=r"B\.1\.1"):
        score(FORM, {"B.1.1": "9"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.update(total=91), "add up to 90"),
        (lambda data: data["dimensions"][2].update(max=29), "add up to 28"),
        (lambda data: data["levels"][1].update(min=67), "without gap or overlap"),
        (lambda data: data["levels"].pop(), "down to a total of 0"),
        (lambda data: data["dimensions"][0]["items"][0].update(max=3), "best option scores 4"),
        (lambda data: data["dimensions"][0]["items"][1].update(options="nothing"), "no option set"),
        (lambda data: data["dimensions"][0]["items"][1].update(zh=""), "both languages"),
        (lambda data: data["adjustments"]["rules"][0]["when"].update(item="B.9"), "not on the form"),
        (lambda data: data["adjustments"]["rules"][0]["when"].update(has=["sleep"]), "does not exist"),
    ],
)
def test_a_form_that_does_not_add_up_is_refused_at_load(change: Any, message: str) -> None:
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(ValueError, match=message):
        build(data)


@given(answers())
def test_scores_stay_within_bounds(given: dict[str, Answer]) -> None:
    result = score(FORM, given)
    assert result.total is not None and 0 <= result.total <= 90
    assert result.initial is not None and result.level is not None
    assert result.initial <= result.level <= 4
    assert result.total == sum(dimension.so_far for dimension in result.dimensions)
    assert all(0 <= item.score <= item.top for item in result.items)


@given(answers(), st.data())
def test_a_better_answer_never_lowers_the_total_nor_raises_the_level(
    given: dict[str, Answer], data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(FORM.items))
    now = item.option(str(given[item.code]))
    assert now is not None
    better = data.draw(st.sampled_from([option for option in item.options if option.score >= now.score]))
    if better.key == "coma":
        return
    before, after = score(FORM, given), score(FORM, given | {item.code: better.key})
    assert before.total is not None and after.total is not None and after.total >= before.total
    assert before.level is not None and after.level is not None and after.level <= before.level


@given(answers(), st.sets(st.sampled_from([item.code for item in FORM.items]), min_size=1))
def test_leaving_items_out_is_always_pending(given: dict[str, Answer], left_out: set[str]) -> None:
    rest = {code: answer for code, answer in given.items() if code not in left_out}
    result = score(FORM, rest)
    assert result.total is None and result.level is None and set(result.missing) == left_out
