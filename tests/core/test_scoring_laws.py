"""Laws that hold for every form of the data folder."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.forms import CODES, answers, best, choices, counts, form

from songhe.core.scoring import Answer, Dimension, Form, Item, check_gates, score

every_form = pytest.mark.parametrize("code", CODES)
some = settings(max_examples=10, deadline=None)


def test_all_forms_that_are_promised_are_there_and_their_gates_fit() -> None:
    assert set(CODES) >= {
        "care-station",
        "day-care-centre",
        "economic-situation",
        "gbt37276-2018",
        "gbt42195-2022",
        "happiness-home-stars",
        "ltci-2021",
        "ltci-2021-self",
        "mzt039-2013",
    }
    check_gates({code: form(code) for code in CODES})


@every_form
def test_the_best_answers_give_the_best_level_and_say_why(code: str) -> None:
    result = score(form(code), best(form(code)))
    assert result.level == form(code).worst_first[-1].level
    assert result.reasons and not result.applied and not result.failed
    assert all(str(reason) for reason in result.reasons)


@every_form
def test_doubtful_places_are_named_in_both_languages(code: str) -> None:
    assert form(code).uncertain or code == "ltci-2021-self"
    for mark in form(code).uncertain:
        assert mark.label is not None and mark.note.zh != mark.note.en


@every_form
@some
@given(data=st.data())
def test_complete_answers_give_exactly_one_level_with_its_reasons(code: str, data: st.DataObject) -> None:
    made = form(code)
    result = score(made, data.draw(answers(made)))
    assert result.complete and result.level in {band.level for band in made.bands}
    assert (result.total is None) is not made.adds_up
    assert len(result.reasons) >= 1 + len(result.applied) + sum(bool(d.grades) for d in made.dimensions)
    for part, dimension in zip(result.dimensions, made.dimensions, strict=True):
        assert 0 <= part.so_far <= part.top <= dimension.top
        assert (part.grade is not None) == bool(dimension.grades)
    if made.adds_up:
        assert result.total == sum(part.so_far for part in result.dimensions)


@every_form
@some
@given(data=st.data())
def test_a_better_answer_never_worsens_the_level_before_adjustments(code: str, data: st.DataObject) -> None:
    made = form(code)
    before = data.draw(answers(made))
    dimension = data.draw(st.sampled_from(made.dimensions))
    item = data.draw(st.sampled_from(dimension.items))
    better = data.draw(st.sampled_from(_better(dimension, item, before[item.code])))
    was, now = score(made, before).initial, score(made, before | {item.code: better}).initial
    assert was is not None and now is not None
    order = [band.level for band in made.worst_first]
    assert order.index(now) >= order.index(was)


def _better(dimension: Dimension, item: Item, answer: Answer) -> list[Answer]:
    """Answers at least as good as this one, and this one."""
    if not counts(item, answer):
        return [answer]
    if item.kind != "choice":
        return [answer, *(other for other in choices(item) if int(str(other)) >= int(str(answer)))]
    now = item.option(str(answer))
    assert now is not None
    sign = 1 if dimension.better == "high" else -1
    return [option.key for option in item.options if option.counts and sign * (option.score - now.score) >= 0]


@every_form
@some
@given(data=st.data())
def test_the_order_of_answers_does_not_matter(code: str, data: st.DataObject) -> None:
    made = form(code)
    given = data.draw(answers(made))
    mixed = dict(data.draw(st.permutations(list(given.items()))))
    assert score(made, mixed) == score(made, given)


@every_form
@some
@given(data=st.data())
def test_what_is_not_answered_is_pending_and_named(code: str, data: st.DataObject) -> None:
    made = form(code)
    given = data.draw(answers(made))
    asked = [item.code for item in made.items] + sorted(made.deciding)
    left_out = data.draw(st.sets(st.sampled_from(asked), min_size=1))
    result = score(made, {question: answer for question, answer in given.items() if question not in left_out})
    assert set(result.missing) == left_out
    assert (result.total, result.initial, result.level) == (None, None, None)
    question = made.item(result.missing[0]) or made.field(result.missing[0])
    assert question is not None and question.label.en in str(result.reasons[-1])


def grade_answers(dimension: Dimension) -> dict[int, dict[str, Answer]]:
    """For each grade of a dimension, answers that lead to it: from the best, one item after the other worsens."""
    given = {item.code: choices(item)[-1 if dimension.better == "high" else 0] for item in dimension.items}
    found = {0: dict(given)}
    for item in reversed(dimension.items):
        for answer in choices(item)[:: -1 if dimension.better == "high" else 1]:
            given[item.code] = answer
            found.setdefault(_grade(dimension, given), dict(given))
    return found


def _grade(dimension: Dimension, given: dict[str, Answer]) -> int:
    whole = _form_of(dimension)
    part = next(part for part in score(whole, best(whole) | given).dimensions if part.code == dimension.code)
    assert part.grade is not None
    return part.grade.grade


def _form_of(dimension: Dimension) -> Form:
    return next(made for made in map(form, CODES) if dimension in made.dimensions)


def mzt039(d: int, m: int, p: int, s: int) -> int:
    """The combination as the standard prints it, levels tried in order; gaps and overlaps as the form says."""
    if d == 0:
        return 0 if m == 0 and p == 0 and s <= 1 else 1
    if d == 1:
        return 1 if min(m, p, s) <= 1 else 2
    if d == 2:
        return 3 if 3 in (m, p, s) or m == p == s == 2 else 2
    return 3


def test_every_combination_of_grades_of_mzt039() -> None:
    made = form("mzt039-2013")
    ways = [grade_answers(dimension) for dimension in made.dimensions]
    assert [sorted(way) for way in ways] == [[0, 1, 2, 3]] * 4
    for grades in itertools.product(range(4), repeat=4):
        given = best(made)
        for way, grade in zip(ways, grades, strict=True):
            given |= way[grade]
        assert score(made, given).initial == mzt039(*grades), grades


LTCI = ((0, 0, 1, 1), (1, 1, 1, 2), (2, 2, 2, 3), (3, 3, 4, 5))


def test_every_combination_of_grades_of_long_term_care() -> None:
    made = form("ltci-2021")
    ways = [grade_answers(dimension) for dimension in made.dimensions]
    assert [sorted(way) for way in ways] == [[0, 1, 2, 3]] * 3
    for living, cognition, perception in itertools.product(range(4), repeat=3):
        given = best(made) | ways[0][living] | ways[1][cognition] | ways[2][perception]
        assert score(made, given).level == LTCI[living][max(cognition, perception)]


def test_every_combination_of_the_perception_rules_of_mzt039() -> None:
    made = form("mzt039-2013")
    keys = [[option.key for option in item.options] for item in made.dimensions[2].items]
    others = best(made)
    for answer in itertools.product(*keys):
        c, v, h, k = (3 if key == "coma" else int(key) for key in answer)
        expected = 0
        if c >= 2 or 4 in (v, h) or k == 3:
            expected = 3
        elif c == 1 or 3 in (v, h) or k == 2:
            expected = 2
        elif 2 in (v, h) or k == 1:
            expected = 1
        result = score(made, others | dict(zip(("B.3.1", "B.3.2", "B.3.3", "B.3.4"), answer, strict=True)))
        grade = result.dimensions[2].grade
        assert grade is not None and grade.grade == expected, answer
