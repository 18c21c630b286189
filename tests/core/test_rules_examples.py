"""Examples in a policy's file: they must come out, and every line of the shipped policies is reached by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from songhe.core.rules import PolicyError, build, check_examples, examples, untried
from songhe.core.sources import read

DATA = Path(__file__).parents[2] / "data"
POLICIES = sorted([*DATA.glob("nation/policies/*.yaml"), *DATA.glob("cities/*/policies/*.yaml")])
TEXT = (DATA / "cities/weihai/policies/call-subsidy.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_every_line_of_every_policy_is_reached_by_an_example(file: Path) -> None:
    source = read(file.read_text(encoding="utf-8"), name=file.name)
    document = build(source)
    assert untried(document, check_examples(document, examples(source, document))) == ()


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_every_policy_that_comes_along_is_listed_with_how_sure_it_is(file: Path) -> None:
    page = (DATA.parent / "docs/reference/policies.md").read_text(encoding="utf-8")
    (line,) = [row for row in page.splitlines() if row.startswith(f"| {file.parts[-3]} | `{file.stem}` |")]
    assumes = "assumed: true" in file.read_text(encoding="utf-8")
    assert ("assumed" in line) == assumes, "what is assumed is said so on both"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("call_subsidy: 1000", "call_subsidy: 1001", "example enrolled: call_subsidy must be 1001, but comes out as 1000"),
        ("call_subsidy: pending", "call_subsidy: 0", "must be 0, but comes out as pending"),
        ("{enrolled: false}", "{enroled: false}", "example 2: there is no fact enroled"),
        ("{enrolled: false}", "{1: false, x: 0}", "there is no fact 1, x"),
        ("expect: {call_subsidy: 0}", "expect: {1.5: 0, x: 0}", "there is no rule 1.5, x"),
        ("expect: {call_subsidy: 0}", "expect: {call: 0}", "there is no rule call"),
        ("expect: {call_subsidy: 0}", "expects: {call_subsidy: 0}", "say expect"),
        ("{enrolled: false}", "{enrolled: 0}", "enrolled must be yes_no"),
        ("{enrolled: false}", "{enrolled: false, tags: [rich]}", "the tag rich is not listed"),
        ("{name: not enrolled, ", "{name: not enrolled, month: 3, ", "not enrolled: month must be a date"),
        ("{name: not enrolled, ", "{name: not enrolled, month: 9999-12-01, ", "month must lie in the years 1900 to"),
        ("{name: not enrolled, ", "{name: not enrolled, month: 2026-03-01 10:00:00, ", "month must be a date"),
        ("{enrolled: false}", "{enrolled: 0001-01-01}", "facts: enrolled must lie in the years 1900 to 2199"),
    ],
)  # fmt: skip
def test_an_example_that_does_not_come_out_is_named_with_its_line(old: str, new: str, says: str) -> None:
    assert old in TEXT
    source = read(TEXT.replace(old, new), name="calls.yaml")
    document = build(source)
    with pytest.raises(PolicyError, match=says):
        check_examples(document, examples(source, document))


def test_a_line_that_no_example_reaches_is_named() -> None:
    short = TEXT[: TEXT.index("  - {name: not enrolled")]
    source = read(short, name="calls.yaml")
    document = build(source)
    (missing,) = untried(document, check_examples(document, examples(source, document)))
    assert "no example reaches “Not enrolled with the service platform”" in str(missing)
