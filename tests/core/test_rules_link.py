"""Documents that name a rule of another one: of two benefits only one is received, whoever works it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.rules import (
    Document,
    FactValue,
    build,
    check_examples,
    decide,
    examples,
    link_problems,
    linked,
    program,
)
from songhe.core.rules.many import decide_all, gathered
from songhe.core.sources import read

CITY, COUNTY, OTHER = 371000000000, 371082000000, 371002000000
HEAD = "title: {en: T, zh: 题}, issuer: {en: B, zh: 局}, source: s"
BIRTH = "birth: {kind: date, en: Birth, zh: 出生日期, bring: {en: Card, zh: 身份证}}"
LEVEL = "level: {kind: whole, least: 0, most: 5, en: Level, zh: 等级, bring: {en: Report, zh: 报告}}"
CARE = f"""
document: {{code: city-care, number: "市1号", effective: 2025-01-01, region: "371000", {HEAD}}}
clauses: {{"1": {{en: By level, zh: 按等级}}}}
facts:
  {LEVEL}
parameters:
  rate: {{en: Rate, zh: 标准, unit: fen, values: [{{value: 100, clause: "1"}}, {{value: 300, region: "371082", clause: "1"}}]}}
rules:
  - {{code: least, en: Least, zh: 起点, expr: "3", clause: "1"}}
  - code: care
    en: Care subsidy
    zh: 护理补贴
    unit: fen
    grants: true
    cases:
      - {{when: level < least, give: "0", why: {{en: Too slight, zh: 未达等级}}, clause: "1"}}
      - {{give: "rate * level", why: {{en: By level, zh: 按等级}}, clause: "1"}}
"""
AGE = f"""
document: {{code: county-age, number: "县1号", effective: 2024-01-01, region: "371082", {HEAD}}}
clauses: {{"9": {{en: Not beside the care subsidy, zh: 不与护理补贴同时享受}}}}
facts:
  {BIRTH}
parameters:
  rate: {{en: Rate, zh: 标准, unit: fen, shape: bands, values: [{{value: {{0: 0, 85: 600, 95: 1400}}, clause: "9"}}]}}
rules:
  - code: age
    en: Age subsidy
    zh: 高龄补贴
    unit: fen
    grants: true
    cases: [{{give: "table(rate, age_on(birth, month_end))", why: {{en: By age, zh: 按年龄}}, clause: "9"}}]
exclusive:
  - {{members: [{{rule: care, of: city-care}}, age], take: highest, why: {{en: Care is received, zh: 已享受护理补贴}}, clause: "9"}}
examples:
  - {{name: care is more, facts: {{birth: 1940-01-01, care: 900}}, expect: {{age: 0}}}}
  - {{name: care is less, facts: {{birth: 1925-01-01, care: 900}}, expect: {{age: 1400}}}}
