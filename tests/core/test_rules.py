"""The Weihai policies worked by hand, and what evaluation promises whatever the policy says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.refusal import Refused
from songhe.core.rules import (
    BrokenRule,
    Document,
    FactValue,
    Outcome,
    PolicyError,
    Tags,
    age_on,
    build,
    check_pack,
    decide,
    months_between,
    muldiv,
    once_per_household,
    program,
)
from songhe.core.sources import read

POLICIES = Path(__file__).parents[2] / "data/cities/weihai/policies"
WEIHAI, RONGCHENG = 371000000000, 371082000000
MONTH = date(2026, 11, 1)


def load(name: str) -> Document:
    """A policy of Weihai."""
    file = POLICIES / f"{name}.yaml"
    return build(read(file.read_text(encoding="utf-8"), name=file.name))


HOURS, CALLS, LUNCH = load("home-service-hours"), load("call-subsidy"), load("rongcheng-free-lunch")


def hours(tags: Tags | None, *, birth: date | None = date(1950, 1, 1), document: Document = HOURS) -> Outcome:
    """Home service of one person."""
    facts: dict[str, FactValue] = {"birth": birth, "tags": tags}
    return decide(program(document, on=MONTH, region=WEIHAI), "home_service_minutes", facts, month=MONTH)


def lunch(**facts: FactValue) -> Outcome:
    """Free lunch of one person of 85 in a village with a canteen, but for what is given."""
    known: dict[str, FactValue] = {"birth": date(1941, 1, 1), "rural": True, "canteen": True}
    return decide(program(LUNCH, on=MONTH, region=RONGCHENG), "free_lunch", known | facts, month=MONTH)


def calls(household: Mapping[str, Mapping[str, FactValue]], holder: str = "") -> dict[str, Outcome]:
    """Call subsidy of a household."""
    rules = program(CALLS, on=MONTH, region=WEIHAI)
    outcomes = {key: decide(rules, "call_subsidy", facts, month=MONTH) for key, facts in household.items()}
    return once_per_household(outcomes, household, holder=holder)


@pytest.mark.parametrize(
    ("tag", "minutes"),
    [
        ("extreme_poverty", 3600),
        ("low_income", 2700),
        ("preferential_treatment", 1800),
        ("family_planning_special", 1800),
    ],
)
def test_hours_by_group(tag: str, minutes: int) -> None:
    outcome = hours(Tags(frozenset({tag})))
    assert outcome.value == minutes
    assert {entry.name for entry in outcome.assumed} >= {"age_least"}
    assert [step.rule.code for step in outcome.reasons] == ["home_service_minutes", "group_minutes"]
    assert outcome.reasons[0].clause == "2" and outcome.reasons[1].clause == "1"


def test_the_reason_names_the_assumed_parameter_and_its_clause() -> None:
    data = hours(Tags(frozenset({"low_income"}))).as_data()
    assert {entry["name"]: entry["clause"] for entry in data["assumed"]}["hours_dibao"] == "3"
    assert data["steps"][1]["why"] == {"en": "Receives the minimum living allowance", "zh": "属低保对象"}


def test_nobody_outside_the_groups_is_granted_and_the_reason_says_why() -> None:
    outcome = hours(Tags(frozenset()))
    assert outcome.value == 0 and not outcome.pending
    assert outcome.reasons[0].why.zh == "不属政府购买服务对象"


def test_turning_60_in_the_month_counts_and_a_month_later_does_not() -> None:
    held = Tags(frozenset({"low_income"}))
    assert hours(held, birth=date(1966, 11, 30)).value == 2700
    assert hours(held, birth=date(1966, 12, 1)).value == 0


def test_a_claimed_group_without_its_paper_is_pending_with_the_paper_to_bring() -> None:
    outcome = hours(Tags(frozenset(), unsure=frozenset({"low_income"})))
    assert outcome.pending and outcome.needs == ("tag:low_income",)
    assert [paper.zh for paper in outcome.bring] == ["最低生活保障证明"]
    assert outcome.as_data()["value"] is None


def test_an_unknown_birthday_is_pending_and_not_zero() -> None:
    assert hours(Tags(frozenset({"low_income"})), birth=None).needs == ("birth",)


def test_a_household_receives_the_call_subsidy_once() -> None:
    first: dict[str, FactValue] = {
        "enrolled": True,
        "enrolled_on": date(2020, 1, 1),
        "birth": date(1950, 1, 1),
    }
    second = first | {"enrolled_on": date(2021, 1, 1), "birth": date(1940, 1, 1)}
    outcomes = calls({"second": second, "first": first})
    assert {key: outcome.value for key, outcome in outcomes.items()} == {"first": 1000, "second": 0}
    assert outcomes["second"].yielded_to == "first"
    assert outcomes["second"].as_data()["yielded"]["clause"]["code"] == "2"
    kept = calls({"second": second, "first": first}, holder="second")
    assert {key: outcome.value for key, outcome in kept.items()} == {"first": 0, "second": 1000}


def test_a_pending_member_does_not_hold_back_an_entitled_one() -> None:
    outcomes = calls(
        {"a": {"enrolled_on": date(2019, 1, 1)}, "b": {"enrolled": True, "enrolled_on": date(2020, 1, 1)}}
    )
    assert (outcomes["a"].needs, outcomes["b"].value) == (("enrolled",), 1000)


def test_free_lunch_by_hand() -> None:
    assert lunch().value == 30
    assert lunch(birth=date(1946, 11, 30)).value == 30
    assert lunch(birth=date(1946, 12, 1)).reasons[0].why.en == "Younger than 80"
    assert lunch(rural=False).reasons[0].why.en == "Does not live in a village"
    assert lunch(canteen=False).reasons[0].clause == "2"
    assert lunch(canteen=None).bring[0].en == "Residence proof with the village"


def test_a_policy_is_refused_outside_its_region_and_before_it_takes_effect() -> None:
    for on, region in ((MONTH, WEIHAI), (date(2021, 12, 31), RONGCHENG)):
        with pytest.raises(Refused, match="not in force"):
            program(LUNCH, on=on, region=region)


LOCAL = """
document: {code: local, number: n, title: {en: T, zh: 题}, issuer: {en: I, zh: 局}, effective: 2024-01-01,
  region: '371000000000', source: s}
