"""Sentences that the program writes into a column are read in the reader's language."""

from __future__ import annotations

import json

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.labels import Label, Labels
from songhe.core.refusal import Refused
from songhe.kit.refusals import MARK, kept, retold, worded


def test_a_refusal_is_read_in_both_languages() -> None:
    text = kept(Refused("network.file", "There is no file {file}. Check the path.", file="a.csv"))
    with override("en"):
        assert retold(text) == "There is no file a.csv. Check the path."
    with override("zh-hans"):
        assert "a.csv" in retold(text) and "There" not in retold(text)


def test_labels_of_data_are_read_in_both_languages_too() -> None:
    both = Labels((Label("County", "县"), Label("Town", "镇")))
    text = kept(
        Refused("odd", "{what} of {who}; {none}", what=Label("Level", "等级"), who=both, none=Labels(()))
    )
    with override("en"):
        assert retold(text) == "Level of County, Town; "
    with override("zh-hans"):
        assert retold(text) == "等级 of 县、镇; ", "a sentence that no catalogue has stays, its labels do not"


@given(st.text(max_size=80), st.integers(20, 400))
def test_what_is_kept_fits_and_is_told_whole(value: str, longest: int) -> None:
    text = worded("Stopped: {why}", longest, why=value)
    assert len(text) <= longest
    with override("en"):
        told = retold(text)
    assert f"Stopped: {value}".startswith(told) and (len(told) == longest or told == f"Stopped: {value}")


@given(st.text())
def test_what_somebody_wrote_is_told_and_never_obeyed(text: str) -> None:
    """Also where it looks like what the program keeps: a width of their own would fill the memory."""
    assert retold(text) == text
    for odd in ("[1]", '["a", 3]', '["", []]', "nothing", json.dumps(text), '["a {b}", {"b": {"en": ""}}]'):
        assert retold(MARK + odd) == MARK + odd
    assert (
        retold(MARK + json.dumps(["{a:>999999999} {b.c} {d}", {"a": text, "d": text}]))
        == f"{{a:>999999999}} {{b.c}} {text}"
    )
