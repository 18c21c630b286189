"""Figures recomputed in another way, over random histories: midnights, alarms opened again, clocks put back."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from songhe.areas.alarms.rules.figures import Event, Figures, Times, count, fold, stands

SPANS = [timedelta(seconds=s) for s in (15, 20, 60, 180)]
SITE = timedelta(minutes=45)
MIDNIGHT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
MIDDLE = [
    "call",
    "send",
    "relay",
    "arrive",
    "arrived",
    "lose",
    "take_over",
    "ring",
    "signal",
    "heard",
    "accepted",
]
ENDS = ["resolve", "call_false", "call_test", "give_up", "call_duplicate"]


def history(random_: random.Random) -> list[Event]:
    """One alarm as it could have been, around midnight as often as not; now and then the clock jumps."""
    at = MIDNIGHT + timedelta(seconds=random_.randint(-400, 40_000))
    found = [Event("raise", at)]

    def then(what: str, reached: bool = False) -> None:
        nonlocal at
        at += timedelta(seconds=random_.choice([0, 1, 7, 14, 15, 16, 44, 61, 170, 1500, 2701]))
        if random_.random() < 0.03:
            at -= timedelta(seconds=random_.randint(1, 7200))
        found.append(Event(what, at, random_.choice(["甲", "乙", "丙"]), reached))

    for _ in range(random_.randint(0, 3)):
        then("ring")
    if random_.random() < 0.9:
        then("take")
        for _ in range(random_.randint(0, 6)):
            then(random_.choice(MIDDLE), reached=random_.random() < 0.5)
        if random_.random() < 0.8:
            then(random_.choice(ENDS))
            if random_.random() < 0.2:
                then("reopen")
                if random_.random() < 0.7:
                    then("call", reached=True)
                    then(random_.choice(ENDS))
    return found


def by_hand(histories: list[list[Event]]) -> Figures:
    """The same counts, by looking backwards from each deed instead of walking along."""
    out = Figures(within=dict.fromkeys(SPANS, 0))
    named = {"resolve": "resolved", "call_false": "false_alarm", "call_test": "test", "give_up": "no_contact", "call_duplicate": "duplicate"}  # fmt: skip
    for events in histories:
        whats = [one.what for one in events]
        last_end = max((i for i, what in enumerate(whats) if what in named), default=-1)
        reopened = any(what == "reopen" for what in whats[last_end + 1 :])
        outcome = "" if last_end < 0 or reopened else named[whats[last_end]]
        if outcome == "test":
            out.tests += 1
            continue
        out.alarms += 1
        answered = None
        holds = [i for i, what in enumerate(whats) if what in ("take", "take_over", "reopen")]
        for i in range(len(whats)):
            if whats[i] not in ("call", "send", "relay", "heard", *named):
                continue
            before = [h for h in holds if h < i]
            if before and "lose" not in whats[before[-1] : i]:
                answered = events[before[-1]].at
                break
        if answered is None and holds and "lose" not in whats[holds[-1] :]:
            answered = events[holds[-1]].at
        if answered is not None:
            out.answered += 1
            seconds = (answered - events[0].at).total_seconds()
            out.unmeasured += seconds < 0
            for span in SPANS:
                out.within[span] += 0 <= seconds <= span.total_seconds()
        sent = [one.at for one in events if one.what in ("send", "relay")]
        there = [one.at for one in events if one.what.startswith("arriv")]
        if sent:
            out.sent += 1
            if there:
                out.arrived += 1
                minutes = (there[0] - sent[0]).total_seconds() / 60
                out.late_unmeasured += minutes < 0
                out.on_site += 0 <= minutes <= 45
        calls = [one.reached for one in events if one.what == "call"]
        out.called += bool(calls)
        out.first_failed += bool(calls) and not calls[0]
        out.ended += bool(outcome)
        out.false += outcome == "false_alarm"
        out.no_contact += outcome == "no_contact"
    return out


def counted(histories: list[list[Event]]) -> Figures:
    return count(map(fold, histories), SPANS, SITE)


def test_a_thousand_random_histories_come_to_the_same_by_hand() -> None:
    random_ = random.Random(20261125)
    histories = [history(random_) for _ in range(1000)]
    found = counted(histories)
    assert found == by_hand(histories)
    assert found.unmeasured, "clocks were put back"
    assert found.tests
    assert found.within[SPANS[0]] < found.within[SPANS[3]] < found.alarms
    for one in random_.sample(histories, 200):
        assert counted([one]) == by_hand([one])


def test_a_time_shifted_by_a_second_is_noticed() -> None:
    """The control: what the comparison is there to find."""
    random_ = random.Random(7)
    edge = [Event("raise", MIDNIGHT), Event("take", MIDNIGHT + SPANS[0], "甲"), Event("call", MIDNIGHT + SPANS[1], "甲", True)]  # fmt: skip
    histories = [*(history(random_) for _ in range(50)), edge]
    shifted = [*histories[:-1], [edge[0], replace(edge[1], at=edge[1].at + timedelta(seconds=1)), edge[2]]]
    assert counted(histories) == by_hand(histories)
    assert counted(shifted) != by_hand(histories)


def test_a_taking_without_a_deed_that_was_lost_answers_nothing() -> None:
    at = [MIDNIGHT + timedelta(seconds=s) for s in (0, 5, 40, 50, 55)]
    told = fold([Event("raise", at[0]), Event("take", at[1], "甲"), Event("lose", at[2]), Event("take", at[3], "乙"), Event("call", at[4], "乙")])  # fmt: skip
    assert (told.waited, told.answered_by) == (timedelta(seconds=50), "乙")
    assert isinstance(told, Times)


def test_the_lists_name_as_many_as_the_figures_count() -> None:
    random_ = random.Random(20261126)
    found = [fold(history(random_)) for _ in range(400)]
    told = count(found, SPANS, SITE)
    expected = {
        **{f"alarm_answered_{span.seconds}": (told.alarms, told.within[span]) for span in SPANS},
        "alarms_raised": (told.alarms, told.alarms),
        "alarm_on_site": (told.sent, told.on_site),
        "alarm_false": (told.ended, told.false),
        "alarm_no_contact": (told.ended, told.no_contact),
        "alarm_first_failed": (told.called, told.first_failed),
    }
    for code, sides in expected.items():
        stood = [stands(one, code, SITE) for one in found]
        assert (sum(below for below, _above in stood), sum(above for _below, above in stood)) == sides, code
        assert not any(above and not below for below, above in stood), code