clauses: {'1': {en: One, zh: 一}}
facts:
  level: {kind: whole, en: Level, zh: 等级, bring: {en: Assessment, zh: 评估报告}}
  n: {kind: whole, en: N, zh: 数, bring: {en: N, zh: 数}}
parameters:
  rate:
    {en: Rate, zh: 标准, unit: fen, values: [{value: 100, to: 2025-01-01, clause: '1'}, {from: 2025-01-01, value: 120,
    clause: '1'}, {value: 150, region: '371082000000', clause: '1'}]}
  by_level: {en: By level, zh: 分级, unit: fen, shape: table, values: [{value: {2: 10, 3: 20}, clause: '1'}]}
  by_band: {en: By band, zh: 分段, unit: fen, shape: bands, values: [{value: {80: 5, 90: 9}, clause: '1'}]}
rules:
  - {code: paid, en: Paid, zh: 发放, unit: fen, grants: true, expr: "rate", clause: '1'}
  - {code: looked, en: Looked, zh: 查表, unit: fen, expr: "table(by_level, level)", clause: '1'}
  - {code: banded, en: Banded, zh: 分段, unit: fen, expr: "table(by_band, level)", clause: '1'}
  - {code: shared, en: Shared, zh: 分摊, unit: fen, expr: "rate // n", clause: '1'}
