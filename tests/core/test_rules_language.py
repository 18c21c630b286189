"""Only the language of rules is ever evaluated, and a document with a hole in it is refused with its place."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.rules import PolicyError, build, decide, parse, program
from songhe.core.rules.language import FUNCTIONS
from songhe.core.sources import DataError, read

ALLOWED = (ast.Name, ast.Constant, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.BinOp, ast.Call)
SAFE = (*ALLOWED, ast.Load, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)


@pytest.mark.parametrize(
    "text",
    [
        "age >= 80 and not has('dibao')",
        "min(a, b, 3) * 2 - c // 4 % 5",
        "muldiv(a, 2, 3, 'half_up')",
        "table(rates, level)",
        "60 <= age < 80",
        "-a",
    ],
)
def test_the_language(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "[a for a in b]",
        "a if b else c",
        "a ** 9",
        "a / b",
        "1.5",
        "f'{a}'",
        "(a := 1)",
        "min(*a)",
        "min(a)",
        "max(a, b, key=c)",
        "has(a)",
        "table('x', 1)",
        "muldiv(a, b, c, 'even')",
        "(min)(a, b)(c)",
        "a in b",
        "1e9",
        "10000000000000",
        "a is b",
        "~a",
        "",
        "a b",
        "a\x00",
        r"a == 'b\x00'",
        r"a == '\ud800'",
        "(" * 300,
        "min(a, " * 60 + "a" + ")" * 60,
        "-" * 490 + "1",
        "-" * 250 + "1",
        "not " * 120 + "a",
        "1" + "+1" * 240,
        "a" * 501,
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        parse(text)


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "has",
        "min",
        "table",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "'x'",
        "1",
        "2.0",
        "+",
        "**",
        "/",
        "//",
        "and",
        "not",
        "lambda",
        ":",
        "if",
        "else",
        "for",
        "in",
        "__class__",
        "==",
        "is",
        "{",
        "}",
        "await",
        "yield",
        ":=",
        "*",
        "f'{a}'",
    ]
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40))
def test_what_is_accepted_holds_nothing_but_the_language(text: str) -> None:
    try:
        expression = parse(text)
    except DataError:
        return
    for node in ast.walk(expression.tree):
        assert isinstance(node, SAFE)
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords
        if isinstance(node, ast.Constant):
            assert type(node.value) in (int, bool, str)


POLICY = """document: {code: p, number: n, title: {en: T, zh: 题}, issuer: {en: I, zh: 局}, effective: 2024-01-01, region: '371000000000', source: s}
clauses:
  '1': {en: One, zh: 一}
facts:
  age: {kind: whole, unit: year, en: Age, zh: 年龄, bring: {en: Card, zh: 身份证}}
tags:
  dibao: {en: D, zh: 低保, bring: {en: Paper, zh: 证明}}
parameters:
  rate: {en: Rate, zh: 标准, unit: fen, values: [VALUES]}
rules:
  - code: paid
    en: Paid
    zh: 发放
    unit: fen
    cases:
      - {when: "WHEN", give: "0", why: {en: W, zh: 因}, clause: '1'}
      - {give: "GIVE", why: {en: W, zh: 因}, clause: 'CLAUSE'}
