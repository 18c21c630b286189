"""The shipped definitions and plans are whole."""

from __future__ import annotations

from songhe.engines.indicators.api import indicators, plans, target


def test_every_indicator_is_named_in_both_languages() -> None:
    assert len(indicators()) >= 15
    for found in indicators().values():
        assert found.en.isascii()
        assert not found.zh.isascii()


def test_the_plan_of_weihai_names_its_source_and_doubts() -> None:
    (plan,) = plans("weihai")
    targets = list(plan.targets())
    assert len(targets) == 37
    assert plan.source["en"].startswith("Weihai News Network")
    assert not any(found.verified for found in targets)
    hours = target("T-WH-HOURS").target
    assert (hours.op, hours.value, hours.upper) == ("between", 30 * 60, 60 * 60)
