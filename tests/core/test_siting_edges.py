"""Sites: what cannot be is refused with what to change, and what is found does not depend on the machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.sitings import some

from songhe.core.refusal import Refused
from songhe.core.siting import (
    Cover,
    Demand,
    Farthest,
    Floor,
    Goal,
    Meet,
    Nearest,
    Pairs,
    Problem,
    Serve,
    Site,
    Stage,
    Staged,
    Stop,
    Table,
    compare,
    gains,
    judge,
    sentences,
    solve,
)
from songhe.core.siting.cells import merged
from songhe.core.siting.machine import loops, plain
from songhe.core.sources import DataError

WAYS = np.array([[1, 9, 9, 9], [9, 1, 1, 9], [9, 9, 2, 1], [9, 9, 9, 1]])
"""Site b reaches the second and third place, c the third and fourth."""
QUICK = Stop(rounds=20)


def line(states: str = "ffff", **more: Any) -> Problem:
    """Four sites and four places within 2 of some of them: 10, 20, 30 and 40 people."""
    kinds = {"f": "free", "e": "existing", "m": "must", "n": "never"}
    sites = tuple(
        Site(code, cost=100_00, area=area, state=kinds[state])  # type: ignore[arg-type]
        for code, area, state in zip("abcd", (50.0, 200.0, 300.0, None), states, strict=True)
    )
    demand = Demand(np.array([10, 20, 30, 40]), {"80+": np.array([1, 2, 3, 4])}, regions=["x", "x", "y", "y"])
    given: dict[str, Any] = {"sites": sites, "demand": demand, "travel": Table(WAYS), "limit": 2}
    return Problem(**given | more)


def found(problem: Problem, goal: Goal, stop: Stop = QUICK) -> Any:
    return solve(problem, goal, stop=stop, made=plain())


def refusal(problem: Problem, goal: Goal) -> str:
    with pytest.raises(Refused) as caught:
        found(problem, goal)
    assert "{" not in str(caught.value)
    return caught.value.code


def test_what_a_site_brings_is_told_in_words() -> None:
    told = found(line(), Cover(2)).judged
    assert told.chosen == ("c", "b")
    assert [str(one) for one in sentences(told.sites[0])] == [
        "This site newly covers 70 people.",
        "Of them 80+: 7.",
        "Without it 40 people would be out of reach.",
    ]
    assert told.sites[1].newly == {"people": 20, "80+": 2}
    assert told.missing == {"people": 10, "80+": 1}
    assert told.uncovered.tolist() == [0]


def test_existing_sites_cover_already_and_cost_nothing() -> None:
    told = found(line("ffef"), Cover(1)).judged
    assert (told.chosen, told.cost, told.before["people"], told.covered["people"]) == (("b",), 100_00, 70, 90)
    assert judge(line("ffef"), Cover(1), ["b", "c"]).value == 90


@pytest.mark.parametrize("made", [plain, loops])
def test_where_everybody_is_covered_already_no_site_is_found(made: Any) -> None:
    told = solve(line("eeef"), Cover(1), stop=QUICK, made=made())
    assert (told.judged.chosen, told.proof, told.judged.covered["people"]) == ((), "exact", 100)


def test_a_plan_made_by_hand_is_told_what_it_breaks() -> None:
    told = judge(line("mffn"), Cover(1, floors=(Floor(0.9, region="y"),)), ["b", "d"])
    assert [one.rule for one in told.faults] == ["never", "must", "sites"]
    low = judge(line(), Cover(1, floors=(Floor(0.9, region="y"), Floor(0.5, "80+"))), ["b"])
    assert [str(one) for one in low.faults] == [
        "In y 42.9% of people are within reach; 90.0% is required.",
    ]
    assert judge(line(), Cover(budget=100_00), ["a", "b"]).faults[0].values == {"more": "100.00"}


def test_two_choices_are_put_beside_each_other() -> None:
    beside = compare(line(), Cover(1), ["b"], found(line(), Cover(1)).chosen)
    assert (beside.only_first, beside.only_second, beside.better) == (("b",), ("c",), 20)
    assert (beside.gained.tolist(), beside.given_up.tolist()) == ([3], [1])
    assert gains(line(), Cover(2), ["c"])["b"]["people"] == 20


def test_small_sites_and_such_of_unknown_area_are_left_out() -> None:
    told = found(line(smallest=100), Cover(1))
    assert told.left_out == ("a", "d")
    assert judge(line(smallest=100), Cover(2), ["a"]).faults[0].rule == "never"


def test_importance_decides() -> None:
    demand = Demand(np.array([10, 10, 0, 11]), {"80+": np.array([0, 0, 0, 9])})
    assert found(line(demand=demand), Cover(1)).chosen == ("c",)
    young = Demand(np.array([10, 0, 0, 11]), {"80+": np.array([9, 0, 0, 0])})
    assert found(line(demand=young, importance={"80+": 1}), Cover(1)).chosen == ("a",)


def test_what_cannot_be_is_refused() -> None:
    assert refusal(line(), Cover(5)) == "too_few_sites"
    assert refusal(line("nnnn"), Cover(1)) == "no_sites"
    assert refusal(line("mmff"), Nearest(1)) == "too_many_musts"
    assert refusal(line("mmff"), Serve(budget=199_99)) == "musts_too_dear"
    assert refusal(line("mmff"), Staged((Stage(sites=1), Stage(sites=0)))) == "too_many_musts"
    assert refusal(line(limit=0), Cover(1)) == "nobody_in_reach"
    assert refusal(line(demand=Demand(np.zeros(4, int))), Meet()) == "no_demand"
    assert refusal(line("nfff"), Meet()) == "floor_out_of_reach"
    assert refusal(line("nfff"), Meet((Floor(0.9, region="x"),))) == "floor_out_of_reach"
    assert refusal(line(), Cover(1, floors=(Floor(0.5, every=True),))) == "floors_too_high"
    assert refusal(line(), Cover(1, floors=(Floor(0.5, "90+"),))) == "unknown_group"
    assert refusal(line(), Cover(1, floors=(Floor(0.5, region="z"),))) == "unknown_region"
    assert refusal(line(demand=Demand(np.ones(4, int))), Meet((Floor(1, every=True),))) == "no_regions"
    with pytest.raises(Refused, match="no site q"):
        judge(line(), Cover(1), ["q"])


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (
            {"demand": Demand(np.array([1.0, np.nan, 1, 1]))},
            "1 places have a negative number or none, the first is place 1",
        ),
        ({"demand": Demand(np.array([1, -1, 1, 1]), codes=["p", "q", "r", "s"])}, "the first is q"),
        ({"demand": Demand(np.ones(4), {"80+": np.array([0, 0, 2, 0])})}, "more of them than people"),
        ({"demand": Demand(np.ones(3))}, "4 places of demand, but there are 3"),
        ({"demand": Demand(np.ones(4), regions=["x"])}, "regions must name"),
        ({"sites": (Site("a"), Site("a"), Site("c"), Site("d"))}, "site a: is there 2 times"),
        ({"sites": (Site("a"),)}, "rows for 4 sites"),
        ({"sites": (Site("a", cost=-1), Site("b"), Site("c", capacity=-1), Site("d"))}, "whole fen"),
        (
            {"sites": (Site("a", state="must", area=5), Site("b"), Site("c"), Site("d")), "smallest": 10},
            "smaller than 10",
        ),
        ({"importance": {"x": 1}}, "no group “x”"),
        ({"limit": float("nan")}, "limit"),
    ],
)
def test_broken_data_are_named(broken: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        line(**broken)


def test_broken_ways_are_named() -> None:
    with pytest.raises(DataError, match="first is site 0, place 1"):
        Table(np.array([[1, np.nan], [1, 1]]))
    with pytest.raises(DataError, match="first is site 1, place 0"):
        Pairs(np.array([0, 1, 2]), np.array([0, 0]), np.array([1, -1]), 1)
    with pytest.raises(DataError, match="there twice"):
        Pairs(np.array([0, 2]), np.array([0, 0]), np.array([1, 1]), 1)
    with pytest.raises(DataError, match="outside"):
        Pairs(np.array([0, 1]), np.array([4]), np.array([1]), 2)
    with pytest.raises(DataError, match="starts end at"):
        Pairs(np.array([0, 3]), np.array([0]), np.array([1]), 2)
    for wrong in (Cover, lambda: Floor(1.5), lambda: Cover(-1), lambda: Stop(seconds=None)):
        with pytest.raises(DataError):
            wrong()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_places_alike_are_one_cell_and_no_others(seed: int) -> None:
    ground = some(seed, sites=4, places=30).ground
    every = np.arange(4)
    cells = merged(ground, every, ground.people > 0)
    seen: dict[frozenset[int], int] = {}
    for place in np.flatnonzero(ground.people > 0):
        who = frozenset(site for site in range(4) if place in ground.rows(site))
        assert (cells.cell[place] >= 0) == bool(who)
        if who:
            assert seen.setdefault(who, int(cells.cell[place])) == cells.cell[place]
    assert len(set(seen.values())) == len(seen) == cells.size


@pytest.mark.long
@pytest.mark.parametrize("goal", [Cover(4), Cover(budget=12), Nearest(4), Staged((Stage(2), Stage(2)))])
def test_machine_code_and_plain_loops_find_the_same(goal: Goal) -> None:
    for seed in range(3):
        problem = some(seed, sites=16, places=60)
        stop = Stop(rounds=3, exact=False)
        try:
            slow, fast = (
                solve(replace(problem), goal, stop=stop, seed=seed, made=one) for one in (plain(), loops())
            )
        except Refused:
            continue
        assert (slow.chosen, slow.value, slow.bound) == (fast.chosen, fast.value, fast.bound)


def test_time_is_kept_by_the_clock_that_is_given() -> None:
    ticks = iter(range(10**6))
    told = solve(
        some(3, sites=12), Cover(4), stop=Stop(seconds=5), made=plain(), clock=lambda: float(next(ticks))
    )
    assert told.rounds <= 5


def test_the_longest_way_counts_only_who_can_be_reached() -> None:
    pairs = Pairs(np.array([0, 1, 2]), np.array([0, 1]), np.array([3, 4]), 3)
    problem = Problem((Site("a"), Site("b")), Demand(np.array([1, 1, 1])), pairs)
    told = found(problem, Farthest(2))
    assert (told.value, told.proof) == (4, "exact")
    assert told.judged.unreachable.tolist() == [2]
    assert refusal(problem, Farthest(1)) == "centre_out_of_reach"
