"""A form that cannot be right is refused when it is read: with file, line, what is wrong and what to do."""

from __future__ import annotations

import contextlib
import copy
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.forms import CODES, FOLDER, answers, best, changed, form, text

from songhe.core.scoring import build, check_gates, problems, score
from songhe.core.scoring.reading.build import KEYS
from songhe.core.sources import DataError, read

FAULTS = [
    # bands
    ("ltci-2021", "min: 65, max: 95", "min: 70, max: 95", "65 points lead to no grade"),
    ("ltci-2021", "min: 65, max: 95", "min: 60, max: 95", "60 points lead to grade 1 and grade 2"),
    ("ltci-2021", "min: 45, max: 60", "min: 41, max: 60", None),
    ("mzt039-2013", "min: 0, max: 0}", "min: 0, max: 1}", "1 points lead to grade 0 and grade 1"),
    ("mzt039-2013", "    better: low\n    max: 6", "    max: 6", "with more points the grades must fall"),
    ("gbt42195-2022", "min: 90, max: 90", "min: 90, max: 91", None),
    ("gbt42195-2022", "min: 66, max: 89", "min: 67, max: 89", "66 points lead to no level"),
    # tables and lists
    ("ltci-2021", "2: [2, 2, 2, 3]", "2: [2, 2, 2]", "row 2 has 3 levels, 4 are needed"),
    ("ltci-2021", "    2: [2, 2, 2, 3]\n", "", "the row of grade 2 is missing"),
    ("ltci-2021", "3: [3, 3, 4, 5]", "3: [3, 3, 4, 6]", "6 is not a level"),
    ("ltci-2021", "3: [3, 3, 4, 5]", "3: [3, 3, 4, 4]", "no answers lead to level 5"),
    ("ltci-2021", "rows: C1", "rows: C9", "C9 is no dimension with grades"),
    (
        "mzt039-2013",
        '    - {en: "Daily living at 3", zh: "日常生活活动为3", level: 3}\n',
        "",
        "no row holds for grade B1 3",
    ),
    (
        "mzt039-2013",
        "{best_of: [B2, B3, B4], at_most: 1}",
        "{best_of: [B2, B3, B4], at_most: 3}",
        "this row never decides",
    ),
    ("mzt039-2013", "{worst_of: [B2, B3, B4], is: 3}", "{worst_of: [B2, B3, B4], is: 4}", "can never be 4"),
    ("mzt039-2013", "{item: B.3.1, is: 1}", "{item: B.3.9, is: 1}", "B.3.9, which is not on the form"),
    ("mzt039-2013", "{item: B.3.1, is: 1}", "{item: B.2.1, is: 1}", "B.2.1, which is not on the form"),
    # options and codes
    ("day-care-centre", "- {key: partly, score: 1", "- {key: met, score: 1", "this key is given twice"),
    ("day-care-centre", "- {key: partly, score: 1", "- {key: yes, score: 1", "yes or no in quotation marks"),
    ("day-care-centre", "code: D1.2,", "code: D1.1,", "D1.1 is used more than once"),
    ("day-care-centre", "critical: true", "critcal: true", "critcal means nothing here"),
    ("day-care-centre", "critical: true", "critical: 1", "critical must be true or false"),
    ("day-care-centre", 'zh: "消防手续齐全、设施完好"', 'zh: ""', "both languages"),
    ("day-care-centre", 'kept", zh', 'kept", max: 3, zh', "the best option scores 2, but max says 3"),
    ("gbt37276-2018", "max: 130\n    items", "max: 140\n    items", "the items add up to 130"),
    ("gbt37276-2018", "total: 1000", "total: 999", "the dimensions add up to 1000"),
    ("gbt37276-2018", "kind: yes_no", "kind: maybe", "kind must be one of"),
    # rules
    (
        "gbt37276-2018",
        "{field: fire_permit, has: no}",
        "{field: fire, has: no}",
        "fire, which is not on the form",
    ),
    (
        "gbt37276-2018",
        "{field: fire_permit, has: no}",
        "{field: fire_permit, has: never}",
        "does not exist: never",
    ),
    ("gbt37276-2018", "{field: fire_permit, has: no}", "{field: fire_permit, is: 1}", "no number to compare"),
    ("gbt37276-2018", "{field: fire_permit, has: no}", "{field: fire_permit}", "compare with one of"),
    ("gbt37276-2018", "{field: fire_permit, has: no}", "{has: no}", "ask for one of"),
    ("gbt37276-2018", "set_level: 0", "set_level: 7", "a level that does not exist: 7"),
    ("gbt37276-2018", "set_level: 0", "raise: 1", "cap must be a whole number"),
    ("gbt42195-2022", "cap: 4", "cap: 5", "cap 5 is not a level"),
    # levels by needs
    (
        "gbt37276-2018",
        "min_total: 450, min_part_percent: 50",
        "min_total: 350, min_part_percent: 50",
        "ask for more",
    ),
    (
        "gbt37276-2018",
        "min_total: 900, min_part_percent: 90",
        "min_total: 1001, min_part_percent: 90",
        "no answers",
    ),
    ("gbt37276-2018", '"未达等级"', '"未达等级", min_total: 1', "the worst level needs nothing"),
    ("day-care-centre", "min_percent: 60", "min_total: 20", "use min_percent"),
    ("day-care-centre", "level: 2, en", "level: 1, en", "level 1 is given twice"),
    (
        "care-station",
        "min_percent: 80, min_part_percent: 60",
        "min_percent: 101",
        "no answers lead to level 1",
    ),
    # measures
    ("economic-situation", "up_to: edge_line", "up_to: low_line", "each larger than the one before"),
    ("economic-situation", "up_to: edge_line", "up_to: edge", "a whole number or a parameter, not edge"),
    ("economic-situation", "low: 1, ", "", "per must name a count"),
    ("happiness-home-stars", "high: 5000", "high: 199", "reaches the last option"),
    (
        "day-care-centre",
        "{key: met, score: 2",
        "{key: met, up_to: 3, score: 2",
        "up_to stands with kind: measure",
    ),
    ("economic-situation", "low: 1, high: 20", "low: 21, high: 20", "low is 21, which is more than high"),
    ("gbt37276-2018", "kind: points, max: 130", "kind: points, max: 0", "max must be 1 or more"),
    # more of tables, lists and rules
    (
        "ltci-2021",
        "    3: [3, 3, 4, 5]",
        "    3: [3, 3, 4, 5]\n    4: [5, 5, 5, 5]",
        "there is no grade 4 of C1",
    ),
    ("ltci-2021", "worst_of: [C2, C3]", "worst_of: [C1, C3]", "either in the rows or in the columns"),
    (
        "ltci-2021",
        "min: 16, max: 16}",
        "min: 16, max: 16}\n      - {grade: 4, en: x, zh: y, min: 17, max: 20}",
        "no answers add up to 17",
    ),
    ("ltci-2021", "grade: 1, en", "grade: 0, en", "grade 0 is given twice"),
    ("mzt039-2013", "      level: 0", "      level: 9", "9 is not a level"),
    ("mzt039-2013", "when: {grade: B1, is: 0}", "when: {grade: [B1, B2], is: 0}", "grade takes one name"),
    (
        "mzt039-2013",
        "when: {grade: B1, is: 0}",
        "when: {grade: B1, is: 0, at_least: 0}",
        "either with is, or with",
    ),
    ("mzt039-2013", "when: {grade: B1, is: 0}", "when: {grade: B1, is: nought}", "is must be a whole number"),
    ("mzt039-2013", "when: {grade: B1, is: 0}", "when: {grade: {a: 1}, is: 0}", "grade must be a word"),
    ("mzt039-2013", "      when: {grade: B1, is: 0}\n", "", "a row without when takes everything"),
    ("mzt039-2013", "valid_months: 6", "valid_months: 6\ntotal: 140", "leave total out"),
    ("gbt42195-2022", "code: mental,", "code: dementia,", "this code is given twice"),
    ("gbt42195-2022", "set_level: 4", "set_level: 4, raise: 1", "give either set_level or raise"),
    ("gbt37276-2018", "adjustments:\n", "adjustments:\n  cap: 5\n  raise_at_most: 1\n", None),
    ("happiness-home-stars", 'zh: "场所"', 'zh: "场所"\n    better: low', "cannot be added up"),
    # head
    ("care-station", "about: facility", "about: dog", "about must be one of person, household, facility"),
    ("care-station", "valid_months: 12", "valid_months: twelve", "valid_months must be a whole number"),
    ("care-station", "valid_months: 12", "valid_months: 0", "valid_months must be 1 or more"),
    ("care-station", "in_force: 2026-01-01", "in_force: soon", "in_force must be a date"),
]


