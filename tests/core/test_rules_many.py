"""The evaluator for many agrees with the one for one person: in values, cases, what is pending and what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.test_rules import CALLS, HOURS, LUNCH, MONTH, RONGCHENG, WEIHAI
from tests.examples import tries

from songhe.core.refusal import Refused
from songhe.core.rules import (
    Document,
    FactValue,
    PolicyError,
    Tags,
    build,
    decide,
    once_per_household,
    program,
)
from songhe.core.rules.many import Columns, Decided, decide_all, gathered, pack, pack_days, unpack
from songhe.core.rules.many.kernel import run
from songhe.core.rules.many.kernel.machine import Machine
from songhe.core.sources import Source

VILLAGES = (371002001001, 371082001001, 371082001002, 371083002003)
LABEL = {"en": "a", "zh": "甲"}
QUICK = Machine(effort=0)
"""Makes code that is slow to run and quick to make."""
BRING = {**LABEL, "bring": LABEL}
WHOLES, YESNOS, DATES = ("n1", "n2"), ("y1",), ("d1", "d2")

whole_leaf = st.sampled_from([*WHOLES, "p", "month_days", "0", "1", "7", "-3", "1200"])
date_leaf = st.sampled_from([*DATES, "month", "month_end"])


def wholes(rules: tuple[str, ...]) -> st.SearchStrategy[str]:
    leaves = st.one_of(whole_leaf, st.sampled_from(rules)) if rules else whole_leaf

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, st.sampled_from(["//", "%"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
            pair.map(lambda t: f'muldiv({t[0]}, {t[1]}, 3, "half_up")'),
            st.tuples(inner, inner, st.sampled_from(["floor", "ceil", "half_up"])).map(
                lambda t: f'muldiv({t[0]}, 5, {t[1]}, "{t[2]}")'
            ),
            inner.map(lambda t: f"table(bands, {t})"),
            inner.map(lambda t: f"table(entries, {t})"),
            st.just("table(entries, t1)"),
            st.just('table(entries, "x")'),
            st.tuples(st.sampled_from(["months_between", "age_on"]), date_leaf, date_leaf).map(
                lambda t: f"{t[0]}({t[1]}, {t[2]})"
            ),
            inner.map(lambda t: f"-{t}"),
        )  # fmt: skip

    return st.recursive(leaves, grown, max_leaves=5)


def yes_nos(rules: tuple[str, ...]) -> st.SearchStrategy[str]:
    number = wholes(rules)
    order = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    leaves = st.one_of(
        st.sampled_from(['has("a")', 'has("b")', "y1", 't1 == "x"', 't1 != "z"', "t1 == t2"]),
        st.tuples(number, order, number).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(number, order, number, order, number).map(lambda t: f"({' '.join(t)})"),
        st.tuples(date_leaf, order, date_leaf).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(lambda t: f"({t[1]} {t[0]} {t[2]})"),
            inner.map(lambda t: f"(not {t})"),
        ),
        max_leaves=4,
    )


def constructs(before: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """What the rest receive, by slices or as a share of a bill, and what is carried over from the month before."""
    number = wholes(before)
    said = {"why": LABEL, "clause": "1"}
    slices = st.tuples(number, number, number).map(
        lambda t: [{"to": "7", "each": t[0], "why": LABEL}, {"to": t[1], "each": "p", "why": LABEL}, {"each": t[2], "why": LABEL}]
    )  # fmt: skip
    tiers = st.tuples(number, slices).map(lambda t: {"tiers": {"of": t[0], "slices": t[1], "clause": "1"}})
    share = st.tuples(number, number, st.sampled_from(["floor", "ceil", "half_up"])).map(
        lambda t: {
            "share": {"of": t[0], "percent": "40", "round": t[2], "limit": t[1], "why_limit": LABEL, **said}
        }
    )
    last = number.map(lambda text: {"cases": [{"give": text, **said}]})
    carried = number.map(lambda text: {"carry_over": {"limit": text, "why_limit": LABEL, **said}})
    return st.tuples(st.one_of(last, last, tiers, share), st.one_of(st.just({}), st.just({}), carried)).map(
        lambda pair: {**pair[0], **pair[1]}
    )


def document_of(rules: list[dict[str, Any]]) -> Document:
    """Rules with the facts, tags and parameters that they may read."""
    values = [{"value": 500, "clause": "1"}, {"value": -2, "clause": "1", "region": "371082000000"}]
    bands = [
        {"value": {"-5": 1, "0": 20, "7": 300}, "clause": "1"},
        {"value": {"1": 9}, "clause": "1", "region": "371082001001"},
    ]
    data = {
        "document": {
            "code": "any", "number": "1", "title": LABEL, "issuer": LABEL, "effective": date(2020, 1, 1),
            "region": "371000000000", "source": "made up",
        },
        "clauses": {"1": LABEL},
        "facts": {
            **{name: {"kind": "whole", "least": -10, "most": 3000, **BRING} for name in WHOLES},
            **{name: {"kind": "yes_no", **BRING} for name in YESNOS},
            **{name: {"kind": "date", **BRING} for name in DATES},
            **{name: {"kind": "text", **BRING} for name in ("t1", "t2")},
        },
        "tags": {"a": BRING, "b": BRING},
        "parameters": {
            "p": {**LABEL, "values": values},
            "bands": {**LABEL, "shape": "bands", "values": bands},
            "entries": {**LABEL, "shape": "table", "values": [{"value": {"1": 4, "2": 5, "x": 6, "y": 7}, "clause": "1"}]},
        },
        "rules": rules,
    }  # fmt: skip
    return build(Source(data))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of some rules in which each may read those before."""
    rules: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        before = tuple(rule["code"] for rule in rules)
        whens = draw(st.lists(yes_nos(before), max_size=3))
        cases = [{"when": when, "give": draw(wholes(before)), "why": LABEL, "clause": "1"} for when in whens]
        rest = draw(constructs(before))
        cases += rest.pop("cases", [])
        rules.append({"code": f"r{number}", **LABEL, "grants": True, "cases": cases, **rest})
    try:
        return document_of(rules)
    except PolicyError:
        assume(False)
        raise