"""


def policy(**changes: str) -> Any:
    """A small policy with one thing changed."""
    text = POLICY
    for key, value in (
        {"VALUES": "{value: 1, clause: '1'}", "WHEN": "age < 80", "GIVE": "rate", "CLAUSE": "1"} | changes
    ).items():
        text = text.replace(key, value)
    return build(read(text, name="p.yaml"))


def test_the_small_policy_itself_is_good() -> None:
    assert [rule.code for rule in policy().rules] == ["paid"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"WHEN": "aeg < 80"},
            "p.yaml, line 16, clause 1: paid: there is no fact, parameter or rule called aeg",
        ),
        ({"WHEN": "has('dibaO')"}, "the tag dibaO is not listed"),
        ({"WHEN": "age"}, "age is whole in year, but yes_no is needed"),
        ({"WHEN": "age < rate"}, "compares whole in year with whole in fen"),
        ({"WHEN": "True"}, "is always True, so a case is never reached"),
        ({"WHEN": "open('x')"}, "line 16, clause 1: there is no function open"),
        ({"GIVE": "age"}, "line 17, clause 1: paid: age is whole in year, but whole in fen is needed"),
        ({"GIVE": "rate + age"}, "adds fen and year"),
        ({"GIVE": "rate * age"}, "multiplies fen by year"),
        ({"GIVE": "table(rate, age)"}, "which is no table"),
        ({"GIVE": "paid"}, "paid leads back to itself"),
        ({"CLAUSE": "9"}, "line 17, clause 9: paid cites a clause that is not listed"),
        ({"CLAUSE": ""}, "every case cites its clause"),
        ({"VALUES": "{value: 1}"}, "every value cites its clause"),
        ({"VALUES": "{value: 1.5, clause: '1'}"}, "a whole number in the smallest unit"),
        (
            {"VALUES": "{value: 1, clause: '1', from: 2024-06-01}"},
            "needs rate, which has no value from 2024-01-01 on",
        ),
        (
            {"VALUES": "{value: 1, clause: '1', to: 2025-01-01}"},
            "needs rate, which has no value from 2025-01-01 on",
        ),
        (
            {"VALUES": "{value: 1, clause: '1'}, {value: 2, clause: '1', from: 2025-01-01}"},
            "two values for one region",
        ),
        ({"VALUES": "{value: 1, clause: '1', region: '110000000000'}"}, "outside the document's region"),
        ({"VALUES": "{value: 1, clause: '1', region: '371082000000'}"}, "has no value from 2024-01-01 on"),
        ({"- {give": '- {when: "age > 90", give'}, "must hold for everyone left"),
        ({'- {when: "age < 80", ': "- {"}, "the cases after this one are never reached"),
        ({"unit: year": "unit: fen", "WHEN": "age < rate"}, ""),
        ({"why: {en: W, zh: 因}": "why: {en: W}"}, "both languages"),
        ({"2024-01-01, region": "2024-01-01, expires: 2023-01-01, region"}, "expires before it takes effect"),
        ({"bring: {en: Card, zh: 身份证}": ""}, "the document to bring"),
        *(
            (
                {
                    "unit: fen, values": "unit: fen, shape: bands, values",
                    "VALUES": f"{{value: {{'{key}': 1}}}}",
                },
                f"rate: bands are keyed by whole thresholds, written as 60, 0 or -5; {key} is none",
            )
            for key in ("05", "５", "-0", "--5", "²", "+5", "9" * 16, "x")
        ),
        ({"  rate:": "  age:", "GIVE": "age"}, "age is used for two things"),
        *(
            ({"  rate:": f"  {name}:", "GIVE": name}, f"{name} is used for two things")
            for name in ("key", "region", "household", "tag_dibao", "month")
        ),
        ({"  rate:": f"  {'a' * 57}:", "GIVE": "a" * 57}, "aaa is longer than 56 characters"),
    ],
)
def test_a_document_with_a_hole_is_refused_with_its_place(changes: dict[str, str], message: str) -> None:
    if not message:
        assert policy(**changes)
        return
    with pytest.raises(PolicyError) as refused:
        policy(**changes)
    assert message in str(refused.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(PolicyError) as refused:
        policy(WHEN="aeg < 80", GIVE="age", CLAUSE="9")
    assert len(refused.value.problems) == 3


def ruled(*rules: tuple[str, str, str]) -> Any:
    """The small policy with more rules: code, what it gives, and its dates."""
    case = "why: {en: W, zh: 因}, clause: '1'"
    lines = [
        f"  - {{code: {code}, en: A, zh: 甲, unit: fen, cases: [{{give: {give}, {case}}}]{dates}}}\n"
        for code, give, dates in rules
    ]
    text = POLICY.replace("rules:\n", "rules:\n" + "".join(lines))
    for key, value in {"VALUES": "{value: 1, clause: '1'}", "WHEN": "age < 80", "GIVE": "rate"}.items():
        text = text.replace(key, value)
    return build(read(text.replace("CLAUSE", "1"), name="p.yaml"))


def test_a_way_through_many_rules_ends() -> None:
    chain = [(f"r{n}", f"r{n + 1}", "") for n in range(110)]
    made = ruled(*chain, ("r110", "1", ""))
    assert decide(program(made, on=made.start, region=made.region), "r0", {}, month=made.start).value == 1
    with pytest.raises(PolicyError, match="rests on 120 rules and parts of them, one inside the other"):
        ruled(*[(f"r{n}", f"-(-r{n + 1})", "") for n in range(110)], ("r110", "1", ""))


def test_an_earlier_version_of_a_rule_leads_back_to_itself_too() -> None:
    early, late = ", to: 2025-01-01", ", from: 2025-01-01"
    with pytest.raises(PolicyError, match="a leads back to itself through b"):
        ruled(("a", "b", early), ("a", "1", late), ("b", "a", ""))


def test_each_of_many_values_is_told_once() -> None:
    values = ", ".join(["{value: 1, clause: '1'}"] * 2_000)
    with pytest.raises(PolicyError) as refused:
        policy(VALUES=values)
    assert len(refused.value.problems) == 1_999