@pytest.mark.parametrize(("code", "old", "new", "message"), FAULTS)
def test_a_fault_is_told_with_file_and_line(code: str, old: str, new: str, message: str | None) -> None:
    if message is None:  # unreachable points may lie where they like
        assert changed(code, old, new).code == code
        return
    with pytest.raises(DataError, match=re.escape(message)) as told:
        changed(code, old, new)
    assert re.match(rf"{re.escape(code)}\.yaml, line \d+, ", str(told.value)), str(told.value)


@pytest.mark.parametrize(
    ("code", "old", "new", "place"),
    [
        ("ltci-2021", "min: 65, max: 95", "min: 70, max: 95", "C1, grade 1"),
        ("ltci-2021", "2: [2, 2, 2, 3]", "2: [2, 2, 2]", "ltci-2021, combine, table"),
        (
            "day-care-centre",
            "- {key: partly, score: 1",
            "- {key: met, score: 1",
            "option set met, option met",
        ),
        ("mzt039-2013", "{item: B.3.1, is: 1}", "{item: B.3.9, is: 1}", "B3, grade 2, when"),
        (
            "gbt37276-2018",
            "{field: fire_permit, has: no}",
            "{field: fire, has: no}",
            "adjustment no_fire_permit",
        ),
    ],
)
def test_the_line_is_where_the_fault_stands(code: str, old: str, new: str, place: str) -> None:
    line = text(code)[: text(code).index(old)].count("\n") + 1
    with pytest.raises(DataError) as told:
        changed(code, old, new)
    assert str(told.value).startswith(f"{code}.yaml, line {line}, {place}"), str(told.value)


