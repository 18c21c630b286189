"""Whatever is wrong with a policy file is told as what is wrong with it, and never breaks the reading."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.test_rules_constructs import TEXT
from tests.core.test_rules_examples import POLICIES
from tests.examples import tries

from songhe.core.refusal import Refused
from songhe.core.rules import PolicyError, build, check_examples, examples
from songhe.core.rules.difference import differences
from songhe.core.rules.grid import compare
from songhe.core.sources import DataError, Source, check_written, read

WHOLE = [yaml.safe_load(TEXT), *(yaml.safe_load(file.read_text(encoding="utf-8")) for file in POLICIES)]
WRONG = [None, 0, -1, "", "x", "n *", "élan", 10**30, True, 1.5, [], [1], {}, {"a": 1}, "deleted"]


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a file."""
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*path, name))


PLACES = [(number, path) for number, data in enumerate(WHOLE) for path in places(data)]


@settings(max_examples=tries(150), deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(WRONG))
def test_any_part_may_be_wrong(place: tuple[int, tuple[Any, ...]], wrong: Any) -> None:
    number, (*way, last) = place[0], place[1]
    data = copy.deepcopy(WHOLE[number])
    inner = data
    for step in way:
        inner = inner[step]
    if wrong == "deleted":
        del inner[last]
    else:
        inner[last] = wrong
    source = Source(data, "made.yaml")
    told = ""
    try:
        document = build(source)
        check_examples(document, examples(source, document))
    except (DataError, Refused) as fault:
        told = str(fault)
    assert "Traceback" not in told and "object has no attribute" not in told


OUTLINE = (Path(__file__).parents[2] / "data/nation/policy_outline.yaml").read_text(encoding="utf-8")
SIGNS = st.sampled_from(
    [*"-_,:{}[]()!&*'\"#\n\t \x00\x85²５é0x", "\\0", "!!int ''", "not ", "(" * 60, "-" * 300, "9" * 5000, "0001-01-01",
     "9999-12-31", "2028-02-29", "2026-01-01 10:00:00+99:99", "1:30", "0x" + "f" * 4000, ".nan", "null", "{1: 2, x: 3}",
     "shape: bands", "once_per: year", "monthly_fen", "new_benefit", "<<", "%", "---"]
)  # fmt: skip


@settings(max_examples=tries(150), deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(OUTLINE)), st.integers(0, 12), SIGNS), min_size=1, max_size=4))
def test_any_text_is_a_policy_or_refused(slips: list[tuple[int, int, str]]) -> None:
    text = OUTLINE
    for place, length, sign in slips:
        text = text[:place] + sign + text[place + length :]
    try:
        check_written(text, name="made.yaml")
        source = read(text, name="made.yaml")
        document = build(source)
        check_examples(document, examples(source, document))
        compare(document, document, on=document.start, region=document.region, most=200)
        assert differences(document, document) == ()
    except (DataError, Refused):
        return


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("rules:\n", "rules: none\nmore:\n", "line 29: rules must be a list of entries"),
        ("- code: bed\n", "- code: 7\n", "rules.0.code must be a name"),
        (
            "members: [{fact: insured}, care",
            "members: [3, care",
            "exclusive.0.members must be a list of rules",
        ),
        (
            '- {when: "not inside"',
            '- bed\n      - {when: "not inside"',
            "rules.0.requires.0 must be an entry",
        ),
        ("unit: minute\n    grants", "unit: 60\n    grants", "rules.2.unit must be a word"),
    ],
)
def test_another_outline_is_named_with_its_line(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=says):
        build(read(TEXT.replace(old, new), name="made.yaml"))
