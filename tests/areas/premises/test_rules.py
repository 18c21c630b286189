"""What compounds owe grows with their households, the nearest standard holds, and no gate opens without its documents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.premises.limits import terms
from songhe.areas.premises.rules import (
    STEPS,
    Fault,
    Part,
    Prepared,
    Seen,
    build_terms,
    faults,
    furthest,
    may_pass,
    ready,
    reasons,
    required_m2,
    standard_of,
)
from songhe.core.labels import Label
from songhe.core.sources import DataError

DAY = date(2026, 11, 25)
HOMES, RATE, LEAST = st.integers(0, 100_000), st.integers(0, 1_000), st.integers(0, 5_000)


@given(HOMES, HOMES, RATE, RATE, LEAST)
def test_more_households_or_a_higher_rate_never_owe_less(
    a: int, b: int, rate: int, other: int, least: int
) -> None:
    low, high = sorted((a, b))
    assert required_m2(low, rate, least) <= required_m2(high, rate, least)
    assert required_m2(a, min(rate, other), least) <= required_m2(a, max(rate, other), least)
    assert required_m2(0, rate, least) == 0
    if a:
        assert required_m2(a, rate, least) >= max(least, a * rate // 100)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=6), RATE)
def test_what_phases_owe_apart_is_never_less_than_together(homes: list[int], rate: int) -> None:
    apart = sum(required_m2(one, rate) for one in homes)
    together = required_m2(sum(homes), rate)
    assert together <= apart <= together + len(homes)


@pytest.mark.parametrize(
    ("region", "new", "existing", "certain"),
    [
        (371082000000, 20, 15, False),
        (640104000000, 30, 20, True),
        (340104000000, 30, 20, True),
        (230102000000, 30, 20, True),
        (420102000000, 20, 15, True),
        (110101000000, 20, 15, False),
    ],
)
def test_the_nearest_standard_holds(region: int, new: int, existing: int, certain: bool) -> None:
    held = standard_of(terms().standards, region, DAY)
    assert (held.per_100(is_new=True), held.per_100(is_new=False), held.certain) == (new, existing, certain)
    assert held.least_m2 == (350 if region // 10**10 == 34 else 0)


def test_a_standard_holds_from_its_day_and_the_latest_of_a_place_wins() -> None:
    base = {
        "region": "37",
        "en": "A",
        "zh": "甲",
        "existing": 10,
        "certain": True,
        "source": {"en": "x", "zh": "甲"},
    }
    data = _data() | {
        "standards": [
            *_data()["standards"],
            base | {"code": "old", "new": 21, "until": date(2026, 1, 1)},
            base | {"code": "newer", "new": 25, "since": date(2026, 1, 1)},
        ]
    }
    found = build_terms([data]).standards
    assert standard_of(found, 371082000000, date(2025, 12, 31)).new == 21
    assert standard_of(found, 371082000000, date(2026, 1, 1)).new == 25
    assert standard_of(found, 420100000000, DAY).code == "hubei"


def _data() -> dict[str, Any]:
    from django.conf import settings

    found: dict[str, Any] = yaml.safe_load((settings.DATA / "nation/premises.yaml").read_text("utf-8"))
    return found


def test_bad_data_is_named() -> None:
    good = _data()
    row = good["standards"][0]
    wrong: list[Any] = [
        {"standards": [row | {"region": "上海"}]}, {"standards": [row | {"new": -1}]}, {"standards": [row | {"new": 5_000}]},
        {"standards": [row | {"certain": "yes"}]}, {"standards": [row | {"region": "37"}]}, {"steps": good["steps"][:3]},
        {"steps": [good["steps"][0] | {"papers": [*good["steps"][0]["papers"]] * 2}, *good["steps"][1:]]}, {"projects": []},
    ]  # fmt: skip
    for part in wrong:
        with pytest.raises(DataError, match="premises"):
            build_terms([good | part])


PAPERS = st.lists(st.just(Label("Survey", "测绘报告")), max_size=2)


@given(
    st.none() | st.integers(0, 900),
    st.none() | st.integers(-20, 20),
    PAPERS,
    st.none() | st.integers(-20, 20),
)
def test_no_step_is_handed_in_without_area_day_and_documents(
    m2: int | None, on: int | None, lacking: list[Label], before: int | None
) -> None:
    day = None if on is None else DAY + timedelta(days=on)
    earlier = None if before is None else DAY + timedelta(days=before)
    decision = ready(Prepared(m2=m2, on=day, lacking=lacking, before_on=earlier), DAY)
    whole = (
        bool(m2) and day is not None and day <= DAY and (earlier is None or day >= earlier) and not lacking
    )
    assert (decision.value is True) == whole
    if not whole:
        assert decision.reasons[-1].text.format(**decision.reasons[-1].values)


@given(
    st.integers(1, 900),
    st.none() | st.integers(1, 900),
    st.integers(0, 900),
    st.integers(0, 900),
    st.booleans(),
)
def test_less_than_before_or_than_owed_needs_a_reason(
    m2: int, before: int | None, owed: int, planned: int, told: bool
) -> None:
    step = Prepared(m2=m2, on=DAY, before_m2=before)
    decision = may_pass(step, owed=owed, planned=planned, because="x" if told else "")
    enough = (before is None or m2 >= before) and planned >= owed
    assert (decision.value is True) == (enough or told)


@st.composite
def parts(draw: st.DrawFn) -> list[Part]:
    found = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        passed = draw(st.integers(0, 4))
        m2 = draw(st.integers(0, 500))
        due = {step: DAY + timedelta(days=draw(st.integers(-30, 30))) for step in STEPS}
        given_ = dict.fromkeys(STEPS[:passed], m2) if m2 else {}
        found.append(
            Part(number=number, households=draw(st.integers(0, 900)), planned=m2, given=given_, due=due)
        )
    return found


@given(parts(), st.integers(0, 900), st.booleans())
def test_a_compound_is_in_order_only_when_it_gives_what_it_owes(
    found: list[Part], owed: int, half: bool
) -> None:
    seen = Seen(counts=True, required=owed, parts=found, before_half=half)
    wrong = faults(seen, DAY)
    given_ = sum(furthest(part) for part in found)
    assert (Fault.MISSING in wrong or Fault.TOO_SMALL in wrong) == (given_ < owed)
    assert not (Fault.MISSING in wrong and Fault.TOO_SMALL in wrong)
    assert len(reasons(seen, DAY)) == len(wrong)
    assert all(str(reason) for reason in reasons(seen, DAY))
    assert faults(Seen(counts=False, required=owed, parts=found, before_half=half), DAY) == ()


@given(parts(), st.integers(0, 900), st.integers(0, 300))
def test_owing_more_never_puts_a_compound_in_order(found: list[Part], owed: int, more: int) -> None:
    before = faults(Seen(counts=True, required=owed, parts=found), DAY)
    after = faults(Seen(counts=True, required=owed + more, parts=found), DAY)
    assert not before or after


def test_premises_in_the_second_half_come_too_late() -> None:
    first, second = Part(number=1, households=600), Part(number=2, households=400, planned=200)
    assert Fault.LATE_PHASE in faults(
        Seen(counts=True, required=200, parts=[first, second], before_half=True), DAY
    )
    swapped = [Part(number=1, households=600, planned=200), Part(number=2, households=400)]
    assert not faults(Seen(counts=True, required=200, parts=swapped, before_half=True), DAY)
    whole = [Part(number=1, households=600, planned=200), Part(number=2, households=400, planned=50)]
    assert not faults(Seen(counts=True, required=200, parts=whole, before_half=True), DAY), (
        "a further site is no fault"
    )


def test_impossible_phases_raise() -> None:
    for wrong in (
        {"households": -1},
        {"planned": -1},
        {"given": {"plan": -1}},
        {"given": {"roof": 1}},
        {"due": {"roof": DAY}},
    ):
        with pytest.raises(ValueError):
            Part(**({"number": 1, "households": 1} | wrong))
    with pytest.raises(ValueError):
        required_m2(-1, 20)
