"""What a scheduler meets that no bench holds: days half over, more work than hands, strange roads, wrong numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rosters import ONE, searched, some, square
from tests.core.test_roster import ANN, BEN, LINE, visit

from songhe.core.roster import (
    NEVER,
    Break,
    Desk,
    Matrix,
    Params,
    Pin,
    Plan,
    Problem,
    Rest,
    Search,
    Shift,
    Stay,
    Stop,
    Task,
    Visit,
    Weights,
    Worker,
    check,
    judge,
    overrun,
    progressed,
    replan,
    solve,
    why,
    why_not,
)
from songhe.core.roster.kernel.machine import plain
from songhe.core.sources import DataError

THREE = Problem((ANN,), (visit("a", 1), visit("b", 2), visit("c", 3)), LINE)
DAY = Plan((Stay("ann", 0, 10, "a"), Stay("ann", 0, 40, "b"), Stay("ann", 0, 70, "c")))
STILL = Matrix(np.zeros((1, 1), int))


def again(problem: Problem, plan: Plan) -> Plan:
    found = replan(problem, plan, stop=Stop(moves=300), params=ONE, made=plain()).result.plan
    assert check(problem, found) == ()
    return found


def cost(problem: Problem, plan: Plan, weights: Weights = ONE.weights) -> int:
    return judge(problem, plan, weights).cost(weights, problem.per_minute)


@given(st.integers(0, 14).map(lambda n: 10 * n))
def test_a_day_goes_on_as_planned_at_any_minute(now: int) -> None:
    assert again(progressed(THREE, DAY, today=0, now=now), DAY) == DAY


def test_what_is_overrun_delays_the_next_and_is_no_more_work() -> None:
    slow = progressed(overrun(THREE, "b", 60), DAY, today=0, now=65)
    assert again(slow, DAY).by_task["c", 0].start == 110
    for limit in ({"most": 40}, {"contract": 40}):
        short = replace(THREE, workers=(replace(ANN, **limit),), visits=THREE.visits[:1])
        late = progressed(short, Plan(DAY.stays[:1]), today=0, now=200)
        plan, believed, *_ = searched(late, 60)
        assert plan.stays == DAY.stays[:1] and believed == cost(late, plan) == 20


def test_who_is_still_busy_after_the_shift_is_believed() -> None:
    short = replace(THREE, workers=(replace(ANN, shifts=(Shift(0, 0, 60),)),), visits=THREE.visits[:2])
    late = progressed(overrun(short, "b", 60), Plan(DAY.stays[:2]), today=0, now=90)
    more = replace(late, visits=(*late.visits, visit("d", 2, latest=500)))
    assert again(more, Plan(DAY.stays[:2])).stays == DAY.stays[:2], (
        "nothing more is given to who should be at home"
    )


NOON = replace(ANN, shifts=(Shift(0, 0, 400, 0, Break(100, 150, 30)),))


def test_a_break_is_planned_while_it_can_be_had() -> None:
    problem = Problem((NOON,), (visit("a", 1), visit("b", 2, earliest=250, latest=300)), LINE)
    plan = Plan((Stay("ann", 0, 10, "a"), Stay("ann", 0, 250, "b")), (Rest("ann", 0, 100),))
    assert check(problem, plan) == ()
    for now in (10, 50, 120, 160, 240):
        assert again(progressed(problem, plan, today=0, now=now), plan) == plan, "had, or still to come"
    never = progressed(problem, Plan(plan.stays), today=0, now=160)
    assert again(never, Plan(plan.stays)).rests == (), "its time is over"
    busy = progressed(overrun(problem, "a", 180), Plan(plan.stays), today=0, now=120)
    assert again(busy, Plan(plan.stays)).rests == (), "what has begun lasts beyond it"
    assert [fault.rule for fault in check(problem, Plan(plan.stays))] == ["break"]
    late = replace(problem, now=200)
    assert Desk(late, Plan(), made=plain()).give("b") == 40


def test_breaks_of_a_shift_without_visits_are_checked() -> None:
    problem = Problem((NOON, BEN), (), LINE)
    assert [fault.rule for fault in check(problem, Plan((), (Rest("ann", 0, 999),)))] == ["break"]
    assert [fault.rule for fault in check(problem, Plan((), (Rest("ben", 0, 100),)))] == ["break"]


@pytest.mark.parametrize(("visits", "left", "best"), [(3, 0, 1470), (6, 3, 4470), (12, 9, 10470)])
def test_what_costs_more_than_it_is_worth_is_left_undone(visits: int, left: int, best: int) -> None:
    asked = tuple(Visit(f"v{n}", 0, (Task(300),), 0, 10, grace=None, priority=2) for n in range(visits))
    problem = Problem((Worker("w", 0, (Shift(0, 0, NEVER),)),), asked, STILL)
    found = solve(problem, stop=Stop(moves=20_000), params=ONE)
    assert (found.cost, len(found.unassigned)) == (best, left)
    for moves in (0, 2_000):
        assert solve(problem, stop=Stop(moves=moves), params=ONE, start=found.plan).cost == best, (
            "never worse than its start"
        )


def test_a_fixed_start_after_its_window_is_late_and_may_be_left() -> None:
    problem = Problem(
        (ANN,), (visit("a", 1, latest=20, grace=None, priority=2),), LINE, pins=(Pin("a", start=260),)
    )
    assert searched(problem, 300)[1] == cost(problem, Plan((Stay("ann", 0, 260, "a"),))) == 20 + 2 * 240
    dear = replace(problem, workers=(replace(ANN, shifts=(Shift(0, 0, 900),)),), pins=(Pin("a", start=700),))
    plan, believed, *_ = searched(dear, 300)
    assert plan.stays == () and believed == cost(dear, plan) == 1000


def crowd(seed: int) -> Problem:
    chance = random.Random(seed)
    asked = []
    for n in range(60):
        begin = chance.randrange(480, 960)
        minutes, priority = chance.choice([15, 20, 30]), chance.randrange(3)
        asked.append(Visit(f"v{n}", n, (Task(minutes),), begin, begin + 120, grace=30, priority=priority))
    hands = tuple(Worker(f"w{n}", 60 + n, (Shift(0, 480, 1080, 30),)) for n in range(2))
    return Problem(hands, tuple(asked), square(chance, 62))


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_dearest_are_done_where_there_is_more_work_than_hands(seed: int) -> None:
    problem = crowd(seed)
    alone = replace(problem, visits=tuple(one for one in problem.visits if one.priority == 0))
    assert solve(alone, stop=Stop(moves=60_000), params=ONE).unassigned == ()
    found = solve(problem, stop=Stop(moves=400_000), params=ONE)
    assert found.terms.unserved[0] == 0 and found.terms.unserved[2] > 0
    assert solve(problem, stop=Stop(moves=400_000), params=ONE).plan == found.plan
    more = solve(problem, stop=Stop(moves=20_000), params=ONE, start=found.plan)
    assert more.cost <= found.cost


def test_a_way_between_one_place_and_itself_counts_where_it_is_gone() -> None:
    round_trips = Matrix(LINE.minutes("") + 5)
    problem = Problem((ANN, BEN), (visit("a", 1), visit("b", 4)), round_trips)
    plan, believed, *_ = searched(problem, 300)
    assert believed == cost(problem, plan) == 60
    assert Desk(problem, Plan(), made=plain()).give("a") == 30


def test_a_leg_that_never_ends_is_no_way() -> None:
    minutes = LINE.minutes("").copy()
    minutes[0, 1:] = minutes[1:, 0] = NEVER
    problem = Problem((ANN, BEN), (visit("a", 1),), Matrix(minutes))
    plan, *_ = searched(problem, 200)
    assert [stay.worker for stay in plan.stays] == ["ben"]
    assert "leg" in {fault.rule for fault in check(problem, Plan((Stay("ann", 0, 30, "a"),)))}


def test_an_order_fits_before_four_hundred_others() -> None:
    asked = tuple(Visit(f"v{n}", 0, (Task(2),), 1, 2_000) for n in range(400))
    problem = Problem((Worker("w", 0, (Shift(0, 0, 3_000),)),), asked, STILL)
    plan = Plan(tuple(Stay("w", 0, 1 + 2 * n, f"v{n}") for n in range(400)))
    put = Desk(problem, plan).insert(Visit("now", 0, (Task(5),), 0, 1))
    assert put.plan.by_task["now", 0].start <= 1


def test_why_of_a_visit_that_others_need() -> None:
    worker = replace(ANN, end=4, longest=20)
    problem = Problem((worker,), (visit("a", 2), visit("b", 4, earliest=60, latest=100)), LINE)
    plan = Plan((Stay("ann", 0, 20, "a"), Stay("ann", 0, 60, "b")))
    assert check(problem, plan) == ()
    told = why(Desk(problem, plan, made=plain()), "a")
    assert [offer.worker for offer in told.offers] == ["ann"] and told.needed_by == ("b",)
    assert why(Desk(problem, plan, made=plain()), "b").needed_by == ()


def test_too_much_work_is_not_called_too_long_a_way() -> None:
    problem = Problem((replace(ANN, most=30),), (visit("a", 1, latest=5),), LINE)
    reasons = why_not(Desk(problem, Plan(), made=plain()), "a").reasons
    assert [(one.rule, one.cost) for one in reasons] == [("most", None)]


def test_a_lifted_rule_is_priced_with_the_wishes_it_passes_over() -> None:
    asked = visit(
        "a", 1, tasks=(Task(20, frozenset({"x"})),), preferred=frozenset({"eve"}), known=frozenset({"eve"})
    )
    problem = Problem((ANN,), (asked,), LINE)
    reason = why_not(Desk(problem, Plan(), made=plain()), "a").reasons[0]
    able = replace(problem, workers=(replace(ANN, skills=frozenset({"x"})),))
    assert reason.cost == cost(able, Plan((Stay("ann", 0, 10, "a"),))) == 40
    elsewhere = replace(problem, workers=(ANN, BEN), pins=(Pin("a", worker="ben"),))
    reasons = why_not(Desk(elsewhere, Plan(), made=plain()), "a").reasons
    assert {one.worker: one.cost for one in reasons}["ann"] is None, "it is fixed to somebody else as well"


class Given:
    """Somebody else's travel."""

    def __init__(self, minutes: Any) -> None:
        self.given = minutes

    def places(self) -> int:
        return 6

    def minutes(self, mode: str) -> Any:
        return self.given


