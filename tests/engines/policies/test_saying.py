"""What a check finds wrong is told in Chinese too, whatever is wrong."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.test_rules_faults import PLACES, WHOLE, WRONG
from tests.examples import tries

from songhe.core.refusal import Refused
from songhe.core.rules import PolicyError, build, check_examples, examples
from songhe.core.sources import DataError, Source
from songhe.core.text import has_han
from songhe.engines.policies.api import problems_of, said


def faults(data: Any) -> list[str]:
    """What is told of a faulty file."""
    try:
        document = build(Source(data, "draft"))
        check_examples(document, examples(Source(data, "draft"), document))
    except PolicyError as error:
        return [problem.text for problem in error.problems]
    except DataError as error:
        return [problem.text for problem in problems_of(error)]
    except Refused:
        return []
    return []


@settings(max_examples=tries(300), deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(WRONG))
def test_every_fault_is_told_in_chinese(place: tuple[int, tuple[Any, ...]], wrong: Any) -> None:
    number, (*way, last) = place[0], place[1]
    data = copy.deepcopy(WHOLE[number])
    inner = data
    for step in way:
        inner = inner[step]
    if wrong == "deleted":
        del inner[last]
    else:
        inner[last] = wrong
    for text in faults(data):
        with translation.override("en"):
            assert said(text) == text
        with translation.override("zh-hans"):
            assert has_han(said(text)), text


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        (
            "free_lunch: there is no fact, parameter or rule called rurla.",
            "free_lunch: 没有名为 rurla 的事实项、参数或规则。",
        ),
        (
            "example in town: free_lunch must be 0, but comes out as 28 (80 or above, in a village).",
            "算例“in town”：free_lunch 应为 0，算出为 28（80 or above, in a village）。",
        ),
        ("rules.0.cases must be a list of entries.", "rules.0.cases 须为列表。"),
        (
            "free_lunch: x + 1: adds whole in fen and date.",
            "free_lunch: x + 1: 把 whole in fen 与 date 相加减。",
        ),
        ("free_lunch: needs whole, not yes_no.", "free_lunch: 需要 whole，而不是 yes_no。"),
        ("something nobody wrote down", "something nobody wrote down"),
    ],
)
def test_sentences_are_known_again(text: str, chinese: str) -> None:
    with translation.override("zh-hans"):
        assert said(text) == chinese


@pytest.mark.parametrize(
    "text",
    [
        f"p: the value must be a whole number in the smallest unit, not {'a' * 190_000!r}.",
        f"p: the value must be a whole number in the smallest unit, not {'a: b, ' * 30_000!r}.",
        f"{'x ' * 20_000} cites a clause that is not listed.",
        "a needs " * 20_000,
        "x is y, but z is needed" * 9_000,
        "example " + "a, but comes out as b (" * 9_000,
        "example x: " * 20_000,
        "a: " * 60_000,
    ],
)
def test_a_hostile_text_is_said_as_quickly_as_another(text: str) -> None:
    began = time.process_time()
    with translation.override("zh-hans"):
        said(text)
    assert time.process_time() - began < 1
