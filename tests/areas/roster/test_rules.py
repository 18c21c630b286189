"""What a problem is made of; laws with Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from songhe.areas.roster.rules import (
    DAY,
    Ask,
    Builder,
    Duty,
    Free,
    Hand,
    Told,
    build_ground,
    duty_shifts,
    unevenness,
    window_on,
)
from songhe.core.codes import Point
from songhe.core.roster import Plan, Stay, Stop, check, promised, solve
from songhe.core.sources import DataError

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 12, 7)
DATA = yaml.safe_load((settings.DATA / "nation/roster.yaml").read_text(encoding="utf-8"))
GROUND = build_ground(DATA, overtime=30)
HERE, THERE = Point(122.42, 37.16), Point(122.47, 37.18)


def on(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """A local moment of the span."""
    return datetime(2026, 12, 7, hour, minute, tzinfo=ZONE) + timedelta(days=day)


def ask(key: str = "o1", **values: object) -> Ask:
    """An order of an hour between nine and twelve."""
    given_ = {
        "key": key,
        "number": key,
        "item": "0103",
        "minutes": 60,
        "since": on(9),
        "until": on(12),
        "place": HERE,
    }
    return Ask(**(given_ | values))  # type: ignore[arg-type]


def hand(key: str = "w1", **values: object) -> Hand:
    """A worker from eight to six."""
    given_ = {
        "key": key,
        "organisation": "a",
        "base": HERE,
        "duties": (Duty(day=0, start=480, end=1080),),
        "items": frozenset({"0103"}),
        "mode": "ebike",
    }
    return Hand(**(given_ | values))  # type: ignore[arg-type]


def built(hands: list[Hand], asks: list[Ask], *, at: datetime | None = None, days: int = 1):  # type: ignore[no-untyped-def]
    """A problem, planned the day before unless said otherwise."""
    return Builder(GROUND, FIRST, days, at or on(8, day=-1), hands, asks).build()


def solved(made):  # type: ignore[no-untyped-def]
    """Its plan."""
    problem = promised(made.problem, made.told, GROUND.slack, GROUND.early)
    found = solve(problem, stop=Stop(moves=2000), params=GROUND.params, start=made.told)
    assert check(problem, found.plan) == ()
    return found


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Hand], list[Ask], datetime, int]:
    """Any rows that the tables can hold."""
    days = draw(st.sampled_from([1, 7]))
    keys = ["w1", "w2", "w3"]
    hands = []
    for key in keys:
        duties = tuple(
            Duty(
                day=day,
                start=start,
                end=min(start + draw(st.integers(1, 900)), DAY),
                rest=draw(st.sampled_from([None, 0, 30])),
            )
            for day in range(days)
            if draw(st.booleans())
            for start in [draw(st.integers(0, DAY - 1))]
        )
        hands.append(
            hand(
                key,
                duties=duties,
                base=draw(st.sampled_from([HERE, THERE])),
                items=draw(st.sampled_from([frozenset({"0103"}), frozenset()])),
                left=draw(st.sampled_from([None, 0, 600])),
                most=draw(st.sampled_from([None, 0, 700])),
                here=draw(st.sampled_from([None, THERE])),
                ill=draw(st.booleans()),
                organisation=draw(st.sampled_from(["a", "b"])),
            )
        )
    asks, there = [], set()
    for number in range(draw(st.integers(0, 7))):
        since = on(0, day=-1) + timedelta(minutes=draw(st.integers(0, (days + 1) * DAY)))
        minutes = draw(st.integers(1, 300))
        until = since + timedelta(minutes=minutes + draw(st.sampled_from([0, 1, 60, 600, 3000])))
        told = None
        if draw(st.booleans()):
            worker = draw(st.sampled_from([*keys, "gone"]))
            begun = draw(st.booleans()) and worker not in there
            there |= {worker} if begun else set()
            told = Told(
                worker=worker,
                start=since + timedelta(minutes=draw(st.integers(0, 90))),
                minutes=minutes,
                begun=begun,
            )
        asks.append(
            ask(
                f"o{number}",
                since=since,
                until=until,
                minutes=minutes,
                told=told,
                wish=draw(
                    st.sampled_from(
                        [
                            None,
                            *(
                                (since + timedelta(minutes=n), since + timedelta(minutes=n + 15))
                                for n in (0, 20, 90)
                            ),
                        ]
                    )
                ),
                pair=draw(st.sampled_from(["", "", "p"])),
                gap=draw(st.sampled_from([(0, 0), (0, 30), (15, 15)])),
                organisation=draw(st.sampled_from(["", "a"])),
                preferred=draw(st.sampled_from([frozenset(), frozenset({"w1"})])),
                unwanted=draw(st.sampled_from([frozenset(), frozenset({"w2"})])),
                gender=draw(st.sampled_from(["", "f"])),
            )
        )
    at = on(0, day=-1) + timedelta(minutes=draw(st.integers(0, (days + 1) * DAY)))
    starts = [a.told.start for a in asks if a.told and a.told.begun]
    return hands, asks, max([at, *starts]), days


@given(problems())
def test_any_rows_make_a_problem_in_which_each_order_is_or_is_said_to_be_left_out(
    rows: tuple[list[Hand], list[Ask], datetime, int],
) -> None:
    hands, asks, at, days = rows
    made = Builder(GROUND, FIRST, days, at, hands, asks).build()
    keys = {one.key for one in asks}
    assert set(made.halves.of_order) | set(made.left_out) == keys
    assert not set(made.halves.of_order) & set(made.left_out)
    tasks = {(visit.code, part) for visit in made.problem.visits for part in range(len(visit.tasks))}
    assert set(made.halves.of_order.values()) == tasks
    windows = {one.key: one for one in asks}
    for key, (code, _part) in made.halves.of_order.items():
        visit = next(one for one in made.problem.visits if one.code == code)
        if windows[key].told and windows[key].told.begun:  # type: ignore[union-attr]
            continue
        for day in visit.days:
            begins = on(0, day=day) + timedelta(minutes=visit.earliest)
            ends = on(0, day=day) + timedelta(minutes=visit.last + windows[key].minutes)
            assert windows[key].since <= begins
            assert ends <= windows[key].until + timedelta(minutes=1)


def test_every_hard_rule_of_an_order_reaches_the_problem() -> None:
    asked = ask(
        gender="f",
        language="胶东话",
        unwanted=frozenset({"w9"}),
        preferred=frozenset({"w2"}),
        organisation="a",
    )
    hands = [
        hand("man", gender="m", languages=frozenset({"胶东话"})),
        hand("other", gender="f", languages=frozenset({"胶东话"}), organisation="b"),
        hand("w9", gender="f", languages=frozenset({"胶东话"})),
        hand("mute", gender="f"),
        hand("unskilled", gender="f", languages=frozenset({"胶东话"}), items=frozenset()),
        hand("right", gender="f", languages=frozenset({"胶东话"})),
    ]
    (stay,) = solved(built(hands, [asked])).plan.stays
    assert stay.worker == "right"


def test_halves_are_done_by_two_and_a_begun_half_stands_alone() -> None:
    asks = [ask("o1", pair="p"), ask("o2", pair="p", gap=(0, 15))]
    made = built([hand("w1"), hand("w2")], asks)
    assert made.halves.of_order == {"o1": ("o1", 0), "o2": ("o1", 1)}
    stays = solved(made).plan.stays
    assert {stay.worker for stay in stays} == {"w1", "w2"}
    begun = replace(asks[0], told=Told(worker="w1", start=on(9), minutes=60, begun=True))
    alone = built([hand("w1"), hand("w2")], [begun, asks[1]], at=on(9, 10))
    assert alone.halves.of_order == {"o1": ("o1", 0), "o2": ("o2", 0)}


def test_what_has_begun_stays_with_who_has_begun_it_even_without_a_shift_or_ill() -> None:
    begun = ask(told=Told(worker="w1", start=on(9), minutes=60, begun=True))
    ill = hand("w1", duties=(), ill=True)
    made = built([ill, hand("w2")], [begun, ask("o2")], at=on(9, 30))
    plan = solved(made).plan
    assert plan.by_task["o1", 0].worker == "w1"
    assert plan.by_task["o2", 0].worker == "w2"


def test_who_is_ill_keeps_what_is_promised_for_the_days_after() -> None:
    """A week: today goes to another, the day on which the worker is back stays as it was promised."""
    ill = hand("w1", duties=(Duty(day=3, start=480, end=1080),), ill=True)
    other = hand("w2", duties=tuple(Duty(day=day, start=480, end=1080) for day in range(7)))
    asks = [
        ask("o1", told=Told(worker="w1", start=on(10), minutes=60)),
        ask(
            "o2",
            since=on(9, day=3),
            until=on(12, day=3),
            told=Told(worker="w1", start=on(10, day=3), minutes=60),
        ),
        ask("o3", since=on(0), until=on(0, day=7), unwanted=frozenset({"w2"})),
    ]
    stays = solved(built([ill, other], asks, at=on(8), days=7)).plan.by_task
    assert {code: stay.worker for (code, _part), stay in stays.items()} == {
        "o1": "w2",
        "o2": "w1",
        "o3": "w1",
    }
    there = ask("o0", told=Told(worker="w1", start=on(7, 30), minutes=60, begun=True))
    stays = solved(built([ill, other], [there, *asks], at=on(8), days=7)).plan.by_task
    assert (stays["o1", 0].worker, ("o3", 0) in stays) == ("w2", False), "not today, when he or she is ill"


def test_who_does_not_work_or_is_gone_is_not_planned_and_nothing_falls_over() -> None:
    told = ask(told=Told(worker="gone", start=on(9), minutes=60))
    made = built([hand("w1", duties=())], [told])
    assert made.problem.workers == ()
    assert solved(made).unassigned == ("o1",)
    assert solved(built([], [])).unassigned == ()


def test_a_window_of_no_length_is_that_minute_and_one_over_midnight_is_the_day_it_covers_most() -> None:
    exact = ask(until=on(10))
    (stay,) = solved(built([hand()], [exact])).plan.stays
    assert stay.start == 540
    assert window_on(ask(since=on(22, day=-1), until=on(10)), FIRST, 1) == (frozenset({0}), 0, 540)
    days = window_on(ask(since=on(0), until=on(0, day=3)), FIRST, 7)
    assert days == (frozenset({0, 1, 2}), 0, DAY - 60)
    assert window_on(ask(since=on(9, day=-2), until=on(10, day=-2)), FIRST, 1) is None


def test_the_hour_beside_a_wish_is_late_and_what_was_told_in_it_stays() -> None:
    """Wished between nine and half past, allowed from eight until half past ten."""
    wish = {"since": on(8), "until": on(11, 30), "wish": (on(9), on(9, 30))}
    found = solved(built([hand()], [ask("o1", **wish), ask("o2", **wish)]))
    assert [stay.start for stay in found.plan.stays] == [540, 600]
    assert (found.terms.late, found.terms.worst) == (30, 30)
    both = solved(built([hand("w1"), hand("w2")], [ask("o1", **wish), ask("o2", **wish)]))
    assert ([stay.start for stay in both.plan.stays], both.terms.late) == ([540, 540], 0)
    three = solved(built([hand()], [ask(f"o{n}", **wish) for n in range(3)]))
    assert len(three.unassigned) == 1, "more than an hour later is too late"
    for start in (on(8, 12), on(10, 17)):
        told = ask(told=Told(worker="w1", start=start, minutes=60), **wish)
        again = solved(built([hand()], [told]))
        assert [stay.start for stay in again.plan.stays] == [start.hour * 60 + start.minute]
        assert again.terms.late == 0
    night = solved(built([hand()], [ask(**(wish | {"wish": (on(9, day=1), on(10, day=1))}))]))
    assert [stay.start for stay in night.plan.stays] == [480], "a wish for another day says nothing"


def test_persons_are_told_full_five_minutes_and_what_they_were_told_before_stays() -> None:
    late = on(16)
    asks = [
        ask("o1", since=on(9, 2), until=late),
        ask("o2", place=THERE, until=late),
        ask("o3", place=Point(122.451, 37.163), until=late),
    ]
    starts = {stay.visit: stay.start for stay in solved(built([hand()], asks)).plan.stays}
    assert len(starts) == 3
    assert all(start % 5 == 0 for start in starts.values())
    told = ask(told=Told(worker="w1", start=on(9, 34), minutes=60))
    assert [stay.start for stay in solved(built([hand()], [told])).plan.stays] == [9 * 60 + 34]


def test_how_evenly_work_is_spread_counts_service_and_ways_of_everybody_on_duty() -> None:
    hands = [hand("w1"), hand("w2"), hand("w3", duties=()), hand("w4")]
    made = built(hands, [ask("o1"), ask("o2"), ask("o3")])
    both = Plan((Stay("w1", 0, 540, "o1"), Stay("w1", 0, 600, "o2"), Stay("w2", 0, 540, "o3")))
    assert unevenness(made.problem, both) == 40, "120, 60 and 0 minutes, 60 on average"
    each = Plan(tuple(Stay(f"w{n}", 0, 540, f"o{m}") for n, m in ((1, 1), (2, 2), (4, 3))))
    assert unevenness(made.problem, each) == 0
    far = built(hands, [ask("o1", place=THERE)])
    alone = Plan((Stay("w1", 0, 600, "o1"),))
    assert unevenness(far.problem, alone) > unevenness(built(hands, [ask("o1")]).problem, alone)
    assert unevenness(built([], []).problem, Plan()) == 0


def test_a_week_that_is_full_takes_no_more_and_keeps_what_is_promised() -> None:
    week = hand(left=60, most=150)
    asks = [ask(f"o{n}", until=on(16)) for n in range(3)]
    found = solved(built([week], asks))
    assert (len(found.plan.stays), found.terms.overtime) == (2, 60)
    told = [replace(one, told=Told(worker="w1", start=on(9 + n), minutes=60)) for n, one in enumerate(asks)]
    assert len(solved(built([week], told)).plan.stays) == 3
    begun = replace(told[0], told=Told(worker="w1", start=on(9), minutes=60, begun=True))
    full = built([hand(left=0, most=0), hand("w2")], [begun, *asks[1:]], at=on(9, 30))
    assert {stay.visit: stay.worker for stay in solved(full).plan.stays} == {
        "o0": "w1",
        "o1": "w2",
        "o2": "w2",
    }


@given(
    st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 6),
)
def test_days_are_chosen_among_those_that_are_free_and_lie_apart(
    days: list[set[int]], gap: int, own: int
) -> None:
    asks = [
        ask(
            f"o{n}",
            since=on(8, day=own),
            until=on(13, day=own),
            wish=(on(9, day=own), on(11, day=own)),
            free=Free(frozenset(some), "line", gap),
        )
        for n, some in enumerate(days)
    ]
    made = built([hand(duties=tuple(Duty(day=day, start=480, end=1080) for day in range(7)))], asks, days=7)
    found = solved(made).plan.by_task
    chosen = {int(code[1:]): stay.shift for (code, _part), stay in found.items()}
    assert all(day in days[n] for n, day in chosen.items())
    assert all(b - a >= gap for a, b in pairwise(sorted(chosen.values())))
    assert all(9 * 60 <= stay.start <= 12 * 60 for stay in found.values())
    assert chosen


def test_breaks_lie_within_long_shifts_only() -> None:
    long, short = duty_shifts([Duty(day=0, start=480, end=1080), Duty(day=1, start=480, end=700)], GROUND)
    assert long.rest is not None
    assert short.rest is None
    (none,) = duty_shifts([Duty(day=0, start=480, end=1080, rest=0)], GROUND)
    assert none.rest is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"feed_name": "everything"}, "feed_name"),
        ({"weights": {"unserved": [1], "luck": 3}}, "luck"),
        ({"detour": None}, "detour"),
        ({"overtime": 20}, "visits.yaml"),
        ({"speeds": {}}, "speed"),
        ({"breaks": {}}, "shift"),
    ],
)
def test_wrong_assumptions_name_themselves(change: dict[str, object], said: str) -> None:
    with pytest.raises(DataError, match=said):
        build_ground(DATA | change, overtime=30)