days = st.dates(date(1900, 1, 1), date(2030, 12, 31))
persons = st.fixed_dictionaries(
    {
        **{name: st.none() | st.integers(-10, 3000) for name in WHOLES},
        **{name: st.none() | st.booleans() for name in YESNOS},
        **{name: st.none() | days for name in DATES},
        **{name: st.none() | st.sampled_from(["x", "y", "z"]) for name in ("t1", "t2")},
        **{
            f"r{n}__{record}": st.none() | st.integers(0, 900)
            for n in range(4)
            for record in ("used", "left")
        },
        "tags": st.none()
        | st.builds(
            Tags,
            st.frozensets(st.sampled_from(["a", "b"])),
            st.frozensets(st.sampled_from(["a", "b"])),
        ),
    }
)
crowds = st.lists(st.tuples(persons, st.sampled_from(VILLAGES)), min_size=1, max_size=12)


def spoil(document: Document, columns: Columns) -> None:
    """Put what stops a processor, or wraps around, where nobody may look: in values that are not known."""
    for code, column in columns.facts.items():
        if column.unknown is not None and document.facts[code].kind in ("whole", "date"):
            number = np.iinfo(column.values.dtype)
            column.values[column.unknown] = np.resize([number.min, -1, 0, number.max], column.unknown.sum())


def agree(
    document: Document, crowd: list[tuple[dict[str, FactValue], int]], *, kernels: Sequence[bool]
) -> None:
    """What everybody gets at once is what each gets alone; or it is refused where it is for one of them."""
    facts, regions = [one for one, _region in crowd], [region for _one, region in crowd]
    wanted = {rule.code: [alone(document, rule.code, *one) for one in crowd] for rule in document.rules}
    broken = [code for code, each in wanted.items() if any(isinstance(outcome, str) for outcome in each)]
    clear = [code for code in wanted if code not in broken]
    for kernel in kernels:
        columns = gathered(document, facts, regions=regions)
        if kernel:
            spoil(document, columns)
        for code in broken[:1] if kernel else broken:
            with pytest.raises(Refused):
                decide_all(document, columns, on=MONTH, month=MONTH, wanted=[code], kernel=kernel)
        if clear:
            made = decide_all(document, columns, on=MONTH, month=MONTH, wanted=clear, kernel=kernel)
            assert {code: told(found) for code, found in made.items()} == {
                code: wanted[code] for code in clear
            }


def told(found: Decided) -> list[tuple[int | None, int]]:
    """The value of each person, None while it is pending, and the deciding case."""
    unknown = found.unknown if found.unknown is not None else np.zeros(len(found.values), bool)
    assert not found.values[unknown].any()
    return [
        (None if pending else int(value), int(case))
        for value, case, pending in zip(found.values, found.cases, unknown, strict=True)
    ]


