"""Kernels: when they are made, what they are made of, and that the good ones agree too (a law of all evaluators is in
test_rules_many).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from tests.core.test_rules import HOURS, MONTH, RONGCHENG, WEIHAI
from tests.core.test_rules_many import BRING, LABEL, QUICK, VILLAGES, agree, crowds, documents

from songhe.core.kept import keep_in, kept
from songhe.core.refusal import Refused
from songhe.core.rules import Document, FactValue, Tags, build
from songhe.core.rules.many import Column, Columns, decide, decide_all, gathered, pack_days
from songhe.core.rules.many.kernel import run
from songhe.core.rules.many.kernel.machine import Machine
from songhe.core.sources import Source

Crowd = list[tuple[dict[str, FactValue], int]]


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Which runs were done by a kernel."""
    done: list[bool] = []

    def counted(*given: Any) -> bool:
        done.append(run.worked_out(*given))
        return done[-1]

    monkeypatch.setattr(decide, "worked_out", counted)
    return done


@settings(max_examples=3, deadline=None)
@given(documents(), crowds.filter(lambda crowd: len(crowd) > 2))
def test_good_kernels_agree_with_each(document: Document, crowd: Crowd) -> None:
    """With as many people as are worked on at once, and some left over."""
    agree(document, (crowd * 20)[:37], kernels=[True])


def people(size: int) -> Columns:
    """Persons of many ages for HOURS, of some of whom something is not known."""
    facts: list[dict[str, FactValue]] = [
        {
            "birth": date(1930 + number % 35, 5, 1) if number % 9 else None,
            "tags": Tags(frozenset({"low_income"} if number % 3 else ())),
        }
        for number in range(size)
    ]
    return gathered(HOURS, facts, regions=[VILLAGES[number % len(VILLAGES)] for number in range(size)])


def same(document: Document, columns: Columns, *, month: date = MONTH) -> None:
    """The kernel and the columns come to the same."""
    one, other = (
        decide_all(document, columns, on=month, month=month, kernel=kernel) for kernel in (True, False)
    )
    for code, found in one.items():
        np.testing.assert_array_equal(found.values, other[code].values)
        np.testing.assert_array_equal(found.cases, other[code].cases)
        np.testing.assert_array_equal(found.unknown, other[code].unknown)
        assert found.values.dtype == other[code].values.dtype


