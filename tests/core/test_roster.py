"""Plans: no hard rule is ever broken, the search believes what an independent count says, and small ones are the best."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rosters import ONE, searched, some

from songhe.core.roster import (
    NEVER,
    Break,
    Gap,
    Grid,
    Matrix,
    Params,
    Pin,
    Plan,
    Problem,
    Rest,
    Shift,
    Stay,
    Stop,
    Task,
    Visit,
    Weights,
    Worker,
    check,
    judge,
    solve,
)
from songhe.core.roster.kernel.layout import FORMS
from songhe.core.roster.kernel.machine import loops, plain
from songhe.core.sources import DataError

LINE = Matrix([[abs(a - b) for b in range(0, 60, 10)] for a in range(0, 60, 10)])
"""Six places, ten minutes from one to the next."""
ANN = Worker("ann", 0, (Shift(0, 0, 300),))
BEN = Worker("ben", 5, (Shift(0, 0, 300),))


def visit(code: str, place: int, **more: Any) -> Visit:
    given: dict[str, Any] = {"tasks": (Task(20),), "earliest": 0, "latest": 200}
    return Visit(code, place, **given | more)


def planned(problem: Problem, moves: int = 1500, **more: Any) -> Plan:
    return solve(problem, stop=Stop(moves=moves), params=more.pop("params", ONE), made=plain(), **more).plan


def rules(problem: Problem, plan: Plan) -> set[str]:
    return {fault.rule for fault in check(problem, plan)}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 1, 4]), st.integers(0, 2), st.sampled_from([1, 5]))
def test_the_search_keeps_every_rule_and_knows_what_its_plan_costs(
    seed: int, days: int, fair: int, step: int
) -> None:
    problem, weights = some(seed, days=days, visits=8, step=step), Weights(fairness=fair)
    plan, cost, _chain, _here = searched(problem, 250, weights=weights)
    assert check(problem, plan) == ()
    assert judge(problem, plan, weights).cost(weights) == cost


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_a_plan_is_a_start_for_itself(seed: int) -> None:
    problem = some(seed)
    plan, cost, _chain, _here = searched(problem, 200)
    again, kept, _chain, _here = searched(problem, 0, start=plan)
    assert kept <= cost
    assert {stay.visit for stay in plan.stays} <= {stay.visit for stay in again.stays}


def best_of_all(problem: Problem) -> int:
    """The least cost of any plan, by trying every order for every worker (visits of one task, starts as early as can be)."""
    weights, found = Weights(), []
    minutes, codes = problem.travel.minutes(""), [one.code for one in problem.visits]
    for given_to in product(range(-1, len(problem.workers)), repeat=len(codes)):
        tours = [
            [code for code, to in zip(codes, given_to, strict=True) if to == w]
            for w in range(len(problem.workers))
        ]
        for orders in product(*(permutations(tour) for tour in tours)):
            stays = []
            for worker, order in zip(problem.workers, orders, strict=True):
                place, free = worker.start, worker.shifts[0].start
                for code in order:
                    one = problem.visits[codes.index(code)]
                    start = max(free + int(minutes[place, one.place]), one.earliest)
                    stays.append(Stay(worker.code, 0, start, code))
                    place, free = one.place, start + one.tasks[0].minutes
            plan = Plan(tuple(stays))
            if not check(problem, plan):
                found.append(judge(problem, plan, weights).cost(weights))
    return min(found)


@pytest.mark.parametrize("seed", range(3))
def test_small_plans_are_the_best_there_are(seed: int) -> None:
    made = some(seed, visits=4, workers=2)
    workers = tuple(replace(one, shifts=(Shift(0, 0, 300, 60),)) for one in made.workers)
    visits = tuple(replace(one, tasks=one.tasks[:1]) for one in made.visits)
    problem = replace(made, workers=workers, visits=visits)
    _plan, cost, _chain, _here = searched(problem, 4000)
    assert cost == best_of_all(problem)


@pytest.mark.long
@pytest.mark.parametrize(("days", "step"), [(1, 1), (4, 1), (1, 5)])
def test_machine_code_makes_the_same_plan(days: int, step: int) -> None:
    """Every array that the search has changed is the same, to the last bit."""
    problem = some(3, visits=9, days=days, step=step)
    made = loops()
    assert not made.plain
    one, other = (searched(problem, 1500, loops=each)[2].board for each in (plain(), made))
    for name in FORMS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_persons_are_told_full_steps_unless_their_window_begins_otherwise() -> None:
    asked = (
        visit("a", 1, earliest=7),
        visit("b", 2),
        visit("c", 2, tasks=(Task(20), Task(20)), gap=Gap(2, 3)),
    )
    problem = Problem((ANN, BEN), asked, LINE, step=5)
    plan = planned(problem)
    assert check(problem, plan) == ()
    starts = {key: stay.start for key, stay in plan.by_task.items()}
    assert len(starts) == 4
    assert all(start % 5 == 0 or key == ("a", 0) or key[1] for key, start in starts.items())
    early = Plan(tuple(replace(stay, start=stay.start + 1) for stay in plan.stays if stay.visit == "b"))
    assert rules(problem, early) == {"step"}


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = some(4)
    assert planned(problem, 400, seed=5) == planned(problem, 400, seed=5)


def test_halves_may_wait_for_each_other_across() -> None:
    """One worker sees p then q, the other q then p: no order of persons says this."""
    pair = {"tasks": (Task(10), Task(10)), "gap": Gap(0, 60)}
    problem = Problem(
        (ANN, replace(BEN, start=0)),
        (visit("p", 1, **pair, latest=10), visit("q", 2, **pair, latest=20)),
        LINE,
    )
    crossed = Plan(
        (
            Stay("ann", 0, 10, "p", 0),
            Stay("ann", 0, 30, "q", 1),
            Stay("ben", 0, 20, "q", 0),
            Stay("ben", 0, 40, "p", 1),
        )
    )
    assert (
        check(replace(problem, visits=tuple(replace(one, grace=60) for one in problem.visits)), crossed) == ()
    )
    assert (
        len(planned(replace(problem, visits=tuple(replace(one, grace=60) for one in problem.visits))).stays)
        == 4
    )


def test_the_pause_lies_between_two_tasks() -> None:
    ann = replace(ANN, shifts=(Shift(0, 0, 300, rest=Break(60, 120, 30)),))
    problem = Problem((ann,), (visit("a", 1), visit("b", 1, earliest=100), visit("c", 1, earliest=150)), LINE)
    plan = planned(problem)
    assert len(plan.rests) == 1
    assert check(problem, plan) == ()
    assert rules(problem, replace(plan, rests=())) == {"break"}
    inside = Rest("ann", 0, 115)
    busy = Plan((Stay("ann", 0, 100, "b"), Stay("ann", 0, 150, "c")), (inside,))
    assert rules(problem, busy) == {"break"}


def test_three_a_week_and_never_on_consecutive_days() -> None:
    ann = replace(ANN, shifts=tuple(Shift(day, 0, 300) for day in range(7)))
    week = tuple(visit(f"v{n}", 1, days=frozenset(range(7)), series="s", apart=2) for n in range(3))
    problem = Problem((ann,), week, LINE, days=7)
    days = sorted(ann.shifts[stay.shift].day for stay in planned(problem).stays)
    assert len(days) == 3
    assert min(days[1] - days[0], days[2] - days[1]) >= 2


def test_pins_hold() -> None:
    problem = Problem(
        (ANN, BEN),
        (visit("a", 1), visit("b", 4), visit("c", 2)),
        LINE,
        pins=(
            Pin("a", worker="ben"),
            Pin("b", start=97),
            Pin("c", worker="ben", day=0, start=40, begun=True),
        ),
        now=50,
    )
    plan = planned(problem)
    assert plan.by_task["a", 0].worker == "ben"
    assert plan.by_task["b", 0].start == 97
    assert plan.by_task["c", 0] == Stay("ben", 0, 40, "c")
    assert all(stay.start >= 50 for stay in plan.stays if stay.visit != "c")


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "skill": ({"tasks": (Task(20, frozenset({"wound"})),)}, {}),
    "grade": ({"tasks": (Task(20, grade=2),)}, {}),
    "gender": ({"gender": "f"}, {}),
    "language": ({"language": "yue"}, {}),
    "forbidden": ({"forbidden": frozenset({"ann"})}, {}),
    "window": ({"latest": 5}, {}),
    "way": ({"place": 3}, {}),
    "leg": ({}, {"longest": 5}),
    "most": ({}, {"most": 30}),
    "shift": ({}, {"shifts": (Shift(0, 0, 35),)}),
}


@pytest.mark.parametrize("rule", WRONG)
def test_the_check_finds_each_broken_rule_and_the_search_leaves_the_visit(rule: str) -> None:
    asked, worker = WRONG[rule]
    good = Problem((ANN,), (visit("a", 1),), LINE)
    plan = Plan((Stay("ann", 0, 10, "a"),))
    assert check(good, plan) == ()
    bad = Problem((replace(ANN, **worker),), (replace(visit("a", 1), **asked),), LINE)
    assert rules(bad, plan) == {rule}
    if rule != "way":
        assert planned(bad, 50).stays == ()


def test_the_check_knows_doubles() -> None:
    problem = Problem((ANN, BEN), (visit("a", 1, tasks=(Task(20), Task(20)), gap=Gap(0, 10)),), LINE)
    first = Stay("ann", 0, 10, "a", 0)
    assert rules(problem, Plan((first,))) == {"half"}
    assert rules(problem, Plan((first, Stay("ann", 0, 30, "a", 1)))) == {"pair"}
    assert rules(problem, Plan((first, Stay("ben", 0, 60, "a", 1)))) == {"gap"}
    assert rules(problem, Plan((first, first))) == {"twice"}
    assert rules(problem, Plan((Stay("eve", 0, 10, "a"), Stay("ann", 0, 10, "z")))) == {"unknown"}


BAD: dict[str, Any] = {
    "has no shift": lambda: Problem((replace(ANN, shifts=()),), (), LINE),
    "has no length": lambda: Problem((ANN,), (visit("a", 1, earliest=60, latest=60),), LINE),
    "holes": lambda: Matrix(np.array([[0, np.nan], [1, 0]])),
    "square": lambda: Matrix([[0, 1]]),
    "whole minutes": lambda: Matrix(np.array([[0, 1.5], [1, 0]])),
    "not in the travel matrix": lambda: Problem((ANN,), (visit("a", 6),), LINE),
    "step: at least": lambda: Problem((ANN,), (), LINE, step=0),
    "is there 2 times": lambda: Problem((ANN, ANN), (), LINE),
    "least gap": lambda: Problem((ANN,), (visit("a", 1, gap=Gap(5, 1)),), LINE),
    "outside the days": lambda: Problem((replace(ANN, shifts=(Shift(3, 0, 9),)),), (), LINE),
    "its break": lambda: Problem((replace(ANN, shifts=(Shift(0, 0, 99, rest=Break(90, 95, 30)),)),), (), LINE),
    "overlap": lambda: Problem((replace(ANN, shifts=(Shift(0, 0, 99), Shift(0, 50, 120))),), (), LINE),
    "there is no worker": lambda: Problem((ANN,), (visit("a", 1),), LINE, pins=(Pin("a", worker="eve"),)),
    "cannot have begun both": lambda: Problem(
        (ANN,), (visit("a", 1), visit("b", 2)), LINE,
        pins=tuple(Pin(code, worker="ann", day=0, start=20, begun=True) for code in "ab"),
    ),
    "one or two tasks": lambda: Problem((ANN,), (visit("a", 1, tasks=()),), LINE),
    "no speed": lambda: Problem((replace(ANN, mode="boat"),), (), Grid([(122.1, 37.5)] * 6, {"": 12})),
    "seconds or moves": Stop,
    "at least one priority": lambda: Weights(unserved=()),
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_is_said_clearly(text: str) -> None:
    with pytest.raises(DataError, match=text):
        BAD[text]()


def test_nothing_to_do_is_a_plan_too() -> None:
    assert planned(Problem((), (), LINE)) == Plan()
    assert planned(Problem((ANN,), (), LINE)) == Plan()
    assert solve(Problem((), (visit("a", 1),), LINE), stop=Stop(moves=5), made=plain()).unassigned == ("a",)


def test_straight_lines_are_travelled_with_a_detour() -> None:
    grid = Grid([(122.0, 37.0), (122.0, 37.1)], {"": 20.0, "foot": 4.0}, detour=1.5)
    assert grid.minutes("").tolist() == [[0, 51], [51, 0]]
    assert grid.minutes("foot")[0, 1] == 251


def test_terms_are_told_one_by_one() -> None:
    ann = replace(ANN, contract=30, shifts=(Shift(0, 0, 50, 60),))
    asked = visit(
        "a", 1, earliest=20, latest=25, grace=40, known=frozenset({"ben"}), preferred=frozenset({"ben"})
    )
    problem = Problem((ann,), (asked, visit("b", 2, priority=9)), LINE, promised={("a", 0): "ben"})
    terms = judge(problem, Plan((Stay("ann", 0, 30, "a"),)), Weights())
    assert (terms.travel, terms.late, terms.worst, terms.overtime) == (20, 5, 5, 10 + 10)
    assert (terms.continuity, terms.preference, terms.changed, terms.unserved) == (1, 1, 1, (0, 0, 1))
    assert terms.cost(Weights()) == 1000 + 20 + 5 + 5 + 2 * 20 + 10 + 10 + 60


def test_the_clock_stops_the_search() -> None:
    ticks = iter(range(10**6))
    problem = Problem((replace(ANN, shifts=(Shift(0, 0, NEVER),)),), (visit("a", 1, grace=None),), LINE)
    found = solve(
        problem, stop=Stop(seconds=3.0), params=Params(search=ONE.search), made=plain(),
        clock=lambda: float(next(ticks)),
    )  # fmt: skip
    assert found.plan.by_task["a", 0].start == 10
