"""What changes in the months to come: laws over any facts and days, and cases worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.test_rules import CALLS
from tests.examples import tries

from songhe.core.refusal import Refused
from songhe.core.rules import (
    Asked,
    Change,
    Course,
    Document,
    FactValue,
    Tags,
    ahead,
    build,
    decide,
    program,
    supposed,
)
from songhe.core.sources import read

CITY = 371000000000
TODAY = date(2026, 11, 25)
TEXT = """
document:
  code: old-age
  number: "1号"
  title: {en: "Old age", zh: "高龄津贴"}
  issuer: {en: "Bureau", zh: "民政局"}
  effective: 2020-01-01
  region: "371000000000"
  source: "made for a test"
clauses:
  "1": {en: "First", zh: "第一条"}
facts:
  birth: {kind: date, en: "Date of birth", zh: "出生日期", bring: {en: "Identity card", zh: "身份证"}}
  level: {kind: whole, least: 0, most: 4, en: "Level", zh: "能力等级", bring: {en: "Assessment", zh: "评估报告"}}
  rural: {kind: yes_no, en: "Rural", zh: "农村", bring: {en: "Booklet", zh: "户口簿"}}
  enrolled_on: {kind: date, en: "Enrolled on", zh: "入网日期", bring: {en: "Form", zh: "登记表"}}
tags:
  low_income: {en: "Minimum living allowance", zh: "低保", bring: {en: "Certificate", zh: "低保证"}}
parameters:
  rate:
    en: "Rate"
    zh: "标准"
    unit: fen
    values: [{from: 2020-01-01, to: 2027-07-01, value: 10000, clause: "1"}, {from: 2027-07-01, value: 12000, clause: "1"}]
rules:
  - code: allowance
    en: "Allowance"
    zh: "津贴"
    unit: fen
    grants: true
    cases:
      - {when: "age_on(birth, month_end) < 80", give: "0", why: {en: "Younger than 80", zh: "未满80"}, clause: "1"}
      - {when: 'has("low_income")', give: "rate * 2", why: {en: "Allowance", zh: "低保"}, clause: "1"}
      - {give: rate, why: {en: "80 or above", zh: "年满80"}, clause: "1"}
  - code: care
    en: "Care"
    zh: "护理补贴"
    unit: fen
    grants: true
    to: 2028-01-01
    cases:
      - {when: "level < 2", give: "0", why: {en: "Able", zh: "能力完好"}, clause: "1"}
      - {when: "not rural", give: "level * 5000", why: {en: "By level", zh: "按等级"}, clause: "1"}
      - {give: "level * 6000", why: {en: "By level, rural", zh: "按等级,农村"}, clause: "1"}
  - code: meals
    en: "Meals"
    zh: "助餐"
    unit: meal
    grants: true
    cases:
      - {when: "months_between(enrolled_on, month) < 6", give: "0", why: {en: "Too short", zh: "不满6个月"}, clause: "1"}
      - {give: month_days, why: {en: "Daily", zh: "每日一餐"}, clause: "1"}
