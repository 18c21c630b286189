"""Kinds of person: both sides of every limit are among them, and a change of a policy shows whom it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.core.test_rules import HOURS, LUNCH, MONTH, RONGCHENG, WEIHAI
from tests.core.test_rules_constructs import CITY, MADE, TEXT, document

from songhe.core.refusal import Refused
from songhe.core.rules import Document, decide, program
from songhe.core.rules.grid import compare, grid
from songhe.core.rules.many import decide_all


@pytest.mark.parametrize(("policy", "region"), [(HOURS, WEIHAI), (LUNCH, RONGCHENG), (MADE, CITY)])
def test_all_kinds_of_person_come_out_alike_alone_and_together(policy: Document, region: int) -> None:
    columns, _complete = grid([policy], on=MONTH, region=region, most=2_000)
    made = decide_all(policy, columns, on=MONTH, month=MONTH)
    rules = program(policy, on=MONTH, region=region)
    for row in range(0, columns.size, 7):
        facts = columns.facts_of(row, policy)
        for code, together in made.items():
            outcome = decide(rules, code, facts, month=MONTH)
            assert (
                None if together.unknown is not None and together.unknown[row] else together.values[row]
            ) == outcome.value


def test_every_case_is_reached_by_some_kind_of_person() -> None:
    columns, complete = grid([HOURS], on=MONTH, region=WEIHAI)
    assert complete
    for code in ("group_minutes", "home_service_minutes"):
        made = decide_all(HOURS, columns, on=MONTH, month=MONTH, wanted=[code])[code]
        assert set(made.cases.tolist()) == set(range(len(made.rule.cases)))


def test_the_same_version_differs_for_nobody() -> None:
    found = compare(MADE, MADE, on=MONTH, region=CITY, most=5_000)
    assert (found.tried, found.all_tried, dict(found.counts)) == (5_000, False, {})


def test_a_raised_age_shows_exactly_whom_it_touches() -> None:
    parameter = LUNCH.parameters["lunch_age"]
    later = replace(
        LUNCH,
        parameters={
            **LUNCH.parameters,
            "lunch_age": replace(parameter, values=(replace(parameter.values[0], amount=85),)),
        },
    )
    found = compare(LUNCH, later, on=MONTH, region=RONGCHENG)
    assert found.all_tried and set(found.counts) == {"free_lunch"}
    for one in found.samples:
        assert (one.old, one.new) == (30, 0)
        assert date(1941, 12, 1) <= one.facts["birth"] <= date(1946, 11, 30)
        assert one.facts["rural"] and one.facts["canteen"]


def test_a_dropped_rule_is_a_difference_for_all_who_had_it() -> None:
    without = document(TEXT.replace("code: care, unit: fen, grants: true", "code: care, unit: fen"))
    found = compare(MADE, without, on=MONTH, region=CITY, most=20_000)
    assert set(found.counts) == {"care"}
    assert all(one.new == 0 and one.old for one in found.samples)


def test_versions_are_compared_on_a_leap_day() -> None:
    found = compare(LUNCH, LUNCH, on=date(2028, 2, 29), region=RONGCHENG)
    assert found.tried and not found.counts


def test_a_fact_of_another_kind_is_another_fact() -> None:
    facts = {**LUNCH.facts, "birth": replace(LUNCH.facts["birth"], kind="whole")}
    with pytest.raises(Refused, match=r"\(birth\) is date in one version and whole in the other"):
        compare(LUNCH, replace(LUNCH, facts=facts), on=MONTH, region=RONGCHENG)


def test_many_facts_are_tried_on_fewer_kinds_of_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songhe.core.rules.grid.CELLS", 20)
    columns, complete = grid([LUNCH], on=MONTH, region=RONGCHENG)
    assert not complete and columns.size * (len(columns.facts) + len(columns.tags)) <= 20
