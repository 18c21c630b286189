"""Changing a policy's text by single values: that value changes, and not one other sign does."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songhe.core.rules import build, check_examples, examples
from songhe.core.rules.edit import add_row, moved, set_values
from songhe.core.sources import DataError, check_written, read

WEIHAI = sorted((Path(__file__).parents[2] / "data/cities/weihai/policies").glob("*.yaml"))
COMMENTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=12)
AMOUNTS = st.integers(-(10**9), 10**9)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="#"),
    min_size=1,
    max_size=12,
)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[int]]:
    """A document with values in flow and in block style, with comments, quotes, blanks and odd line ends."""
    amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=4))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [
        f"# {draw(COMMENTS)}",
        "parameters:",
        f"  sum:  # {draw(COMMENTS)}",
        f"    zh: {json.dumps(draw(COMMENTS) + '𠮷', ensure_ascii=False)}",
    ]
    if draw(st.booleans()):
        rows = ", ".join(f"{{from: 2022-01-0{n + 1}, value: {one}}}" for n, one in enumerate(amounts))
        lines.append(f"    values: [{rows}]  # {draw(COMMENTS)}")
    else:
        lines.append("    values:")
        for one in amounts:
            lines += [f"      - from: 2022-01-01  # {draw(COMMENTS)}", f"        # {draw(COMMENTS)}"]
            lines.append(
                f"        value:   {one}" + draw(st.sampled_from(["", " ", f"  # {draw(COMMENTS)}"]))
            )
    lines += [f"# {draw(COMMENTS)}", f"'other': {draw(AMOUNTS)}", ""]
    return end.join(lines), amounts


@settings(deadline=None)
@given(texts(), AMOUNTS, st.data())
def test_a_value_changes_and_nothing_else(
    made: tuple[str, list[int]], amount: int, data: st.DataObject
) -> None:
    text, amounts = made
    place = data.draw(st.integers(0, len(amounts) - 1))
    path = ("parameters", "sum", "values", place, "value")
    after = set_values(text, {path: amount})
    assert _values(after) == [*amounts[:place], amount, *amounts[place + 1 :]]
    assert set_values(after, {path: amounts[place]}) == text, "changed back, it is the text that it was"
    assert [line.partition("#")[2] for line in after.splitlines()] == [
        line.partition("#")[2] for line in text.splitlines()
    ], "comments are kept"
    changed = [pair for pair in zip(text.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(changed) <= 1, "only its line"


@settings(deadline=None)
@given(
    texts(),
    st.dictionaries(st.sampled_from(["to", "clause", "assumed"]), DAYS | WORDS | st.booleans(), min_size=1),
)
def test_what_was_not_there_is_added_to_its_entry(made: tuple[str, list[int]], more: dict[str, Any]) -> None:
    text, amounts = made
    after = set_values(
        text, {("parameters", "sum", "values", 0, name): value for name, value in more.items()}
    )
    first = read(after).data["parameters"]["sum"]["values"][0]
    assert first == {"from": date(2022, 1, 1), "value": amounts[0], **more}
    assert _values(after) == amounts
    assert _comments(after) == _comments(text)


@settings(deadline=None)
@given(texts(), AMOUNTS, DAYS)
def test_a_value_is_added_to_a_list(made: tuple[str, list[int]], amount: int, day: date) -> None:
    text, amounts = made
    after = add_row(text, ("parameters", "sum", "values"), {"from": day, "value": amount})
    assert sorted(_values(after)) == sorted([*amounts, amount])
    assert _comments(after) == _comments(text)
    assert read(after).data["other"] == read(text).data["other"]


@pytest.mark.parametrize("file", WEIHAI, ids=lambda file: file.stem)
@settings(deadline=None, max_examples=12)
@given(st.dates(date(2022, 1, 1), date(2060, 12, 31)))
def test_a_copy_with_other_dates_is_sound_as_it_was(file: Path, effective: date) -> None:
    text = file.read_text(encoding="utf-8")
    day = effective.replace(day=1, month=1)
    copy = moved(text, effective=day, expires=None, number="威民发〔2027〕1号")
    source = read(copy, name=file.name)
    document = build(source)
    assert (document.start, document.number) == (day, "威民发〔2027〕1号")
    assert all(check_examples(document, examples(source, document)).values())
    assert _comments(copy) == _comments(text)
    assert len(copy.splitlines()) == len(text.splitlines())


def test_a_table_is_changed_entry_by_entry() -> None:
    text = "p:\n  values:\n    - value: {16: 100, 17: 200}  # by grade\n      clause: '1'\n"
    after = set_values(text, {("p", "values", 0, "value", "17"): 250})
    assert after == text.replace("200", "250")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("document", "gone", "more"), 1),
        (("rules", 9, "code"), "x"),
        (("document",), 1),
        (("document", "note"), 1),
        (("a", "b"), 1),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(path: tuple[str | int, ...], value: int) -> None:
    text = "document:\n  code: x\n  note: |\n    several\n    lines\nrules: [{code: r}]\na: []\n"
    with pytest.raises(DataError):
        set_values(text, {path: value})


BAD = {
    "brackets": "[" * 50_000,
    "braces": "{a: " * 5_000,
    "billion laughs": "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "an alias to itself": "a: &a [*a]\n",
    "too long": "a: " + "x" * 200_001,
    "a broken string": 'a: "x',
    "a sign that YAML has not": "a: \x07",
    "half a character": "a: \ud800",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_nobody_writes_is_refused_before_it_is_read(text: str) -> None:
    with pytest.raises(DataError):
        check_written(text, name="draft")


@pytest.mark.parametrize(
    "text",
    ["? [a]\n: b\n", "? {a: 1}\n: b\n", "- a\n", "", "a: 2026-02-30\n", "a: !!python/name:os.system\n"],
)
def test_what_is_no_such_document_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        read(text, name="draft")


def _values(text: str) -> list[int]:
    return [row["value"] for row in read(text).data["parameters"]["sum"]["values"]]


def _comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]
