"""Messages: length, hidden numbers, quiet hours, switching between providers, templates that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.notices import (
    Health,
    Switching,
    back_off,
    build_template,
    chosen,
    heard,
    not_before,
    overridden,
    render,
    segments,
    sent,
    ways,
    without_numbers,
)
from songhe.core.sources import DataError

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
RULES = Switching(
    failures=3,
    rest=timedelta(seconds=60),
    slow_after=timedelta(minutes=5),
    window=timedelta(minutes=10),
    slow_percent=40,
    least=5,
)
FORM: dict[str, Any] = {
    "name": {"en": "Visit", "zh": "上门"},
    "en": {"title": "Visit", "text": "{person} at {start}"},
    "zh": {"title": "上门", "text": "{person}于{start}"},
    "params": {"person": "text", "start": "moment"},
    "channels": ["in_app", "sms"],
    "wait_minutes": 5,
    "worth_minutes": 60,
}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("𠮷" * 35, 1), ("𠮷" * 36, 2), ("\ud800", 1),
    ],
)  # fmt: skip
def test_a_text_is_billed_as_so_many_messages(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=400), st.text(max_size=40))
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "110105194912310021", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 0021", "110105491231002"]
)  # fmt: skip
def test_no_identity_number_stands_in_a_text(number: str) -> None:
    said = without_numbers(f"身份证{number}已登记")
    assert said == "身份证***已登记"
    assert without_numbers("单号D-000012,电话13800138000") == "单号D-000012,电话13800138000"


def test_ways_keep_their_order_and_heed_a_withdrawn_consent() -> None:
    every: dict[str, bool] = {"has_user": True, "has_number": True, "has_robot": False}
    assert ways(["voice", "in_app", "sms", "robot"], **every, may_contact=True) == ("voice", "in_app", "sms")
    assert ways(["in_app", "sms", "voice"], **every, may_contact=False) == ("in_app",)


@given(st.datetimes(timezones=st.just(UTC)), st.times(), st.times())
def test_quiet_hours_end_within_a_day_and_outside_nothing_waits(
    at: datetime, since: time, until: time
) -> None:
    if at.year > 9990:
        return
    quiet = (since.replace(second=0, microsecond=0), until.replace(second=0, microsecond=0))
    free = not_before(at, quiet)
    assert at <= free <= at + timedelta(days=1)
    assert not_before(free, quiet) == free
    assert not_before(at, None) == at


def test_repeats_come_ever_later_and_never_later_than_ten_minutes() -> None:
    waits = [back_off(tries, first=timedelta(seconds=5), share=1) for tries in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=5) and waits[-1] == timedelta(minutes=10)
    assert back_off(3, first=timedelta(seconds=5), share=0) == timedelta(seconds=10)


def test_a_provider_that_fails_is_left_and_comes_back_by_a_trial() -> None:
    ill = sent(Health(), RULES, accepted=0, failed=3, at=AT)
    assert ill.resting(AT) and ill.why == "failing"
    known = {"one": ill}

    def choose(at: datetime, tried: tuple[str, ...] = (), *, urgent: bool = False) -> str | None:
        return chosen(["one", "two"], known, at, tried=tried, urgent=urgent)

    assert choose(AT) == "two"
    later = AT + timedelta(seconds=60)
    assert choose(later) == "one"
    assert choose(later, ("one",)) == "two", "one message is enough for a trial"
    assert choose(later, urgent=True) == "two", "and an urgent one is not it"
    still = sent(ill, RULES, accepted=0, failed=1, at=later)
    assert still.resting_until == later + timedelta(seconds=120), "twice as long the second time"
    well = sent(ill, RULES, accepted=1, failed=0, at=later)
    assert well == Health()


def test_a_provider_whose_receipts_are_late_is_left_until_one_comes_in_time() -> None:
    health = Health()
    for second in range(5):
        health = heard(health, RULES, quick=1, slow=1, at=AT + timedelta(seconds=second))
    assert health.resting_until is not None and health.why == "slow"
    trial = health.resting_until
    assert sent(health, RULES, accepted=5, failed=0, at=trial).resting_until == trial, (
        "taking is not delivering"
    )
    assert heard(health, RULES, quick=1, slow=0, at=trial).resting_until is None
    assert heard(health, RULES, quick=0, slow=1, at=trial).resting(trial)


def test_late_receipts_of_another_window_are_forgotten() -> None:
    health = heard(Health(), RULES, quick=0, slow=4, at=AT)
    later = heard(health, RULES, quick=1, slow=1, at=AT + timedelta(minutes=11))
    assert (later.quick, later.slow, later.resting_until) == (1, 1, None)


@given(st.lists(st.tuples(st.sampled_from(["sent", "heard"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 900))))  # fmt: skip
def test_there_is_always_a_way_and_a_rest_always_ends(events: list[tuple[str, int, int, int]]) -> None:
    health, at = Health(), AT
    for kind, good, bad, seconds in events:
        at += timedelta(seconds=seconds)
        if kind == "sent":
            health = sent(health, RULES, accepted=good, failed=bad, at=at)
        else:
            health = heard(health, RULES, quick=good, slow=bad, at=at)
        assert chosen(["one"], {"one": health}, at, tried=(), urgent=False) == "one"
        assert health.resting_until is None or health.resting_until <= at + RULES.rest * 8
    assert chosen([], {}, at, tried=(), urgent=False) is None


def test_words_are_filled_in_cut_and_cleaned() -> None:
    form = build_template("visit", FORM)
    local = datetime(2026, 11, 25, 9, 5)  # noqa: DTZ001  a wall clock's time
    said = render(form, {"person": "王\n建\x00国  " + "长" * 80, "start": local}, "zh-hans")
    assert said.text.startswith("王 建 国 长") and said.text.endswith("…于11月25日09:05")
    assert (
        render(form, {"person": "11010519491231002X", "start": local}, "en").text
        == "*** at 09:05 on 25 November"
    )
    for wrong in ({"person": "a"}, {"person": 3, "start": local}, {"person": "a", "start": "soon"}):
        with pytest.raises(ValueError, match="notice visit"):
            render(form, wrong, "en")


@given(st.text(), st.sampled_from(["en", "zh"]))
def test_no_value_breaks_a_text(value: str, language: str) -> None:
    form = build_template("visit", FORM)
    said = render(form, {"person": value, "start": AT}, language)
    said.text.encode()
    assert "\0" not in said.text and "\n" not in said.text


@pytest.mark.parametrize(
    "change",
    [
        {"channels": ["pigeon"]}, {"channels": []}, {"channels": ["sms", "sms"]}, {"urgency": "very"}, {"goal": "maybe"},
        {"params": {"person": "text"}}, {"params": {"person": "blob", "start": "moment"}}, {"quiet": "no"},
        {"worth_minutes": 0}, {"worth_minutes": -1}, {"at_most": {"count": 0, "minutes": 5}},
        {"zh": {"title": "上门", "text": "{person"}}, {"zh": {"title": "上门", "text": "字" * 400 + "{person}{start}"}},
    ],
)  # fmt: skip
def test_a_template_that_is_wrong_is_named(change: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="notice visit"):
        build_template("visit", FORM | change)


def test_a_city_changes_words_and_not_what_is_filled_in() -> None:
    nation = {"templates": {"visit": FORM}, "signature": {"en": "a", "zh": "甲"}}
    city = {"templates": {"visit": {"channels": ["sms"]}}, "signature": {"en": "b", "zh": "乙"}}
    both = overridden(nation, city)
    assert both["templates"]["visit"]["channels"] == ["sms"]
    assert both["templates"]["visit"]["zh"] == FORM["zh"] and both["signature"]["zh"] == "乙"
    with pytest.raises(DataError, match="not what is filled in"):
        overridden(nation, {"templates": {"visit": {"params": {}}}})
