"""Laws of what is known of bodies: the last that was said holds, only while it holds, and only of its own grant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.areas.entitlement.test_bodies import POLICY

from songhe.areas.entitlement.rules.bodies import heard
from songhe.areas.entitlement.rules.holders import EPOCH, Said, no_holdings, table_of
from songhe.core.rules import build
from songhe.core.rules.document import Fact
from songhe.core.sources import read

DOCUMENT = build(read(POLICY, name="centres.yaml"))
SIZE = 4
VALUES = st.one_of(st.integers(-5, 200_000_000), st.booleans(), st.dates(date(1990, 1, 1), date(2040, 1, 1)))
said = st.builds(
    Said,
    row=st.integers(0, SIZE - 1),
    code=st.sampled_from(["standard", "cost", "served", "accepted_on"]),
    value=VALUES,
    since=st.integers(0, 40),
    until=st.integers(0, 60),
)
KINDS = {"whole": int, "yes_no": bool, "date": date}


def plainly(rows: list[Said], grant: int, fact: Fact, day: int) -> object:
    """The same in the plainest way."""
    found: object = None
    for one in rows:
        fits = type(one.value) is KINDS[fact.kind] and (
            fact.kind != "whole" or fact.least <= one.value <= fact.most  # type: ignore[operator]
        )
        if (one.row, one.code) == (grant, fact.code) and one.since <= day < one.until and fits:
            found = one.value
    return found


@given(st.lists(said, max_size=12), st.integers(0, 60))
def test_columns_say_what_was_told_last(rows: list[Said], day: int) -> None:
    told, codes, texts = table_of(rows)
    ids = np.arange(SIZE * 16, dtype=np.uint8).reshape(SIZE, 16)
    home = np.full(SIZE, 371082000000)
    readings = replace(
        no_holdings(), ids=ids, holder=ids, home=home, told=told, codes=codes, texts=texts,
        ends=np.full(SIZE, 10**6),
    )  # fmt: skip
    columns = readings.day(EPOCH + timedelta(days=day)).columns(DOCUMENT, np.arange(SIZE))
    for grant in range(SIZE):
        facts = columns.facts_of(grant, DOCUMENT)
        for code in ("standard", "cost", "served", "accepted_on"):
            assert facts.get(code) == plainly(rows, grant, DOCUMENT.facts[code], day)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [("standard", "是", True), ("standard", "No", False), ("standard", "1", None), ("cost", "1,000.50", 100_050),
     ("cost", "-1", None), ("cost", "1000000.01", None), ("served", "12", 12), ("served", "1001", None),
     ("served", "1e3", None), ("accepted_on", "2026-02-28", date(2026, 2, 28)), ("accepted_on", "2026-02-30", None),
     ("accepted_on", "20260228", None)],
)  # fmt: skip
def test_a_fact_as_it_is_typed(code: str, text: str, expected: object) -> None:
    assert heard(DOCUMENT.facts[code], text) == expected