def test_a_condition_may_read_fields_of_every_kind() -> None:
    """Each case is tried: none of a many, both of a yes or no, one of a one, counts within and without."""
    rules = """combine:
  rules:
    - {en: Hot, zh: 热, level: 1, when: {all: [{field: ill, has: [a, b]}, {field: hot, has: yes}, {field: kind, has: x}]}}
    - {en: Often, zh: 多, level: 1, when: {any: [{field: often, at_least: 3}, {item: I, is: 0}]}}
    - {en: Else, zh: 其他, level: 0}
"""
    head = """code: made-up
title: {en: Made up, zh: 假设}
in_force: 2026-01-01
valid_months: 1
groups:
  - code: G
    en: Group
    zh: 组
    fields:
      - {code: ill, en: Ill, zh: 病, kind: many, options: [{key: none, en: None, zh: 无}, {key: a, en: A, zh: 甲}, {key: b, en: B, zh: 乙}]}
      - {code: hot, en: Hot, zh: 热, kind: yes_no}
      - {code: kind, en: Kind, zh: 类, kind: one, options: [{key: x, en: X, zh: 甲}, {key: z, en: Z, zh: 乙}]}
      - {code: often, en: Often, zh: 次, kind: count, high: 9}
      - {code: day, en: Day, zh: 日, kind: date}
dimensions:
  - {code: D, en: Part, zh: 部分, items: [{code: I, en: Item, zh: 项, kind: points, max: 3}]}
levels:
  - {level: 0, en: Cold, zh: 冷}
  - {level: 1, en: Hot, zh: 热}
"""
    made = build(read(head + rules, name="made-up.yaml"))
    quiet = {"ill": ("none",), "hot": False, "kind": "z", "often": 0, "I": 3}
    hot = quiet | {"ill": ("a", "none"), "hot": True, "kind": "x"}
    assert [score(made, given).level for given in (quiet, hot, hot | {"hot": False})] == [0, 1, 0]
    assert score(made, quiet | {"often": 3}).level == 1
    assert sorted(made.deciding) == ["hot", "ill", "kind", "often"]
    wrong = problems(made, {"hot": "no", "kind": "q", "day": "tomorrow"})
    assert str(wrong["day"]) == "Enter a date like 2026-01-31."
    assert str(wrong["hot"]) == "Answer yes or no." and set(wrong) == {"hot", "kind", "day"}
    for many, message in ((10_000, "too large to compare"), (9_999, None)):
        wide = (head + rules).replace("high: 9", f"high: {many}")
        if message is None:
            assert build(read(wide)).code == "made-up"
            continue
        with pytest.raises(DataError, match=message):
            build(read(wide))
    sums = rules.replace("{field: often, at_least: 3}", "{sum: [often, wide], at_least: 3}")
    wide = head.replace(
        "      - {code: day,",
        "      - {code: wide, en: W, zh: 宽, kind: count, high: 9000}\n      - {code: day,",
    )
    with pytest.raises(DataError, match="read too much to be checked"):
        build(read(wide.replace("high: 9}", "high: 9000}") + sums))


def test_levels_by_needs_are_proved_reachable_by_a_part_alone() -> None:
    """Two levels with the same total: the second differs by what every part needs."""
    made = changed(
        "gbt37276-2018", "min_total: 450, min_part_percent: 50", "min_total: 360, min_part_percent: 50"
    )
    assert made.level(2).needs.part_percent == 50
    close = "min_percent: 80}\n  - {level: 2, en: Better, zh: 良好, min_percent: 81}"
    with pytest.raises(DataError, match="no answers lead to level 1"):  # 12 of 14 items for both
        changed("care-station", "min_percent: 80, min_part_percent: 60}", close)


