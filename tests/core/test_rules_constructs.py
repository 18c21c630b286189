"""What policies say again and again: worked by hand, and the laws of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.rules import Document, FactValue, Outcome, PolicyError, build, decide, program
from songhe.core.rules.many import decide_all, gathered
from songhe.core.sources import read

CITY, MONTH = 371000000000, date(2026, 11, 1)
TEXT = """
document: {code: made, number: n, title: {en: T, zh: 题}, issuer: {en: I, zh: 局}, effective: 2024-01-01,
  region: '371000000000', source: s}
clauses: {'4': {en: Beds, zh: 机构床位}, '5': {en: Bill, zh: 账单}, '1': {en: Bed, zh: 床位}, '2': {en: Not both, zh: 不可兼得}, '3': {en: Once, zh: 一次}}
facts:
  has_bed: {kind: yes_no, en: Bed, zh: 床位, bring: &paper {en: Paper, zh: 材料}}
  inside: {kind: yes_no, en: In an institution, zh: 入住机构, bring: *paper}
  days: {kind: whole, least: 0, most: 31, en: Days, zh: 天数, bring: *paper}
  years: {kind: whole, least: 0, most: 50, en: Years, zh: 年数, bring: *paper}
  cost: {kind: whole, unit: fen, least: 0, en: Cost, zh: 费用, bring: *paper}
  grade: {kind: whole, least: 0, most: 4, en: Grade, zh: 等级, bring: *paper}
  beds: {kind: whole, least: 0, most: 5000, en: Beds, zh: 床位数, bring: *paper}
  bill: {kind: whole, unit: fen, least: 0, en: Bill, zh: 账单, bring: *paper}
  insured: {kind: whole, unit: fen, least: 0, en: Insurance, zh: 长护险, bring: *paper}
parameters:
  rate: {en: Rate, zh: 标准, unit: fen, values: [{value: 60000, clause: '1'}]}
  percent: {en: Percent, zh: 比例, shape: bands, values: [{value: {0: 100, 1: 80, 2: 60, 3: 40}, clause: '1'}]}
  most: {en: Most, zh: 限额, unit: fen, values: [{value: 50000, clause: '1'}]}
  by_grade: {en: By grade, zh: 分级, unit: fen, shape: table, values: [{value: {0: 0, 1: 8000, 2: 16000, 3: 32000, 4: 52000}, clause: '2'}]}
  minutes: {en: Minutes, zh: 时长, unit: minute, values: [{value: 1800, clause: '2'}]}
  hour: {en: Hour, zh: 小时, unit: minute, values: [{value: 60, clause: '2'}]}
  hour_value: {en: Worth, zh: 折算, unit: fen, values: [{value: 1000, clause: '2'}]}
  first_beds: {en: First beds, zh: 首档床位数, values: [{value: 50, clause: '4'}]}
  first_rate: {en: First rate, zh: 首档标准, unit: fen, values: [{value: 300000, clause: '4'}]}
  more_rate: {en: Rate beyond, zh: 超出标准, unit: fen, values: [{value: 150000, clause: '4'}]}
  month_limit: {en: Most a month, zh: 每月上限, unit: fen, values: [{value: 80000, clause: '5'}]}
  carried_most: {en: Most carried, zh: 结转上限, unit: minute, values: [{value: 600, clause: '5'}]}
  whole_cost: {en: Most once, zh: 一次限额, unit: fen, values: [{value: 400000, clause: '3'}]}