"""


def built(text: str) -> Document:
    source = read(text, name="x.yaml")
    document = build(source)
    check_examples(document, examples(source, document))
    return document


MONTH = date(2026, 3, 1)
born = st.one_of(st.none(), st.dates(date(1920, 1, 1), date(1960, 1, 1)))
level = st.one_of(st.none(), st.integers(0, 5))
person = st.fixed_dictionaries({"birth": born, "level": level})


def amount(document: Document, rule: str, facts: dict[str, FactValue], region: int = COUNTY) -> object:
    rules = program(document, on=MONTH, region=region)
    return decide(rules, rule, facts, month=MONTH).value


@given(st.lists(person, min_size=1, max_size=6))
def test_of_two_benefits_the_higher_is_received_by_every_evaluator(
    people: list[dict[str, FactValue]],
) -> None:
    care, age = built(CARE), built(AGE)
    joined = linked([age, care])
    assert [{rule.code for rule in one.rules if rule.grants} for one in joined] == [{"age"}, {"care"}]
    columns = gathered(joined[0], people, regions=[COUNTY] * len(people))
    made = decide_all(joined[0], columns, on=MONTH, month=MONTH, kernel=False)["age"]
    for row, facts in enumerate(people):
        one, other = amount(age, "age", {**facts, "care": 0}), amount(care, "care", facts)
        found, theirs = amount(joined[0], "age", facts), amount(joined[1], "care", facts)
        assert found in (0, None) or theirs in (0, None), "though only one of the documents says so"
        assert amount(joined[1], "care", facts, OTHER) == amount(care, "care", facts, OTHER)
        unknown = made.unknown is not None and bool(made.unknown[row])
        assert found == (None if unknown else int(made.values[row]))
        if one == 0:
            assert found == 0
        elif one is None or other is None:
            assert found is None
        else:
            assert found == (0 if int(str(other)) >= int(str(one)) else one)


def test_the_reason_names_what_is_received_instead_and_both_clauses() -> None:
    joined = linked([built(AGE), built(CARE)])[0]
    rules = program(joined, on=MONTH, region=COUNTY)
    told = decide(rules, "age", {"birth": date(1940, 1, 1), "level": 4}, month=MONTH).as_data()
    assert (told["value"], told["lost_to"]["en"], told["lost_to"]["value"]) == (0, "Care subsidy", 1200)
    assert told["lost_to"]["more"] == 600
    assert told["steps"][0]["clause"]["code"] == "9"
    assert "市1号 1" in {step["clause"]["code"] for step in told["steps"]}


@pytest.mark.parametrize(
    ("lives", "on", "found"),
    [
        ([("2025-01-01", "")], date(2024, 6, 1), 600),
        ([("2025-01-01", "")], date(2025, 1, 1), 0),
        ([("2025-01-01", ", expires: 2026-01-01")], date(2026, 1, 1), 600),
        ([("2025-01-01", ", expires: 2026-01-01"), ("2026-06-01", "")], date(2026, 3, 1), 600),
        ([("2025-01-01", ""), ("2026-06-01", "")], date(2026, 6, 1), 0),
    ],
)
def test_days_on_which_the_other_is_not_in_force_take_nothing(
    lives: Sequence[tuple[str, str]], on: date, found: int
) -> None:
    cares = [built(CARE.replace("2025-01-01", f"{start}{end}")) for start, end in lives]
    joined = linked([built(AGE), *cares])[0]
    facts: dict[str, FactValue] = {"birth": date(on.year - 86, 1, 1), "level": 4}
    rules = program(joined, on=on, region=COUNTY)
    assert decide(rules, "age", facts, month=on).value == found


@given(person, st.sampled_from(["highest", "first"]))
def test_of_two_documents_that_name_each_other_exactly_one_gives(
    facts: dict[str, FactValue], take: str
) -> None:
    group = AGE[AGE.index("exclusive:") : AGE.index("examples:")].replace("highest", take)
    mine = build(
        read(AGE[: AGE.index("examples:")].replace("highest", take).replace("371082", "3710"), name="a.yaml")
    )
    theirs = group.replace("{rule: care, of: city-care}, age", "care, {rule: age, of: county-age}")
    other = build(read(CARE + theirs.replace('"9"', '"1"'), name="b.yaml"))
    one, two = linked([mine, other])
    both = amount(one, "age", facts), amount(two, "care", facts)
    if take == "highest":
        alone = amount(built(AGE), "age", {**facts, "care": 0}), amount(built(CARE), "care", facts)
        if None not in alone:
            assert sorted(map(str, both)) == sorted(["0", str(max(map(int, map(str, alone))))])
    assert both[0] in (0, None) or both[1] in (0, None)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("rule: care, of", "rule: caer, of", "city-care grants no caer."),
        ("of: city-care", "of: city-core", "city-core grants no care."),
        ("rule: care, of", "rule: least, of", "city-care grants no least."),
        ('region: "371082"', 'region: "3710"', ""),
        ('region: "371082"', 'region: "37"', "city-care does not hold everywhere where this document holds."),
        ("of: city-care}, age], take: highest", "of: city-care, unit: minute}, age], take: first", "say unit"),
        ("birth: {", "level: {kind: whole, en: L, zh: 级, bring: {en: R, zh: 报告}}\n  birth: {", "fact level is"),
    ],
)  # fmt: skip
def test_what_is_named_wrongly_is_told(before: str, after: str, told: str) -> None:
    text = AGE[: AGE.index("examples:")].replace(before, after)
    found = [problem.text for problem in link_problems(build(read(text, name="x.yaml")), [built(CARE)])]
    assert (told in found[0]) if told else not found


def test_what_a_household_receives_once_is_not_named() -> None:
    text = CARE.replace(
        "    grants: true",
        "    grants: true\n    once_per: household\n    payee: {order: [level], clause: '1', why: {en: x, zh: 甲}}",
    )
    found = [problem.text for problem in link_problems(built(AGE), [built(text)])]
    assert found == ["care and age are not both received by persons, each one alone."]


def test_a_document_alone_knows_the_other_amount_as_a_fact() -> None:
    age = built(AGE)
    assert (age.facts["care"].of, age.facts["care"].unit) == ("city-care", "fen")
    joined = linked([age])[0]
    assert "care" not in joined.facts and amount(joined, "age", {"birth": date(1940, 1, 1)}) == 600
    assert linked([replace(age, region=OTHER), built(CARE)])[0].facts.keys() == {"birth", "level"}