def test_a_checklist_of_which_nothing_has_to_apply_is_refused() -> None:
    loose = text("care-station").replace("options: yes_or_no}", "options: yes_no_none}")
    with pytest.raises(DataError, match="at least one item must count"):
        build(read(loose))


def test_stars_are_not_raised() -> None:
    rule = "adjustments:\n  cap: 5\n  raise_at_most: 1\n"
    raised = text("gbt37276-2018").replace("adjustments:\n", rule, 1).replace("set_level: 0", "raise: 1", 1)
    with pytest.raises(DataError, match="use set_level"):
        build(read(raised))


def test_levels_that_are_raised_have_no_gap() -> None:
    gap = (
        text("gbt42195-2022").replace("level: 4, en", "level: 5, en").replace("set_level: 4", "set_level: 5")
    )
    with pytest.raises(DataError, match="without a gap"):
        build(read(gap.replace("cap: 4", "cap: 5")))


def test_a_part_that_is_better_low_gives_no_stars() -> None:
    low = re.sub(r"(\n    max: \d+\n)", r"\1    better: low\n", text("gbt37276-2018"))
    with pytest.raises(DataError, match="better high"):
        build(read(low))


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_file_is_a_fault_or_a_form_that_marks_every_sheet(
    code: str, data: st.DataObject
) -> None:
    tree = copy.deepcopy(read(text(code)).data)
    here: Any = tree
    while True:
        key = data.draw(
            st.sampled_from(sorted(here, key=str) if isinstance(here, dict) else range(len(here)))
        )
        inner = here[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        here = inner
    if isinstance(here, dict) and data.draw(st.booleans()):
        del here[key]
    else:
        here[key] = data.draw(
            st.sampled_from(
                [None, "", "x", 0, -1, 3, True, 2.5, [], {}, ["x"], [None], [[1]], [{}], {"a": 1}]
            )
        )
    with contextlib.suppress(DataError):
        made = build(tree)
        result = score(made, data.draw(answers(made)))
        assert result.level in {band.level for band in made.bands}


def test_a_gate_must_lead_to_a_form_and_a_level_that_exist() -> None:
    shut = changed("ltci-2021", "form: ltci-2021-self", "form: nothing")
    with pytest.raises(DataError, match="there is no form nothing"):
        check_gates({"ltci-2021": shut})
    shut = changed("ltci-2021", "levels: [4, 5, 6]", "levels: [4, 9]")
    with pytest.raises(DataError, match="has no level 9"):
        check_gates({"ltci-2021": shut, "ltci-2021-self": form("ltci-2021-self")})
    other = changed("ltci-2021-self", "about: person", "about: household")
    with pytest.raises(DataError, match="is about a household, not about a person"):
        check_gates({"ltci-2021": form("ltci-2021"), "ltci-2021-self": other})


def test_dimensions_in_different_directions_are_not_added_up() -> None:
    with pytest.raises(DataError, match="cannot be added up"):
        changed("gbt42195-2022", 'zh: "自理能力"', 'zh: "自理能力"\n    better: low')


def test_critical_items_need_levels_by_percent() -> None:
    with pytest.raises(DataError, match=r"B\.1\.2: critical items"):
        changed("gbt42195-2022", "{code: B.1.2,", "{code: B.1.2, critical: true,")


def test_without_a_way_to_a_level_the_form_says_which_ways_there_are() -> None:
    levels = re.compile(r"combine:.*?(?=\nreassess:)", re.DOTALL)
    bare = levels.sub("", text("ltci-2021"))
    with pytest.raises(DataError, match="say how a level is found"):
        build(read(bare, name="ltci-2021.yaml"))


def test_numbers_out_of_range_are_wrong_answers() -> None:
    wrong = problems(form("gbt37276-2018"), {"service_points": 601})
    assert str(wrong["service_points"]) == "Enter a whole number from 0 to 600."
    assert set(problems(form("economic-situation"), {"members": 0, "E2.1": "5", "E3.2": "bus"})) == {
        "members",
        "E2.1",
        "E3.2",
    }


def test_the_example_of_the_manual_is_a_form() -> None:
    page = (FOLDER.parents[2] / "docs/reference/forms.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    bench = build(read(example[1], name="forms.md"))
    assert score(bench, best(bench)).level == 1
    assert score(bench, best(bench) | {"G1.1": "no"}).failed == ("G1.1",)
    assert score(bench, best(bench) | {"G1.2": "stool"}).dimensions[0].top == 2


def test_the_manual_names_every_form_key() -> None:
    page = (FOLDER.parents[2] / "docs/reference/forms.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if not re.search(rf"`[^`\n]*\b{key}\b", page)] == []
