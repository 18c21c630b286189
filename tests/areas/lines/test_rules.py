"""The desk's numbers equal those of an independent count, whatever happened to the events on the way."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from tests.areas.lines import histories
from tests.areas.lines.histories import START, History, Raw

from songhe.areas.lines.models.sessions import read_leg, write_leg
from songhe.areas.lines.rules import (
    Desk,
    Direction,
    Event,
    Kind,
    Media,
    SeatState,
    Spell,
    build_terms,
    fold,
    tally,
    worst_window,
)
from songhe.core.sources import DataError, read

TERMS = build_terms(read((settings.DATA / "nation/lines.yaml").read_text(encoding="utf-8")).data)
BERLIN = ZoneInfo("Europe/Berlin")
NOW = START + timedelta(days=4)


def counted(made: History, since: datetime, until: datetime, *, dice: random.Random) -> Desk:
    """What the area says after late, doubled and unordered events."""
    legs = []
    for name, (way, media, number) in made.sessions.items():
        raws = [raw for raw in made.events if raw.session == name]
        raws += dice.choices(raws, k=len(raws) // 2)
        dice.shuffle(raws)
        events = [Event(raw.key, Kind(raw.kind), raw.at, raw.seq, raw.agent) for raw in raws]
        if name in made.silences:
            silence = Event(f"{name}-silent", Kind.UNTOLD, made.silences[name])
            events.insert(dice.randint(0, len(events)), silence)
        course = fold(events, direction=Direction(way), media=Media(media))
        kept = [read_leg(write_leg(leg), Direction(way), Media(media)) for leg in course.legs]
        assert kept == list(course.legs)
        legs += [(leg, number) for leg in kept]
    spells = [Spell(agent, SeatState(state), begins, ends) for agent, state, begins, ends in made.spells]
    return tally(legs, spells, since, until, terms=TERMS, now=NOW)


def shown(desk: Desk) -> dict[str, Any]:
    """The same shape as the independent count."""
    names = (
        "received",
        "answered",
        "quick",
        "lost",
        "texts",
        "texts_quick",
        "dialled",
        "reached",
        "waiting",
        "untold",
        "called_back",
    )
    spent: dict[tuple[str, str], int] = {}
    for agent, row in desk.agents.items():
        for state, seconds in (("wrapping", row.wrap_seconds), ("break", row.break_seconds)):
            if seconds:
                spent[agent, state] = int(seconds)
    return {
        **{name: getattr(desk, name) for name in names},
        "talk": {agent: int(row.talk_seconds) for agent, row in desk.agents.items() if row.talk_seconds},
        "missed": {agent: row.missed for agent, row in desk.agents.items() if row.missed},
        "hours": {place: int(hour.talk_seconds) for place, hour in enumerate(desk.hours) if hour.talk_seconds},
        "duty": {agent: int(row.duty_seconds) for agent, row in desk.agents.items() if row.duty_seconds},
        "spent": spent,
        "worst": desk.worst.share if desk.worst else None,
    }  # fmt: skip


def expected(made: History, since: datetime, until: datetime) -> dict[str, Any]:
    found: dict[str, Any] = histories.numbers(made, since, until, NOW)
    duty: dict[str, int] = {}
    for (agent, _state), seconds in found["spent"].items():
        duty[agent] = duty.get(agent, 0) + seconds
    found["duty"] = duty
    found["spent"] = {key: n for key, n in found["spent"].items() if key[1] in ("wrapping", "break")}
    return found


def spans(seed: int) -> list[tuple[datetime, datetime]]:
    """A day on which the clocks are changed, a day of the city's clock, the whole time, and any other span."""
    dice = random.Random(seed)
    berlin = datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN)
    city = datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 25, 16, tzinfo=UTC)
    begin = START + timedelta(seconds=dice.randint(0, 100_000))
    any_ = begin, begin + timedelta(seconds=dice.randint(3_600, 200_000))
    moments = (tuple(at.astimezone(UTC) for at in pair) for pair in (berlin, city, (START, NOW), any_))
    return [(since, until) for since, until in moments]


def test_numbers_equal_an_independent_count_on_1000_histories() -> None:
    for seed in range(1_000):
        made = histories.history(seed)
        since, until = spans(seed)[seed % 4]
        found = shown(counted(made, since, until, dice=random.Random(seed)))
        assert found == expected(made, since, until), seed


def test_control_a_shifted_time_stamp_is_caught() -> None:
    """One event later by some seconds must make the two counts differ; else the test above proves nothing."""
    caught = 0
    for seed in range(60):
        made = histories.history(seed)
        place = next((n for n, raw in enumerate(made.events) if raw.kind == "answered"), None)
        if place is None:
            continue
        truth = expected(made, START, NOW)
        made.events[place] = replace(made.events[place], at=made.events[place].at + timedelta(seconds=7))
        caught += shown(counted(made, START, NOW, dice=random.Random(seed))) != truth
        assert shown(counted(made, START, NOW, dice=random.Random(seed))) != truth or _unseen(made, place), (
            seed
        )
    assert caught > 20


def _unseen(made: History, place: int) -> bool:
    """Whether shifting this event changes nothing: no agent's time, no norm."""
    raw = made.events[place]
    before = [e for e in made.events if e.session == raw.session and e.seq == raw.seq + 1]
    return not before or before[0].at <= raw.at


def test_a_wrong_norm_and_a_lost_event_are_caught() -> None:
    wrong = 0
    for seed in range(100):
        made = histories.history(seed)
        truth = expected(made, START, NOW)
        made.events = [raw for raw in made.events if raw.kind != "hung_up"]
        wrong += shown(counted(made, START, NOW, dice=random.Random(seed))) != truth
    assert wrong > 80