NIGHTS = replace(ANN, shifts=(Shift(0, 1200, 1800), Shift(1, 0, 600)))
WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "fraction": (lambda: Problem((ANN,), (visit("a", 1, earliest=5.5),), LINE), "a: 5.5 is not a whole number"),
    "words": (lambda: Problem((ANN,), (visit("a", 1, latest="x"),), LINE), "a: 'x' is not a whole number"),
    "huge": (lambda: Problem((ANN,), (visit("a", 1, grace=2**40),), LINE), "is not a whole number of at most"),
    "shift": (lambda: Problem((replace(ANN, shifts=(Shift(0, 0.5, 300),)),), (), LINE), "ann: 0.5"),  # type: ignore[arg-type]
    "now": (lambda: Problem((ANN,), (), LINE, now=-1), "now: at least 0"),
    "today": (lambda: Problem((ANN,), (), LINE, today=-1), "today: at least 0"),
    "night": (lambda: Problem((NIGHTS,), (), LINE, days=2), "the shift of day 0 lasts into the one of day 1"),
    "day": (
        lambda: Problem((replace(ANN, shifts=(Shift(0, 0, 300), Shift(1, 0, 300))),), (visit("a", 1),), LINE, days=2,
                        pins=(Pin("a", day=1),)),
        "day 1 is not among the days of the visit",
    ),
    "holes": (lambda: Problem((ANN,), (), Given(np.full((6, 6), np.nan))), "whole minutes"),
    "list": (lambda: Problem((ANN,), (), Given([[0] * 6] * 6)), "must be an array of 6 by 6"),
    "negative": (lambda: Problem((ANN,), (), Given(np.full((6, 6), -1))), "negative minutes"),
    "ragged": (lambda: Matrix([[0, 1], [1]]), "a number for each pair"),
    "letters": (lambda: Matrix([["a"]]), "a number for each pair"),  # type: ignore[list-item]
    "beyond": (lambda: Matrix([[0, 3 * 10**9], [1, 0]]), "beyond all minutes"),
    "near": (lambda: Search(near=-1), "near not negative"),
    "heat": (lambda: Search(hot=0.0, cold=0.0), "cold above 0"),
    "weights": (lambda: Weights(travel=1.5), "whole numbers"),  # type: ignore[arg-type]
    "wishes": (
        lambda: solve(Problem((ANN,), (visit("a", 1),), LINE, per_minute=1000), stop=Stop(moves=1), made=plain(),
                      params=Params(weights=Weights(continuity=10**6, preference=10**6, changed=10**6))),
        "3,000,000,000 for a task",
    ),
    "unknown": (lambda: Desk(THREE, Plan((Stay("ann", 0, 10, "zz"),)), made=plain()), "does not know: zz"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_planned_is_said(wrong: str) -> None:
    made, said = WRONG[wrong]
    with pytest.raises(DataError, match=said):
        made()


@given(st.integers(0, 300))
def test_a_plan_costs_what_the_search_believes_and_never_more_than_its_start(seed: int) -> None:
    problem = some(seed, visits=9, workers=2)
    loose = Weights(unserved=(60, 20, 5))
    for weights in (Weights(), loose):
        plan, believed, *_ = searched(problem, 150, weights=weights)
        assert check(problem, plan) == () and believed == cost(problem, plan, weights)
        params = Params(weights, ONE.search)
        again = solve(problem, stop=Stop(moves=40), params=params, start=plan, made=plain())
        assert again.cost <= believed and check(problem, again.plan) == ()