"""


def local(
    rule: str, on: date = MONTH, region: int = WEIHAI, facts: dict[str, FactValue] | None = None
) -> Outcome:
    """A rule of a small policy."""
    return decide(
        program(build(read(LOCAL, name="local.yaml")), on=on, region=region), rule, facts or {}, month=on
    )


def test_values_change_on_their_day_and_a_county_may_have_its_own() -> None:
    assert local("paid", on=date(2024, 12, 31)).value == 100
    assert local("paid", on=date(2025, 1, 1)).value == 120
    assert local("paid", on=date(2025, 1, 1), region=RONGCHENG).value == 150


def test_tables_and_bands() -> None:
    assert [local("looked", facts={"level": level}).value for level in (2, 3)] == [10, 20]
    assert [local("banded", facts={"level": level}).value for level in (80, 89, 90, 120)] == [5, 5, 9, 9]


@pytest.mark.parametrize(
    ("rule", "facts", "why"),
    [
        ("looked", {"level": 4}, "by_level has no entry for 4"),
        ("banded", {"level": 79}, "by_band begins above 79"),
        ("shared", {"n": 0}, "division"),
        ("gone", {}, "no such rule"),
    ],
)
def test_a_broken_rule_grants_nothing_and_says_where(
    rule: str, facts: dict[str, FactValue], why: str
) -> None:
    with pytest.raises(BrokenRule, match=why) as broken:
        local(rule, facts=facts)
    assert "Nothing is granted" in str(broken.value) and "local.yaml" in str(broken.value)


@pytest.mark.parametrize(
    ("fact", "expression", "says"),
    [
        ("", "n * n", "line 19, clause 1: more: its amount can reach 1000000000000000000; limit it with min"),
        ("", "n * n * n", "n \\* n \\* n can grow past what is counted exactly"),
        ("", 'muldiv(n * 5000, n, 100, "floor")', "can grow past"),
        ("", "max(0, min(n * n, 5))", ""),
        ("most: 90000000, least: 0, ", "n * n", ""),
        ("most: 5, least: 9, ", "n", "least and most must be whole numbers"),
    ],
)
def test_amounts_are_proved_to_stay_exact(fact: str, expression: str, says: str) -> None:
    text = LOCAL.replace("n: {kind: whole, ", f"n: {{kind: whole, {fact}").rstrip()
    text += f"\n  - {{code: more, en: More, zh: 更多, expr: '{expression}', clause: '1'}}\n"
    if not says:
        assert build(read(text, name="local.yaml"))
        return
    with pytest.raises(PolicyError, match=says):
        build(read(text, name="local.yaml"))


def test_a_number_outside_what_its_document_says_is_refused() -> None:
    with pytest.raises(Refused, match="Level is 2000000000, but n only accepts -1000000000 to 1000000000"):
        local("looked", facts={"level": 2 * 10**9})


def test_a_fact_of_the_wrong_kind_is_impossible_input() -> None:
    with pytest.raises(ValueError, match="level must be whole"):
        local("looked", facts={"level": True})
    with pytest.raises(ValueError, match="tags must be given as Tags"):
        local("looked", facts={"tags": "low_income"})


def test_two_documents_may_not_grant_the_same_in_one_place() -> None:
    check_pack([HOURS, CALLS, LUNCH])
    with pytest.raises(ValueError, match="free_lunch is granted by"):
        check_pack([LUNCH, HOURS, load("rongcheng-free-lunch")])


def test_ages_and_months_at_their_edges() -> None:
    assert age_on(date(1940, 2, 29), date(2021, 2, 28)) == 80
    assert age_on(date(1940, 2, 29), date(2021, 3, 1)) == 81
    assert months_between(date(2025, 1, 31), date(2025, 2, 28)) == 0
    assert months_between(date(2025, 1, 15), date(2026, 1, 15)) == 12


@given(st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_muldiv_rounds_once_and_as_declared(a: int, b: int, c: int) -> None:
    low, near, high = (muldiv(a, b, c, mode) for mode in ("floor", "half_up", "ceil"))
    assert low * c <= a * b <= high * c and high - low <= 1
    assert low <= near <= high and abs(near * c - a * b) * 2 <= c


@given(
    st.sets(st.sampled_from(sorted(HOURS.tags))),
    st.sets(st.sampled_from(sorted(HOURS.tags))),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
)
def test_hours_are_pending_nothing_or_between_30_and_60(
    held: set[str], unsure: set[str], birth: date
) -> None:
    outcome = hours(Tags(frozenset(held), frozenset(unsure)), birth=birth)
    assert outcome.pending == bool(outcome.needs)
    if not outcome.pending:
        assert outcome.value == 0 or 1800 <= int(str(outcome.value)) <= 3600
    if not unsure:
        assert not outcome.pending


@given(st.sets(st.sampled_from(sorted(HOURS.tags))), st.sets(st.sampled_from(sorted(HOURS.tags))))
def test_learning_more_never_changes_what_was_decided(held: set[str], unsure: set[str]) -> None:
    before = hours(Tags(frozenset(held), frozenset(unsure)))
    for shown in (held | unsure, held):
        after = hours(Tags(frozenset(shown)))
        assert before.pending or after.value == before.value


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3),
        st.tuples(st.booleans(), st.none() | st.dates(), st.dates()),
        min_size=1,
        max_size=6,
    )
)
def test_a_household_never_receives_twice(members: dict[str, tuple[bool, date | None, date]]) -> None:
    facts: dict[str, dict[str, FactValue]] = {
        key: {"enrolled": enrolled, "enrolled_on": since, "birth": birth}
        for key, (enrolled, since, birth) in members.items()
    }
    paid = [key for key, outcome in calls(facts).items() if outcome.value]
    assert len(paid) == any(enrolled for enrolled, _, _ in members.values())
