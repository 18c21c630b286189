"""Rules and differences between versions, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from songhe.core.rules import Document, build
from songhe.core.rules.difference import differences
from songhe.core.rules.edit import add_row, moved, set_values
from songhe.core.rules.language import parse
from songhe.core.rules.wording import amount, condition, given
from songhe.core.sources import read

WEIHAI = Path(__file__).parents[2] / "data/cities/weihai/policies"
DAY = date(2026, 1, 1)


def text(name: str) -> str:
    return (WEIHAI / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lunch() -> Document:
    return build(read(text("rongcheng-free-lunch"), name="lunch"))


@pytest.mark.parametrize(
    ("asked", "en", "zh"),
    [
        (
            "age_on(birth, month_end) < lunch_age",
            "age at the month's end is below Age for free lunch (80 years)",
            "年龄（月末）小于免费午餐年龄（80岁）",
        ),
        ("not rural", "Lives in a village: no", "居住在农村：否"),
        (
            "not (lunches_day > 1)",
            "Lunches a day (1 meal, assumed) is at most 1",
            "每日餐数（1餐，假定）不超过1",
        ),
        (
            "rural and (canteen or month_days == 31)",
            "Lives in a village: yes and (The village has a working canteen: yes or days of the month is 31)",
            "居住在农村：是，且（所在村是否有正常运营的食堂：是，或当月天数等于31）",
        ),
        (
            "1 <= lunches_day < 3",
            "1 is at most Lunches a day (1 meal, assumed) and Lunches a day (1 meal, assumed) is below 3",
            "1不超过每日餐数（1餐，假定），且每日餐数（1餐，假定）小于3",
        ),
        (
            "months_between(birth, month) > 12",
            "full months from Date of birth to the month is above 12",
            "自出生日期至当月的整月数大于12",
        ),
        (
            "not (rural and canteen)",
            "not (Lives in a village: yes and The village has a working canteen: yes)",
            "并非（居住在农村：是，且所在村是否有正常运营的食堂：是）",
        ),
    ],
)
def test_conditions_in_words(lunch: Document, asked: str, en: str, zh: str) -> None:
    told = condition(parse(asked), lunch, DAY)
    assert (told.en, told.zh) == (en, zh)


@pytest.mark.parametrize(
    ("formula", "en", "zh"),
    [
        ("0", "0 meals", "0餐"),
        (
            "lunches_day * month_days",
            "Lunches a day (1 meal, assumed) × days of the month",
            "每日餐数（1餐，假定） × 当月天数",
        ),
        (
            "min(lunches_day, 3) - 1",
            "the smaller of Lunches a day (1 meal, assumed), 3 − 1",
            "每日餐数（1餐，假定）、3中的较小者 − 1",
        ),
        (
            'muldiv(lunches_day, month_days, 30, "half_up")',
            "Lunches a day (1 meal, assumed) × days of the month ÷ 30 (rounded)",
            "每日餐数（1餐，假定） × 当月天数 ÷ 30（四舍五入）",
        ),
    ],
)
def test_formulas_in_words(lunch: Document, formula: str, en: str, zh: str) -> None:
    told = given(parse(formula), lunch.rules[0], lunch, DAY)
    assert (told.en, told.zh) == (en, zh)


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (123456, "fen", "1,234.56 yuan", "1,234.56元"),
        (-1000, "fen", "-10 yuan", "-10元"),
        (2700, "minute", "45 hours", "45小时"),
        (60, "minute", "1 hour", "1小时"),
        (61, "minute", "61 minutes", "61分钟"),
        (1, "year", "1 year", "1岁"),
        (7, None, "7", "7"),
        (7, "walk", "7 walk", "7walk"),
    ],
)
def test_amounts_with_their_units(value: int, unit: str | None, en: str, zh: str) -> None:
    assert (amount(value, unit).en, amount(value, unit).zh) == (en, zh)


def test_a_version_does_not_differ_from_itself(lunch: Document) -> None:
    assert differences(lunch, lunch) == ()
    assert differences(lunch, replace(lunch, file="other")) == ()


def test_what_differs_is_told_in_words() -> None:
    first = text("home-service-hours")
    second = moved(first, effective=date(2027, 1, 1), expires=None, number="威民发〔2027〕1号")
    second = set_values(second, {("parameters", "hours_most", "values", 0, "to"): date(2027, 1, 1)})
    second = add_row(
        second,
        ("parameters", "hours_most", "values"),
        {"from": date(2027, 1, 1), "value": 4800, "clause": "2"},
    )
    second = second.replace("give: hours_youfu", 'give: "hours_youfu + 60"').replace(
        '      - {when: \'has("family_planning_special")\', give: hours_tefu, why: {en: "Special support family", zh: "属特扶对象"}, clause: "1"}\n',
        "",
    )
    old, new = (build(read(one, name="hours")) for one in (first, second))
    told = {(change.part, change.what.zh, change.place): change for change in differences(old, new)}
    assert told["document", "施行日期", 0].after.zh == "2027-01-01"  # type: ignore[union-attr]
    most = [change for change in differences(old, new) if change.what.zh == "每月最高时长"]
    assert [(c.before and c.before.zh, c.after and c.after.zh) for c in most] == [
        ("60小时，自2022-01-01起", "60小时，自2022-01-01起至2027-01-01"),
        (None, "80小时，自2027-01-01起"),
    ]
    changed = told["rule", "所属群体时长", 3]
    assert changed.before.zh.startswith("属于“重点优抚对象”：重点优抚对象每月时长（30小时，假定）（")  # type: ignore[union-attr]
    assert " + 60" in changed.after.zh  # type: ignore[union-attr]
    gone = told["rule", "所属群体时长", 4]
    assert gone.after is None
    assert "特扶" in gone.before.zh  # type: ignore[union-attr]
    assert len(told) == len(differences(old, new)) - 1
