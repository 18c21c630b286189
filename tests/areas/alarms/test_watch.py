"""The clock of an open alarm, by its rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.rules.watch import Held, What, deeds, due

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CLOCK = terms().clock
QUIET = Held("taken", None, 0, None, agent=True, seen_at=AT, acted_at=AT, waits={})
moments = st.integers(0, 7200).map(lambda s: AT + timedelta(seconds=s))
maybe = st.one_of(st.none(), moments)


@st.composite
def standings(draw: st.DrawFn) -> Held:
    """Any way an open alarm may stand: it rings, or somebody holds it, or both."""
    agent = draw(st.booleans())
    rings = draw(moments) if not agent else draw(maybe)
    return Held(
        state=draw(st.sampled_from(["raised", "taken", "sent", "arrived"])),
        rings_from=rings,
        rung=draw(st.integers(0, len(CLOCK.ring) - 1)),
        rung_at=draw(maybe) if rings is None else max(rings, draw(moments)),
        agent=agent,
        seen_at=draw(moments) if agent else None,
        acted_at=draw(moments) if agent else None,
        waits={uuid4(): draw(moments) for _ in range(draw(st.integers(0, 3)))},
    )


@given(standings())
def test_nothing_is_due_before_its_moment_and_something_is_at_it(held: Held) -> None:
    moment = due(held, CLOCK)
    assert not deeds(held, CLOCK, moment - timedelta(microseconds=1))
    found = deeds(held, CLOCK, moment)
    assert found
    assert found[0].due_at == moment


@given(standings())
def test_no_open_alarm_sleeps_for_longer_than_the_longest_span(held: Held) -> None:
    last = max([m for m in (held.rings_from, held.rung_at, held.seen_at, held.acted_at) if m] or [AT])
    longest = max(CLOCK.repeat, CLOCK.idle_sent, CLOCK.ring[-1].after)
    assert due(held, CLOCK) <= max([last, *held.waits.values()]) + longest


def test_the_ladder_of_ringing() -> None:
    held = Held("raised", AT, 0, AT, agent=False, seen_at=None, acted_at=None, waits={})
    assert due(held, CLOCK) == AT + timedelta(seconds=15)
    missed = deeds(held, CLOCK, AT + timedelta(seconds=70))
    assert [(one.rung, (one.due_at - AT).seconds) for one in missed] == [(1, 15), (2, 20), (3, 60)]
    top = replace(held, rung=4, rung_at=AT + timedelta(seconds=180))
    assert [one.rung for one in deeds(top, CLOCK, AT + timedelta(seconds=240))] == [4], (
        "rings anew each minute"
    )


def test_a_silent_page_and_an_idle_agent_lose_the_alarm() -> None:
    assert [one.why for one in deeds(QUIET, CLOCK, AT + timedelta(seconds=30))] == ["silent"]
    there = replace(QUIET, seen_at=AT + timedelta(seconds=299))
    assert [(one.what, one.why) for one in deeds(there, CLOCK, AT + timedelta(seconds=300))] == [
        (What.LOSE, "idle")
    ]
    assert not deeds(replace(there, state="sent"), CLOCK, AT + timedelta(seconds=300))


def test_where_nothing_is_ever_taken_away_a_silent_agent_keeps_it() -> None:
    fault = replace(CLOCK, silent=None)
    assert not deeds(QUIET, fault, AT + timedelta(hours=5))
