"""A form that cannot be right is refused when it is read: with file, line, what is wrong and what to do."""

from __future__ import annotations

import re

import pytest
from tests.core.forms import FOLDER, best, changed, form, text

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
    # head
    ("care-station", "about: facility", "about: dog", "about must be one of person, household, facility"),
    ("care-station", "valid_months: 12", "valid_months: twelve", "valid_months must be a whole number"),
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


def test_a_gate_must_lead_to_a_form_and_a_level_that_exist() -> None:
    shut = changed("ltci-2021", "form: ltci-2021-self", "form: nothing")
    with pytest.raises(DataError, match="there is no form nothing"):
        check_gates({"ltci-2021": shut})
    shut = changed("ltci-2021", "levels: [4, 5, 6]", "levels: [4, 9]")
    with pytest.raises(DataError, match="has no level 9"):
        check_gates({"ltci-2021": shut, "ltci-2021-self": form("ltci-2021-self")})


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
    assert str(wrong["service_points"]) == "Give a whole number from 0 to 600."
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