@given(st.permutations(range(7)), st.lists(st.integers(0, 6), max_size=4))
def test_order_and_repeats_do_not_matter(order: list[int], again: list[int]) -> None:
    kinds = ["ringing", "queued", "ringing", "answered", "held", "resumed", "hung_up"]
    events = [
        Event(str(n), Kind(kind), START + timedelta(seconds=5 * n), n, "a" if n > 1 else "")
        for n, kind in enumerate(kinds)
    ]
    whole = fold(events, direction=Direction.IN, media=Media.VOICE)
    mixed = [events[n] for n in [*order, *again]]
    assert fold(mixed, direction=Direction.IN, media=Media.VOICE) == whole
    assert whole.state == "ended" and whole.legs[0].turns[0].held_seconds == 5


def test_a_clock_that_is_set_back_makes_nothing_negative() -> None:
    def event(n: int, kind: Kind, second: int) -> Event:
        return Event(str(n), kind, START + timedelta(seconds=second), n, "a" if n else "")

    course = fold(
        [event(0, Kind.RINGING, 100), event(1, Kind.ANSWERED, 40), event(2, Kind.HUNG_UP, 130)],
        direction=Direction.IN, media=Media.VOICE,
    )  # fmt: skip
    leg = course.legs[0]
    assert (
        course.clock_moved and leg.wait_seconds == 0 and leg.turns[0].until == START + timedelta(seconds=130)
    )


def test_an_end_that_comes_first_waits_for_its_beginning() -> None:
    over = Event("2", Kind.ABANDONED, START + timedelta(seconds=30))
    alone = fold([over], direction=Direction.IN, media=Media.VOICE)
    assert alone.legs[0].is_lost and alone.legs[0].wait_seconds == 0
    both = fold([over, Event("1", Kind.RINGING, START)], direction=Direction.IN, media=Media.VOICE)
    assert both.legs[0].wait_seconds == 30 and both.state == "abandoned"


def test_a_session_that_is_opened_again_counts_each_time() -> None:
    kinds = [
        (Kind.RINGING, 0),
        (Kind.HUNG_UP, 20),
        (Kind.RINGING, 90),
        (Kind.ANSWERED, 99),
        (Kind.HUNG_UP, 200),
    ]
    events = [
        Event(str(n), kind, START + timedelta(seconds=second), n, "a")
        for n, (kind, second) in enumerate(kinds)
    ]
    course = fold(events, direction=Direction.IN, media=Media.VOICE)
    desk = tally([(leg, "") for leg in course.legs], (), START, NOW, terms=TERMS, now=NOW)
    assert (desk.received, desk.lost, desk.answered, desk.quick, desk.agents["a"].missed) == (2, 1, 1, 1, 1)


def test_control_a_silence_that_is_not_seen_is_caught() -> None:
    caught = 0
    for seed in range(200):
        made = histories.history(seed)
        truth = expected(made, START, NOW)
        made.silences = {}
        caught += shown(counted(made, START, NOW, dice=random.Random(seed))) != truth
    assert caught > 20


def test_a_call_that_falls_silent_ends_with_what_was_told_last_until_more_is_told() -> None:
    kinds = [(Kind.RINGING, 0), (Kind.ANSWERED, 9), (Kind.HELD, 40), (Kind.UNTOLD, 40)]
    events = [
        Event(str(n), kind, START + timedelta(seconds=second), None, "a")
        for n, (kind, second) in enumerate(kinds)
    ]
    silent = fold(events, direction=Direction.IN, media=Media.VOICE)
    assert (silent.state, silent.legs[0].untold) == ("untold", True)
    assert silent.legs[0].ended == silent.legs[0].turns[0].until == START + timedelta(seconds=40)
    end = Event("end", Kind.HUNG_UP, START + timedelta(hours=2))
    told = fold([*events, end], direction=Direction.IN, media=Media.VOICE)
    assert told == fold(
        [one for one in [*events, end] if one.kind is not Kind.UNTOLD],
        direction=Direction.IN,
        media=Media.VOICE,
    )
    asked = fold([events[-1]], direction=Direction.OUT, media=Media.VOICE)
    assert (asked.state, asked.legs) == ("untold", ())


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=12), st.integers(0, 300))
def test_no_window_is_worse_than_the_worst(marks: list[tuple[int, bool]], length: int) -> None:
    hour = timedelta(minutes=10)
    given_ = [(START + hour * at, good) for at, good in marks]
    until = START + timedelta(hours=24) + hour * length
    found = worst_window(given_, START, until)
    seen = [mark for mark in given_ if START <= mark[0] < until]
    assert (found.share if found else None) == histories.worst(seen, START, until)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("connected_bp: 9500", "connected_bp: 0"),
        ("silent_hours: 4", "silent_hours: 0"),
        ('begins: "07:30"', "begins: noon"),
        ("code: late", "code: early"),
    ],
)
def test_terms_that_cannot_be_name_the_place(old: str, new: str) -> None:
    text = (settings.DATA / "nation/lines.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(DataError, match="lines"):
        build_terms(read(text.replace(old, new, 1)).data)


def test_raw_histories_hold_what_is_to_be_tested() -> None:
    """Over midnight, opened again, still open, in writing: each is among the thousand."""
    kinds: set[str] = set()
    for seed in range(1_000):
        made = histories.history(seed)
        for name, (way, media, _number) in made.sessions.items():
            mine: list[Raw] = [raw for raw in made.events if raw.session == name]
            kinds |= {way, media, *(raw.kind for raw in mine)}
            kinds |= {"again"} if sum(raw.kind == "hung_up" for raw in mine) > 1 else set()
            kinds |= {"midnight"} if mine[0].at.day != mine[-1].at.day else set()
    assert {"again", "midnight", "text", "out", "held", "transferred", "abandoned"} <= kinds