rules:
  - code: bed
    unit: fen
    grants: true
    en: Bed at home
    zh: 家庭床位
    requires:
      - {when: "not inside", why: {en: "Lives in an institution", zh: 已入住机构}, clause: '1'}
    prorate: {days: days, of: month_days, round: half_up, why: {en: By days, zh: 按天}, clause: '1'}
    taper: {by: years, percent: percent, round: half_up, why: {en: By years, zh: 逐年递减}, clause: '1'}
    cap: {at: most, why: {en: At the limit, zh: 达到限额}, clause: '1'}
    cases:
      - {when: "not has_bed", give: 0, why: {en: No bed, zh: 无床位}, clause: '1'}
      - {give: rate, why: {en: Rate, zh: 标准}, clause: '1'}
  - {code: care, unit: fen, grants: true, en: Care, zh: 失能补贴, expr: "table(by_grade, grade)", clause: '2'}
  - code: help
    unit: minute
    grants: true
    en: Help
    zh: 上门服务
    cases:
      - {when: "grade >= 2", give: minutes, why: {en: Grade, zh: 等级}, clause: '2'}
      - {give: 0, why: {en: Able, zh: 能力尚可}, clause: '2'}
  - {code: retrofit, unit: fen, grants: true, en: Retrofit, zh: 适老化改造, once_per: lifetime, expr: "min(cost, whole_cost)", clause: '3'}
  - code: opened
    unit: fen
    grants: true
    beneficiary: facility
    en: Opened beds
    zh: 开办补助
    tiers:
      of: beds
      slices:
        - {to: first_beds, each: first_rate, why: {en: First beds, zh: 首档}}
        - {each: more_rate, why: {en: Beds beyond, zh: 超出部分}}
      clause: '4'
  - code: voucher
    unit: fen
    en: Voucher
    zh: 消费券
    cases:
      - {when: "grade < 2", give: 0, why: {en: Able, zh: 能力尚可}, clause: '5'}
    share: {of: bill, percent: 40, round: floor, limit: month_limit, why: {en: Share, zh: 按比例}, why_limit: {en: Month's limit, zh: 已达月上限}, clause: '5'}
  - code: hours
    unit: minute
    en: Hours
    zh: 时长
    expr: "minutes * grade // 4"
    clause: '5'
    carry_over: {limit: carried_most, why: {en: With last month's, zh: 含上月结余}, why_limit: {en: No more is carried, zh: 结转有上限}, clause: '5'}
exclusive:
  - members: [{fact: insured}, care, {rule: help, worth: 'muldiv(alone, hour_value, hour, "floor")'}]
    take: highest
    why: {en: Something higher is received, zh: 就高享受}
    clause: '2'
"""


def document(text: str = TEXT) -> Document:
    return build(read(text, name="made.yaml"))


MADE = document()
FACTS: dict[str, FactValue] = {
    "has_bed": True, "inside": False, "days": 30, "years": 0, "cost": 0, "grade": 0, "insured": 0,
    "retrofit__received": 0, "beds": 0, "bill": 0, "voucher__used": 0, "hours__left": 0,
}  # fmt: skip


def made(rule: str, given: Document = MADE, **facts: FactValue) -> Outcome:
    return decide(program(given, on=MONTH, region=CITY), rule, FACTS | facts, month=MONTH)


@pytest.mark.parametrize(
    ("facts", "fen", "why"),
    [
        ({}, 50000, "At the limit"),  # 60,000 for the whole month, 50,000 at most
        ({"years": 1}, 48000, "Rate"),  # 80 percent of 60,000
        ({"years": 9, "days": 15}, 12000, "By days"),  # half a month at 40 percent
        ({"years": 1, "days": 7}, 11200, "By days"),  # 60,000 x 7/30 = 14,000; 80 percent
        ({"days": 1, "years": 3}, 800, "By days"),
        ({"has_bed": False}, 0, "No bed"),
        ({"inside": True}, 0, "Lives in an institution"),
    ],
)
def test_a_bed_by_days_years_and_limit(facts: dict[str, FactValue], fen: int, why: str) -> None:
    outcome = made("bed", **facts)
    assert outcome.value == fen
    assert why in {step.why.en for step in outcome.reasons}


def test_what_is_received_once_is_pending_without_the_record_and_nothing_after_it() -> None:
    assert made("retrofit", cost=300000).value == 300000
    assert made("retrofit", cost=900000).value == 400000
    assert made("retrofit", cost=300000, retrofit__received=1000).value == 0
    unknown = made("retrofit", cost=300000, retrofit__received=None)
    assert unknown.pending and [paper.zh for paper in unknown.bring] == ["发放记录"]


@pytest.mark.parametrize(
    ("beds", "yuan", "why"),
    [
        (0, 0, "First beds"),
        (49, 147_000, "First beds"),
        (50, 150_000, "First beds"),
        (51, 151_500, "Beds beyond"),  # 50 x 3,000 + 1 x 1,500
        (120, 255_000, "Beds beyond"),  # 50 x 3,000 + 70 x 1,500
    ],
)
def test_slices_are_counted_each_at_its_own_rate(beds: int, yuan: int, why: str) -> None:
    outcome = made("opened", beds=beds)
    assert (outcome.value, outcome.reasons[0].why.en) == (yuan * 100, why)


@given(st.integers(0, 4999))
def test_one_bed_more_is_worth_its_slice(beds: int) -> None:
    step = int(str(made("opened", beds=beds + 1).value)) - int(str(made("opened", beds=beds).value))
    assert step == (300_000 if beds < 50 else 150_000)


@pytest.mark.parametrize(
    ("facts", "fen", "why"),
    [
        ({"bill": 100_001}, 40_000, "Share"),  # 40 percent, rounded down
        ({"bill": 200_000}, 80_000, "Share"),
        ({"bill": 200_003}, 80_000, "Month's limit"),
        ({"bill": 100_000, "voucher__used": 50_000}, 30_000, "Month's limit"),
        ({"bill": 100_000, "voucher__used": 90_000}, 0, "Month's limit"),
        ({"bill": 100_000, "grade": 1}, 0, "Able"),
    ],
)
def test_a_share_of_a_bill_within_what_is_left_of_the_month(
    facts: dict[str, FactValue], fen: int, why: str
) -> None:
    outcome = made("voucher", **{"grade": 2, **facts})
    assert (outcome.value, outcome.reasons[0].why.en) == (fen, why)
    assert made("voucher", grade=2, bill=1, voucher__used=None).bring[0].zh == "发放记录"


@given(st.lists(st.integers(0, 300_000), max_size=8))
def test_bills_of_a_month_never_take_more_than_its_limit(bills: list[int]) -> None:
    taken = 0
    for bill in bills:
        given_now = int(str(made("voucher", grade=3, bill=bill, voucher__used=taken).value))
        assert 0 <= given_now <= bill * 40 // 100
        taken += given_now
    assert taken <= 80_000 and (taken == 80_000 or taken == sum(bill * 40 // 100 for bill in bills))


@pytest.mark.parametrize(
    ("grade", "left", "minutes"), [(4, 0, 1800), (4, 600, 2400), (4, 601, 2400), (2, 90, 990), (0, 600, 0)]
)
def test_what_is_left_is_carried_over_up_to_a_limit(grade: int, left: int, minutes: int) -> None:
    assert made("hours", grade=grade, hours__left=left).value == minutes


def test_whose_a_rule_is_stands_on_it_and_on_its_parts() -> None:
    found = {rule.code: rule.beneficiary for rule in MADE.rules}
    assert (found["opened"], found["bed"], found["bed__given"]) == ("facility", "person", "person")
    of_all = document(TEXT.replace("source: s}", "source: s, beneficiary: worker}"))
    assert {rule.beneficiary for rule in of_all.rules} == {"worker", "facility"}
    rules = program(MADE, on=MONTH, region=CITY)
    assert "opened" not in {rule.code for rule in rules.grants_to("person")}
    assert [rule.code for rule in rules.grants_to("facility")] == ["opened"]


def test_of_an_exclusive_group_the_highest_is_received_and_the_loser_says_to_what_and_by_how_much() -> None:
    care, helped = made("care", grade=3), made("help", grade=3)
    assert (care.value, helped.value) == (32000, 0)  # 1,800 minutes are worth 30,000 fen
    assert helped.as_data()["lost_to"]["name"] == "care__alone"
    assert (made("care", grade=2).value, made("help", grade=2).value) == (0, 1800)
    lost = made("care", grade=4, insured=60000).as_data()["lost_to"]
    assert (lost["name"], lost["value"], lost["more"]) == ("insured", 60000, 8000)
    assert made("care", grade=4, insured=52000).value == 0, "named first, it wins when both are the same"
    assert "lost_to" not in made("care", grade=0).as_data()
    assert made("care", grade=4, insured=None).pending


def test_the_first_of_a_group_goes_before_the_others_whatever_they_are_worth() -> None:
    first = document(TEXT.replace("take: highest", "take: first"))
    assert (made("care", first, grade=1).value, made("help", first, grade=4).value) == (8000, 0)
    assert made("care", first, grade=4, insured=1).value == 0


@given(st.integers(0, 4), st.integers(0, 100_000))
def test_exactly_the_highest_is_received(grade: int, insured: int) -> None:
    alone = [0, 8000, 16000, 32000, 52000][grade]
    worth = {"insured": insured, "care": alone, "help": 30000 if grade >= 2 else 0}
    care, helped = (
        made("care", grade=grade, insured=insured).value,
        made("help", grade=grade, insured=insured).value,
    )
    received = {"care": int(care or 0), "help": 30000 if helped else 0, "insured": 0}
    best = max(worth.values())
    assert sum(received.values()) in ((best,) if insured < best else (0,))


crowd = st.lists(
    st.fixed_dictionaries(
        {
            "has_bed": st.none() | st.booleans(), "inside": st.booleans(), "days": st.integers(0, 31),
            "years": st.none() | st.integers(0, 9), "cost": st.integers(0, 10**6), "grade": st.integers(0, 4),
            "insured": st.none() | st.integers(0, 60_000), "retrofit__received": st.none() | st.integers(0, 5),
            "beds": st.none() | st.integers(0, 200), "bill": st.integers(0, 400_000),
            "voucher__used": st.none() | st.integers(0, 90_000), "hours__left": st.none() | st.integers(0, 900),
        }
    ),
    min_size=1,
    max_size=20,
)  # fmt: skip


@given(crowd)
def test_many_agree_with_each_on_constructs(people: list[dict[str, FactValue]]) -> None:
    columns = gathered(MADE, people, regions=[CITY] * len(people))
    wanted = [*(rule.code for rule in MADE.rules if rule.grants), "voucher", "hours"]
    for code, together in decide_all(MADE, columns, on=MONTH, month=MONTH, wanted=wanted).items():
        alone = [made(code, **one).value for one in people]
        unknown = together.unknown if together.unknown is not None else [False] * len(people)
        assert [None if unknown[row] else together.values[row] for row in range(len(people))] == alone


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cap: {at: most, ", "cap: {", "bed, cap: say at"),
        ("round: half_up, why: {en: By days", "why: {en: By days", "bed, prorate: say round"),
        ('- {when: "not inside", why', "- {why", "bed, requires: say when"),
        ("take: highest", "take: best", "take must be highest or first"),
        ("[{fact: insured}, care", "[{fact: insured}, cares", "there is no rule cares here"),
        ("once_per: lifetime", "once_per: decade", "once_per is household, year or lifetime"),
        ("at: most", "at: mosts", "there is no fact, parameter or rule called mosts"),
        (
            "round: half_up, why: {en: By years",
            "round: up, why: {en: By years",
            "muldiv ends with how to round",
        ),
        ("      of: beds", "      each_of: beds", "opened, tiers: say of"),
        ("- {to: first_beds, each", "- {each", "all but the last say to"),
        ("each: more_rate, why", "to: 9, each: more_rate, why", "all but the last say to"),
        ("percent: 40, ", "", "voucher, share: say percent"),
        ("why_limit: {en: Month's limit, zh: 已达月上限}, ", "", "voucher, share: say why_limit"),
        ("limit: carried_most, ", "", "hours, carry_over: say limit"),
        (
            'expr: "minutes * grade // 4"\n',
            'share: {of: bill}\n    expr: "1"\n',
            "only one of tiers, share, expr",
        ),
        ("beneficiary: facility", "beneficiary: beds", "beneficiary must be one of person, household"),
        ("source: s}", "source: s, beneficiary: nobody}", "document: beneficiary must be one of"),
        (
            "carry_over: {limit: carried_most",
            "carry_over: 5 #",
            "rules.6.carry_over must be names and values",
        ),
        ("of: month_days", "of: days + ", "not readable as an expression"),
    ],
)
def test_a_construct_said_wrongly_is_named(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=says) as found:
        document(TEXT.replace(old, new))
    assert "made.yaml, line" in str(found.value)
