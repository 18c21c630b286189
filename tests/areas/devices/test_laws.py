"""Laws of clocks, fences, order and stock, without a database."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians, sin
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.areas.devices.limits import terms
from songhe.areas.devices.rules import (
    Became,
    Clock,
    Fault,
    Fence,
    Signal,
    State,
    Wearer,
    hear,
    judge,
    side,
)
from songhe.areas.devices.rules.fences import as_json, from_json
from songhe.areas.devices.rules.life import Simulated
from songhe.areas.devices.rules.moving import WAYS, led_to, replay

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DEVICE = UUID(int=7)
HOME = (122.4206, 37.1653)
BOOK = terms()
BRACELET = BOOK.kinds["bracelet"]
METRE = 1 / 111_320
moments = st.integers(0, 48 * 3600).map(lambda seconds: AT + timedelta(seconds=seconds))


def signal(kind: str, at: datetime, *, received: datetime | None = None, key: str = "k", **values: object) -> Signal:  # fmt: skip
    return Signal(DEVICE, key, kind, at, received or at, **values)  # type: ignore[arg-type]


def away(metres: float, turn: float = 0.0) -> tuple[float, float]:
    """A spot so many metres from home."""
    east, north = metres * cos(turn), metres * sin(turn)
    return HOME[0] + east * METRE / cos(radians(HOME[1])), HOME[1] + north * METRE


@given(off=st.integers(-(10**7), 10**7), live=st.booleans(), fault=st.sampled_from(list(Fault)), before=st.none() | st.integers(-(10**6), 10**6))  # fmt: skip
def test_nothing_is_of_the_future_or_older_than_can_be(
    off: int, live: bool, fault: Fault, before: int | None
) -> None:
    clock = Clock(fault, None if before is None else timedelta(seconds=before))
    found = judge(AT + timedelta(seconds=off), AT, live=live, before=clock, limits=BOOK.clock)
    assert AT - BOOK.clock.late <= found.at <= AT
    if found.fault:
        assert found.at == AT, "where the clock lied, the moment of receipt counts"


@given(off=st.integers(-120, 110), late=st.integers(0, 72 * 3600 - 600))
def test_an_honest_clock_is_believed_however_late_the_message_comes(off: int, late: int) -> None:
    beat = judge(AT + timedelta(seconds=off), AT, live=True, before=Clock(), limits=BOOK.clock)
    assert beat.fault is Fault.NONE
    happened = AT + timedelta(hours=1)
    told = judge(
        happened, happened + timedelta(seconds=late), live=False, before=beat.clock, limits=BOOK.clock
    )
    assert (told.at, told.fault) == (happened, Fault.NONE)


@given(st.one_of(st.integers(130, 10**7), st.integers(-(10**7), -620)))
def test_a_clock_that_lies_is_noticed_by_a_heartbeat_and_mistrusted_until_it_fits(off: int) -> None:
    beat = judge(AT + timedelta(seconds=off), AT, live=True, before=Clock(), limits=BOOK.clock)
    assert beat.fault is (Fault.AHEAD if off > 0 else Fault.BEHIND)
    late = judge(AT - timedelta(hours=5), AT, live=False, before=beat.clock, limits=BOOK.clock)
    assert late.at == AT and late.fault == beat.fault
    mended = judge(AT, AT, live=False, before=beat.clock, limits=BOOK.clock)
    assert mended.fault is Fault.NONE and mended.clock.fault is Fault.NONE


def test_a_clock_that_jumps_between_heartbeats_is_noticed() -> None:
    first = judge(AT - timedelta(minutes=8), AT, live=True, before=Clock(), limits=BOOK.clock)
    later = AT + timedelta(minutes=5)
    second = judge(later, later, live=True, before=first.clock, limits=BOOK.clock)
    assert (first.fault, second.fault, second.at) == (Fault.NONE, Fault.JUMPING, later)
    third = judge(later, later, live=True, before=second.clock, limits=BOOK.clock)
    assert third.fault is Fault.NONE


told = st.lists(
    st.tuples(moments, st.integers(0, 100), st.floats(0, 900), st.floats(0, 6.28)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one[0],
)


@settings(max_examples=tries(60))
@given(told, st.randoms(use_true_random=False))
def test_order_of_arrival_changes_nothing_in_the_end_and_never_moves_the_state_back(
    said: list[tuple[datetime, int, float, float]], chance: random.Random
) -> None:
    wearer = Wearer(BRACELET, agreed=True)
    arrival = AT + timedelta(hours=49)
    batch = [
        signal("position", at, received=arrival, key=str(n), battery=battery, longitude=lon, latitude=lat, accuracy=10.0)
        for n, (at, battery, metres, turn) in enumerate(said)
        for lon, lat in [away(metres, turn)]
    ]  # fmt: skip
    shuffled = batch.copy()
    chance.shuffle(shuffled)
    ends = []
    for order in (sorted(batch, key=lambda one: one.sent_at or AT), shuffled):
        state = State()
        for one in order:
            after, _heard = hear(state, wearer, one, BOOK)
            for now, before in (
                (after.located_at, state.located_at), (after.battery_at, state.battery_at), (after.heard_at, state.heard_at)
            ):  # fmt: skip
                assert before is None or (now is not None and now >= before)
            state = after
        ends.append((state.located_at, state.spot, state.battery, state.battery_at))
    assert ends[0] == ends[1]
    assert ends[0][2] == max(said)[1], "the battery is that of the newest message"


circles = st.builds(lambda metres: Fence("f", keep_in=True, centre=HOME, metres=metres), st.floats(50, 2000))


@given(circles, st.floats(0, 4000), st.floats(0, 6.28), st.floats(0, 300), st.floats(-1, 1), st.booleans())
def test_a_fence_says_only_what_is_true_when_the_accuracy_is(
    fence: Fence, metres: float, turn: float, accuracy: float, wrong: float, before: bool
) -> None:
    truth, said = away(metres, turn), away(metres + wrong * accuracy, turn)
    inside = hypot(metres, 0) < fence.metres
    if abs(metres - fence.metres) < 1 + metres / 500:
        return  # on the line itself, within what the flat picture is wrong by
    found = side(fence, said, accuracy, margin=BOOK.margin, before=None)
    assert found in (None, inside), (truth, said)
    assert side(fence, said, accuracy, margin=BOOK.margin, before=before) in (before, inside)


@given(circles, st.lists(st.floats(-1, 1), min_size=2, max_size=40), st.floats(5, 80))
def test_wavering_along_the_edge_rings_once_at_most(
    fence: Fence, steps: list[float], accuracy: float
) -> None:
    wearer = Wearer(BRACELET, agreed=True, fences=(fence,))
    state, rung = State(inside={"f": True}), 0
    for n, step in enumerate(steps):
        lon, lat = away(fence.metres + step * accuracy)
        at = AT + timedelta(minutes=10 * n)
        state, heard = hear(state, wearer, signal("position", at, key=str(n), longitude=lon, latitude=lat, accuracy=accuracy), BOOK)  # fmt: skip
        rung += sum(one.alarms for one in heard)
    assert rung <= 1


@given(st.floats(60, 900), st.floats(0, 6.28))
def test_a_ring_and_a_circle_agree_where_both_are_sure(metres: float, turn: float) -> None:
    circle = Fence("c", keep_in=True, centre=HOME, metres=500)
    ring = Fence("r", keep_in=True, ring=tuple(away(500, radians(10 * n)) for n in range(36)))
    assert from_json("r", True, as_json(ring)) == ring and from_json("c", True, as_json(circle)) == circle
    if abs(metres - 500) > 15:
        spot = away(metres, turn)
        assert (circle.away(spot) < 0) == (ring.away(spot) < 0)
        assert abs(circle.away(spot) - ring.away(spot)) < 8


def test_leaving_rings_coming_back_is_kept_and_keeping_out_is_the_other_way_round() -> None:
    home = Fence("home", keep_in=True, centre=HOME, metres=300)
    river = Fence("river", keep_in=False, centre=away(2000), metres=300)
    wearer, state, rung = Wearer(BRACELET, agreed=True, fences=(home, river)), State(), []
    for n, metres in enumerate((10, 320, 900, 1300, 2000, 10)):
        lon, lat = away(metres)
        at = AT + timedelta(minutes=10 * n)
        state, heard = hear(state, wearer, signal("position", at, key=str(n), longitude=lon, latitude=lat, accuracy=20.0), BOOK)  # fmt: skip
        rung += [(metres, one.signal.extra["way"], one.alarms) for one in heard if one.signal.kind == "geofence"]  # fmt: skip
    assert rung == [(900, "out", True), (2000, "out", True), (10, "back", False), (10, "back", False)]


def test_without_agreement_no_place_goes_in() -> None:
    lon, lat = away(10)
    state, heard = hear(State(), Wearer(BRACELET), signal("sos", AT, longitude=lon, latitude=lat), BOOK)
    assert state.located_at is None and not heard[0].signal.has_place and heard[0].alarms


@pytest.mark.parametrize(
    ("wearer", "kind", "became", "alarms"),
    [
        (Wearer(BRACELET), "sos", Became.ALARM, True),
        (Wearer(BRACELET, bound=False), "sos", Became.UNBOUND, True),
        (Wearer(BRACELET, enabled=False), "sos", Became.DISABLED, False),
        (Wearer(BRACELET, test_until=AT + timedelta(minutes=1)), "sos", Became.TEST, False),
        (Wearer(BRACELET, test_until=AT), "sos", Became.ALARM, True),
        (Wearer(BRACELET), "test", Became.ASKED, False),
        (Wearer(BRACELET, enabled=False), "found", Became.ALARM, True),
        (Wearer(BRACELET, test_until=AT + timedelta(minutes=1)), "found", Became.ALARM, True),
        (Wearer(BRACELET), "purr", Became.STRANGE, False),
        (Wearer(BRACELET), "tamper", Became.KEPT, False),
    ],
)
def test_what_becomes_of_a_signal(wearer: Wearer, kind: str, became: Became, alarms: bool) -> None:
    _state, heard = hear(State(), wearer, signal(kind, AT), BOOK)
    assert [(one.became, one.alarms) for one in heard] == [(became, alarms)]


def test_a_battery_warns_once_until_it_was_charged() -> None:
    state, warned = State(), []
    for n, level in enumerate((50, 20, 18, 25, 15, 60, 19)):
        one = signal("heartbeat", AT + timedelta(hours=n), key=str(n), battery=level)
        state, heard = hear(state, Wearer(BRACELET), one, BOOK)
        warned += [level for each in heard if each.signal.kind == "low_battery"]
    assert warned == [20, 19]


def test_a_made_up_life_is_the_same_again_and_can_be_heard() -> None:
    def day() -> list[Signal]:
        lives = [Simulated(UUID(int=n), kind, HOME, n) for n, kind in enumerate(BOOK.kinds.values())]
        return [
            one
            for minute in range(0, 1440, 5)
            for life in lives
            for one in life.said(timedelta(minutes=5), AT + timedelta(minutes=minute), BOOK)
        ]

    said = day()
    assert said == day() and len(said) > 500
    state, wearer = State(), Wearer(BRACELET, agreed=True)
    for one in said:
        if one.device_id == UUID(int=0):
            state, _heard = hear(state, wearer, one, BOOK)
    assert state.heard_at == max(one.received_at for one in said if one.device_id == UUID(int=0))


@given(st.lists(st.sampled_from(sorted(WAYS)), max_size=30))
def test_stock_is_the_sum_of_its_movements(tried: list[str]) -> None:
    place, bound, moves = "stock", False, [("", "stock")]
    for move in tried:
        target = led_to(move, place, bound=bound)
        if target is None:
            continue
        moves.append((place, target))
        bound = False if WAYS[move].ends else bound or move == "issued"
        place = target
        assert not (place == "stock" and bound), "what is in stock is nobody's"
    assert replay(moves) == {place: 1}


@pytest.mark.parametrize(
    "values",
    [
        {"key": ""}, {"key": "x" * 65}, {"key": "a\0b"}, {"kind": "SOS"}, {"battery": 101}, {"longitude": 1.0}, {"longitude": float("nan"), "latitude": 1.0},
        {"longitude": 181.0, "latitude": 1.0}, {"accuracy": -1.0}, {"sent_at": AT.replace(tzinfo=None)}, {"device_id": None},
    ],
)  # fmt: skip
def test_impossible_signals_cannot_be_made(values: dict[str, object]) -> None:
    good: dict[str, object] = {"device_id": DEVICE, "key": "1", "kind": "sos", "sent_at": None, "received_at": AT}  # fmt: skip
    with pytest.raises(ValueError, match=r"\w"):
        Signal(**good | values)  # type: ignore[arg-type]