"""
DOCUMENT = build(read(TEXT, name="old-age.yaml"))
FACTS: Mapping[str, FactValue] = {
    "birth": date(1947, 3, 9),
    "level": 2,
    "rural": False,
    "enrolled_on": date(2020, 1, 1),
    "tags": Tags(frozenset()),
}


def asked(
    *steps: tuple[date, Mapping[str, FactValue]], documents: tuple[Document, ...] = (DOCUMENT,)
) -> Asked:
    return Asked("me", {"me": Course(steps or ((TODAY, FACTS),))}, CITY, documents)


def hold(tags: Tags, tag: str) -> Tags:
    return Tags(tags.held | {tag}, tags.unsure - {tag})


def value(facts: Mapping[str, FactValue], code: str, month: date, days: int) -> object:
    """What the evaluator itself says; 0 where no rule is in force."""
    rules = program(DOCUMENT, on=month, region=CITY)
    if code not in rules.rules:
        return 0
    return decide(rules, code, facts, month=month, days=days).value


def in_30_days(code: str, value: object) -> object:
    """What a month of 30 days would give instead."""
    return 30 if code == "meals" and value else value


def of(changes: tuple[Change, ...], code: str) -> list[Change]:
    return [change for change in changes if change.rule.code == code]


days = st.dates(date(1930, 1, 1), date(2026, 11, 1))
known: st.SearchStrategy[Mapping[str, FactValue]] = st.fixed_dictionaries(
    {
        "birth": st.none() | days,
        "level": st.none() | st.integers(0, 4),
        "rural": st.none() | st.booleans(),
        "enrolled_on": st.none() | st.dates(date(2024, 1, 1), date(2028, 1, 1)),
        "tags": st.sampled_from(
            [Tags(frozenset()), Tags(frozenset({"low_income"})), Tags(frozenset(), frozenset({"low_income"}))]
        ),
    }
)
steps = st.lists(st.tuples(st.integers(1, 800), known), max_size=3, unique_by=lambda step: step[0])


@settings(max_examples=tries(60), deadline=None)
@given(known, steps)
def test_changes_added_up_are_what_the_evaluator_gives_each_month(
    now: Mapping[str, FactValue], later: list[tuple[int, Mapping[str, FactValue]]]
) -> None:
    course = Course(
        ((TODAY, now), *sorted(((TODAY + timedelta(n), facts) for n, facts in later), key=lambda s: s[0]))
    )
    changes = ahead(Asked("me", {"me": course}, CITY, (DOCUMENT,)), TODAY)
    assert [one.month for one in changes] == sorted(one.month for one in changes)
    assert all(one.causes and TODAY < one.month < date(2028, 12, 1) for one in changes)
    for code in ("allowance", "care", "meals"):
        told = value(now, code, TODAY, 30)
        for n in range(24):
            year, month = divmod(2026 * 12 + 11 + n, 12)
            first = date(year, month + 1, 1)
            for one in of(changes, code):
                if one.month == first:
                    assert told == in_30_days(code, one.before.value)
                    told = in_30_days(code, one.after.value)
            assert told == value(course.on(first), code, first, 30)


@settings(max_examples=tries(60), deadline=None)
@given(known)
def test_a_supposition_is_what_the_evaluator_gives_with_that_fact(now: Mapping[str, FactValue]) -> None:
    for one in supposed(asked((TODAY, now)), TODAY, hold):
        tags = now["tags"]
        assert isinstance(tags, Tags)
        fact = {"tags": hold(tags, one.name)} if one.what == "tag" else {one.name: one.value}
        for code in ("allowance", "care", "meals"):
            told = next((d for d in one.differences if d.rule.code == code), None)
            before, after = value(now, code, TODAY, 30), value({**now, **fact}, code, TODAY, 30)
            assert (told.before.value, told.after.value) == (before, after) if told else before == after
        assert any(d.after.value for d in one.differences)


def test_turning_80_is_told_with_its_month_and_its_amount() -> None:
    changes = ahead(asked(), TODAY)
    eighty, raised = of(changes, "allowance")
    assert (eighty.month, eighty.more) == (date(2027, 3, 1), 10000)
    assert [(cause.what, cause.name, cause.after) for cause in eighty.causes] == [("age", "birth", 80)]
    assert (raised.month, raised.more) == (date(2027, 7, 1), 2000)
    assert [(cause.what, cause.before, cause.after) for cause in raised.causes] == [("value", 10000, 12000)]


def test_a_longer_month_is_no_change_and_a_rule_that_ends_is_one() -> None:
    changes = ahead(asked(), TODAY)
    assert of(changes, "meals") == []
    (ended,) = of(changes, "care")
    assert (ended.month, ended.before.value, ended.after.value) == (date(2028, 1, 1), 10000, 0)
    assert [cause.what for cause in ended.causes] == ["rule"]


def test_an_assessment_that_runs_out_leaves_the_benefit_pending() -> None:
    changes = ahead(asked((TODAY, FACTS), (date(2027, 2, 10), {**FACTS, "level": None})), TODAY)
    (out,) = [change for change in of(changes, "care") if change.month < date(2028, 1, 1)]
    assert (out.month, out.before.value, out.after.value, out.more) == (date(2027, 3, 1), 10000, None, None)
    assert [(cause.what, cause.name) for cause in out.causes] == [("fact", "level")]
    assert out.after.outcome is not None and [str(paper) for paper in out.after.outcome.bring] == [
        "Assessment"
    ]


def test_a_group_that_ends_in_the_month_of_a_birthday_is_told_apart_from_it() -> None:
    """Both fall into March; only the age gives, the group would have given more."""
    held = {**FACTS, "tags": Tags(frozenset({"low_income"}))}
    changes = ahead(asked((TODAY, held), (date(2027, 2, 20), FACTS)), TODAY)
    first = of(changes, "allowance")[0]
    assert first.more == 10000
    assert {cause.what for cause in first.causes} == {"age", "tag"}


def test_a_policy_that_ends_and_one_that_begins() -> None:
    bounded = "  effective: 2020-01-01\n  expires: 2027-05-01"
    text = TEXT.replace("  effective: 2020-01-01", bounded).replace("    to: 2028-01-01\n", "")
    text = text.replace("to: 2027-07-01, value: 10000", "value: 10000").replace(
        ', {from: 2027-07-01, value: 12000, clause: "1"}', ""
    )
    (change,) = of(ahead(asked(documents=(build(read(text, name="old.yaml")),)), TODAY), "meals")
    assert (change.month, change.after.value) == (date(2027, 5, 1), 0)
    assert [(cause.what, cause.name) for cause in change.causes] == [("ends", "old-age")]
    text = TEXT.replace("  effective: 2020-01-01", "  effective: 2027-05-01")
    text = text.replace("{from: 2020-01-01, to", "{from: 2027-05-01, to")
    (begun,) = of(ahead(asked(documents=(build(read(text, name="new.yaml")),)), TODAY), "meals")
    assert (begun.month, begun.before.value) == (date(2027, 5, 1), 0)
    assert [cause.what for cause in begun.causes] == ["begins"]


def test_what_cannot_be_worked_out_is_told_and_not_guessed() -> None:
    changes = ahead(asked((TODAY, FACTS), (date(2027, 1, 5), {**FACTS, "level": 9})), TODAY)
    (lost,) = [one for one in of(changes, "care") if one.month < date(2028, 1, 1)]
    assert lost.after.value is None and lost.more is None
    assert isinstance(lost.after.refused, Refused)


def test_what_would_be_more_with_another_paper_or_level() -> None:
    older = {**FACTS, "birth": date(1940, 1, 1)}
    found = {(one.name, one.value): one for one in supposed(asked((TODAY, older)), TODAY, hold)}
    assert found["low_income", True].differences[0].more == 10000
    assert found["low_income", True].bring.en == "Certificate"
    assert found["level", 3].differences[0].more == 5000
    assert ("level", 1) not in found and ("rural", True) in found


def test_who_of_a_household_comes_next_receives_what_another_loses() -> None:
    me: Mapping[str, FactValue] = {
        "enrolled": True,
        "enrolled_on": date(2021, 1, 1),
        "birth": date(1950, 1, 1),
    }
    other = {**me, "enrolled_on": date(2020, 1, 1)}
    members = {
        "me": Course(((TODAY, me),)),
        "other": Course(((TODAY, other), (date(2027, 1, 9), {**other, "enrolled": False}))),
    }
    (change,) = ahead(Asked("me", members, CITY, (CALLS,), {"call_subsidy": "other"}), TODAY)
    assert (change.month, change.more) == (date(2027, 2, 1), 1000)
    assert [cause.what for cause in change.causes] == ["household"]
