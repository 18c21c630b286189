"""What of a month's vouchers does not add up: laws over any month, and each finding by an example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.entitlement import voucher_lists as lists
from songhe.areas.entitlement.rules.vouchers import (
    Issued,
    MonthOf,
    Paid,
    Support,
    Used,
    matches,
    share_of,
    suspects,
)
from songhe.areas.entitlement.vouchers import build, the_voucher
from songhe.core.refusal import Refused
from songhe.core.sources import DataError
from songhe.engines.regions.ids import uuid7

MONTH, CAP = date(2026, 11, 1), 80_000
HERE, THERE = uuid7(), uuid7()
VOUCHER = Issued(uuid7(), "home", 45, 80_000)
ALWAYS = ((date(2020, 1, 1), date(2030, 1, 1)),)
days = st.dates(date(2026, 10, 1), date(2026, 12, 31))
bodies = st.sampled_from([HERE, THERE, None])


def used(**values: Any) -> Used:
    """A bill of 1000 yuan of which a voucher paid 450."""
    plain = {"on": date(2026, 11, 12), "bill_fen": 100_000, "deducted_fen": 45_000, "organisation": HERE}
    return Used(uuid7(), VOUCHER.key, **plain | values)


def paid(**values: Any) -> Paid:
    """A visit for which the city pays 80 yuan."""
    plain = {"on": date(2026, 11, 12), "fen": 8_000, "organisation": HERE, "what": "0103", "number": "JS-1"}
    return Paid(uuid7(), **plain | values)


bills = st.builds(
    lambda on, deducted, body: used(on=on, deducted_fen=deducted, organisation=body),
    days,
    st.integers(1, 100_000),
    bodies,
)
lines = st.builds(
    lambda on, fen, body: paid(on=on, fen=fen, organisation=body), days, st.integers(0, 9_000), bodies
)
months = st.builds(
    lambda bills, city, levels, died: MonthOf(MONTH, [VOUCHER], bills, levels, died, city),
    st.lists(bills, max_size=4),
    st.lists(lines, max_size=4),
    st.lists(st.tuples(days, days), max_size=2),
    st.none() | days,
)


def kinds(known: MonthOf) -> list[str]:
    """The kinds of what does not add up."""
    return [one.kind for one in suspects(known, most_fen=CAP)]


@given(months)
def test_each_thing_is_named_once_and_sums_are_those_of_its_bills(known: MonthOf) -> None:
    found = list(suspects(known, most_fen=CAP))
    assert len({(one.kind, one.sign) for one in found}) == len(found)
    for one in found:
        assert one.city_fen == sum(line.fen for line, _by in one.lines)
        assert (one.kind == "paid_twice") == bool(one.lines)
    assert ("over_cap" in kinds(known)) == (sum(bill.deducted_fen for bill in known.used) > CAP)


@given(months)
def test_the_order_in_which_bills_and_lines_are_read_does_not_matter(known: MonthOf) -> None:
    turned = replace(known, used=known.used[::-1], city=known.city[::-1], levels=known.levels[::-1])
    assert list(suspects(turned, most_fen=CAP)) == list(suspects(known, most_fen=CAP))


@given(months)
def test_a_month_without_bills_has_nothing_to_check(known: MonthOf) -> None:
    assert kinds(replace(known, used=[], support=(Support("x"),))) == []


@given(bills, st.lists(lines, max_size=6))
def test_a_line_of_another_day_and_provider_is_no_match(bill: Used, city: list[Paid]) -> None:
    for line, by in matches(bill, "residential", city):
        assert by in ("day_and_provider", "provider") and line.organisation == bill.organisation is not None
    for line, by in matches(bill, "home", city):
        assert (by != "provider") == (line.on == bill.on)
        assert line.fen > 0


@given(st.integers(1, 10**9), st.integers(1, 100))
def test_a_share_is_the_next_whole_fen(bill: int, percent: int) -> None:
    assert (share_of(bill, percent) - 1) * 100 < bill * percent <= share_of(bill, percent) * 100


@pytest.mark.parametrize(
    ("values", "told", "expected"),
    [
        ({}, {}, []),
        ({}, {"city": [paid()]}, ["paid_twice"]),
        ({}, {"city": [paid(organisation=THERE)]}, ["paid_twice"]),
        ({}, {"city": [paid(on=date(2026, 11, 13))]}, ["paid_twice"]),
        ({}, {"city": [paid(on=date(2026, 11, 13), organisation=THERE)]}, []),
        ({}, {"city": [paid(fen=0)]}, []),
        ({}, {"levels": ()}, ["no_level"]),
        ({}, {"levels": ((date(2026, 11, 13), date(2027, 1, 1)),)}, ["no_level"]),
        ({}, {"died_on": date(2026, 11, 11)}, ["after_death"]),
        ({}, {"died_on": date(2026, 11, 12)}, []),
        ({"deducted_fen": 45_001}, {}, ["over_share"]),
        ({"bill_fen": 200_000, "deducted_fen": 80_001}, {}, ["over_cap"]),
        ({"on": date(2026, 12, 1)}, {}, ["other_month"]),
        ({}, {"support": (Support("extreme_poverty"),)}, ["comparable"]),
    ],
)
def test_each_kind(values: dict[str, Any], told: dict[str, Any], expected: list[str]) -> None:
    known = MonthOf(MONTH, [VOUCHER], [used(**values)], ALWAYS)
    assert kinds(replace(known, **told)) == expected


def test_another_line_of_the_city_is_another_suspect() -> None:
    known = MonthOf(MONTH, [VOUCHER], [used()], ALWAYS, city=[paid()])
    more = replace(known, city=[*known.city, paid()])
    (one,), (other,) = suspects(known, most_fen=CAP), suspects(more, most_fen=CAP)
    assert one.sign != other.sign and (one.city_fen, other.city_fen) == (8_000, 16_000)


@pytest.mark.parametrize(
    "cell", ["2026-11", "202611", "2026年11月", "2026/11", "2026-11-30", "2026年11月5日"]
)
def test_a_month_as_lists_write_it(cell: str) -> None:
    assert lists.parse_month(cell) == MONTH


@pytest.mark.parametrize("cell", ["2026-13", "11月", "", "去年", "2026-00"])
def test_what_is_no_month_is_refused(cell: str) -> None:
    with pytest.raises(Refused):
        lists.parse_month(cell)


@pytest.mark.parametrize(
    ("cell", "percent"), [("45%", 45), ("45", 45), (0.5, 50), ("0.45", 45), (40, 40), ("45.0", 45)]
)
def test_a_share_as_lists_write_it(cell: object, percent: int) -> None:
    assert lists.parse_percent(cell) == percent


@pytest.mark.parametrize("cell", ["51%", "39", "0.6", "四成", "", "-45", "145", "²"])
def test_a_share_out_of_bounds_is_refused(cell: object) -> None:
    with pytest.raises(Refused):
        lists.parse_percent(cell)


@given(st.text(max_size=10))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (lists.parse_month, lists.parse_percent, lists.parse_kind):
        try:
            parse(text)
        except Refused:
            continue


def test_the_rules_are_read_and_wrong_ones_are_named() -> None:
    rules = the_voucher()
    assert (rules.most_fen, rules.least, rules.most) == (80_000, 40, 50)
    assert set(rules.kinds) == {"home", "day", "residential"} and "share" in rules.assumed
    data = {
        "since": date(2026, 1, 1),
        "share": {"least": 60, "most": 50},
        "most_fen": {"value": 1},
        "kinds": {},
    }
    with pytest.raises(DataError):
        build(data, {}, "x.yaml")