class Shelf:
    """Keeps code in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, code: bytes) -> None:
        assert name not in self.kept
        self.kept[name] = code


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """Where kernels of a fresh machine are kept."""
    fresh = Machine(effort=0)
    monkeypatch.setattr(run, "machine", lambda: fresh)
    before = kept()
    keep_in(made := Shelf())
    yield made
    keep_in(before)


def test_other_months_and_other_amounts_need_no_new_kernel(shelf: Shelf, kernels: list[bool]) -> None:
    columns = people(40)
    same(HOURS, columns)
    same(HOURS, columns, month=date(2026, 12, 1))
    amounts = {
        code: replace(parameter, values=tuple(replace(value, amount=2400) for value in parameter.values))
        for code, parameter in HOURS.parameters.items()
        if code == "hours_dibao"
    }
    same(replace(HOURS, parameters={**HOURS.parameters, **amounts}), columns)
    assert (len(shelf.kept), kernels) == (1, [True] * 3)


def test_code_that_was_kept_is_not_made_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    same(HOURS, people(40))
    later = Machine(effort=0)
    monkeypatch.setattr(run, "machine", lambda: later)
    monkeypatch.setattr(later, "compiled", lambda text: pytest.fail("made again"))
    same(HOURS, people(40))


def test_days_of_a_database_are_packed_on_the_way(shelf: Shelf) -> None:
    columns = people(40)
    born = columns.facts["birth"]
    days = np.arange(40, dtype=np.int32) * 500 - 14_000
    packed = replace(columns, facts={"birth": Column(pack_days(days), born.unknown)})
    plain = replace(columns, facts={"birth": Column(days, born.unknown, days=True)})
    same(HOURS, packed)
    same(HOURS, plain)
    one, other = (decide_all(HOURS, each, on=MONTH, month=MONTH) for each in (packed, plain))
    np.testing.assert_array_equal(one["home_service_minutes"].values, other["home_service_minutes"].values)
    assert plain.facts_of(3, HOURS) == packed.facts_of(3, HOURS)


@pytest.mark.parametrize("form", ["int64", "strided", "swapped"])
def test_columns_may_lie_in_memory_as_they_do(form: str, shelf: Shelf, kernels: list[bool]) -> None:
    columns = people(40)
    born = columns.facts["birth"]
    made = {
        "int64": born.values.astype(np.int64),
        "strided": np.repeat(born.values, 2)[::2],
        "swapped": born.values.astype(born.values.dtype.newbyteorder()),
    }[form]
    same(HOURS, replace(columns, facts={"birth": Column(made, born.unknown)}))
    assert kernels == [form != "swapped"]


MEALS: dict[str, Any] = {
    "document": {
        "code": "meals", "number": "1", "title": LABEL, "issuer": LABEL, "effective": date(2020, 1, 1),
        "region": "371000000000", "source": "made up",
    },
    "clauses": {"1": LABEL},
    "facts": {"meals": {"kind": "whole", "least": 0, "most": 90, **BRING}},
    "rules": [{"code": "meal", **LABEL, "grants": True, "clause": "1", "expr": "meals * 200 // (meals - 50)"}],
}  # fmt: skip


@pytest.mark.parametrize("form", ["int8", "int16", "int64", "uint8", "uint32", "float64"])
def test_numbers_may_be_of_any_width(form: str, shelf: Shelf, kernels: list[bool]) -> None:
    document = build(Source(MEALS))
    meals = np.array([0, 3, 49, 51, 90] * 9).astype(form)
    columns = Columns(len(meals), {"meals": Column(meals)}, {}, [WEIHAI], np.zeros(len(meals), np.int8))
    if form != "float64":
        same(document, columns)
        assert kernels == [form != "uint32"]
    for wrong, why in ((91, "only accepts 0 to 90"), (50, "modulo by zero")):
        spoilt = replace(
            columns, facts={"meals": Column(np.where(np.arange(45) == 44, wrong, meals).astype(form))}
        )
        for kernel in (True, False):
            with pytest.raises(Refused, match=why):
                decide_all(document, spoilt, on=MONTH, month=MONTH, kernel=kernel)


def test_a_place_that_is_not_listed_stops_the_run(shelf: Shelf, kernels: list[bool]) -> None:
    given = HOURS.parameters["hours_dibao"]
    local = replace(given.values[0], region=RONGCHENG, amount=2400)
    more = {**HOURS.parameters, "hours_dibao": replace(given, values=(*given.values, local))}
    document, columns = replace(HOURS, parameters=more), people(40)
    same(document, columns)
    lost = replace(columns, place=columns.place + 1)
    with pytest.raises(IndexError):
        decide_all(document, lost, on=MONTH, month=MONTH, kernel=True)
    assert kernels == [True, False]


def test_without_a_compiler_columns_do_the_work(monkeypatch: pytest.MonkeyPatch, kernels: list[bool]) -> None:
    monkeypatch.setattr(run, "machine", lambda: None)
    same(HOURS, people(40))
    assert kernels == [False]


def test_few_people_are_not_worth_a_kernel(monkeypatch: pytest.MonkeyPatch, kernels: list[bool]) -> None:
    monkeypatch.setattr(run, "machine", lambda: QUICK)
    monkeypatch.setattr(decide, "WORTH", 20)
    for size in (19, 20):
        decide_all(HOURS, people(size), on=MONTH, month=MONTH)
    assert kernels == [True]


def test_the_compiler_is_loaded_for_a_kernel_only() -> None:
    code = "import sys, songhe.core.rules.many; sys.exit('llvmlite' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