def alone(
    document: Document, code: str, facts: dict[str, FactValue], region: int
) -> tuple[int | None, int] | str:
    """The value and the deciding case of one rule for one person, or why it is refused."""
    try:
        found = decide(program(document, on=MONTH, region=region), code, facts, month=MONTH)
    except Refused as refused:
        return refused.message
    step = next(step for step in found.steps if step.rule.code == code)
    return found.value if found.value is None else int(found.value), step.index  # type: ignore[arg-type]


@settings(max_examples=tries(30), deadline=None)
@given(documents(), crowds)
def test_many_agree_with_each(document: Document, crowd: list[tuple[dict[str, FactValue], int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "machine", lambda: QUICK)
        agree(document, crowd, kernels=(False, True))


def test_a_table_is_read_by_narrow_and_by_wide_keys_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each width of a table of places is an array of its own."""
    monkeypatch.setattr(run, "machine", lambda: QUICK)
    texts = [
        "table(bands, n2) + table(bands, n1 % 7 + 1)",
        "table(bands, n1 % 7) * 4000000000 + table(bands, n2)",
    ]
    rules = [
        {"code": f"r{n}", **LABEL, "grants": True, "cases": [{"give": text, "why": LABEL, "clause": "1"}]}
        for n, text in enumerate(texts)
    ]
    crowd = [({"n1": n, "n2": n + 1}, village) for n in (2, 5, 2999) for village in VILLAGES]
    agree(document_of(rules), crowd, kernels=(False, True))
    broken = [*crowd, ({"n1": 0, "n2": 1}, 371082001001)]
    agree(document_of(rules), broken, kernels=(False, True))


@given(days, days)
def test_packed_dates_keep_order_months_and_years(one: date, other: date) -> None:
    assert unpack(pack(one)) == one
    assert (pack(one) < pack(other)) == (one < other)
    assert pack_days(np.array([one, other], "datetime64[D]")).tolist() == [pack(one), pack(other)]


@given(crowds)
def test_columns_give_back_each_person(crowd: list[tuple[dict[str, FactValue], int]]) -> None:
    document = HOURS
    people = [{"birth": one["d1"], "tags": Tags(frozenset({"low_income"}))} for one, _region in crowd]
    columns = gathered(document, people, regions=[region for _one, region in crowd])
    assert [columns.facts_of(row, document) for row in range(len(people))] == people


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.none() | days, st.none() | days, st.booleans()),
        min_size=1, max_size=20,
    )
)  # fmt: skip
def test_households_receive_once_whichever_way_they_are_worked_out(crowd: list[tuple[Any, ...]]) -> None:
    facts: list[dict[str, FactValue]] = [
        {"enrolled": enrolled, "enrolled_on": since, "birth": born}
        for _home, enrolled, since, born, _held in crowd
    ]
    homes = [home - 1 for home, *_rest in crowd]
    holders, taken = [], set()
    for home, *_rest, held in crowd:
        holders.append(held and home not in taken)
        taken |= {home} if held else set()
    columns = gathered(CALLS, facts, regions=[WEIHAI] * len(crowd), households=homes)
    columns = Columns(
        columns.size, columns.facts, columns.tags, columns.places, columns.place, columns.household,
        {"call_subsidy": np.array(holders)},
    )  # fmt: skip
    made = decide_all(CALLS, columns, on=MONTH, month=MONTH)["call_subsidy"]
    rules = program(CALLS, on=MONTH, region=WEIHAI)
    for home in set(homes):
        rows = [row for row, one in enumerate(homes) if one == home]
        groups = [[row] for row in rows] if home == -1 else [rows]
        for group in groups:
            keys = {row: f"{row:04}" for row in group}
            outcomes = {keys[row]: decide(rules, "call_subsidy", facts[row], month=MONTH) for row in group}
            holder = next((keys[row] for row in group if holders[row]), "")
            one = once_per_household(outcomes, {keys[row]: facts[row] for row in group}, holder=holder)
            for row in group:
                outcome = one[keys[row]]
                assert int(made.values[row]) == int(outcome.value or 0)
                assert made.yielded is not None
                assert (f"{made.yielded[row]:04}" if made.yielded[row] >= 0 else "") == outcome.yielded_to


def test_a_place_outside_the_document_is_refused() -> None:
    columns = gathered(LUNCH, [{"birth": date(1940, 1, 1)}], regions=[WEIHAI])
    with pytest.raises(Refused, match="not in force"):
        decide_all(LUNCH, columns, on=MONTH, month=MONTH)
    inside = gathered(
        LUNCH, [{"birth": date(1940, 1, 1), "rural": True, "canteen": True}], regions=[RONGCHENG]
    )
    assert decide_all(LUNCH, inside, on=MONTH, month=MONTH)["free_lunch"].values.tolist() == [30]
