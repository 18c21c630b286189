"""Sites: small problems are solved to the best of all choices, bounds hold, and what is said of a choice adds up."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.core.sitings import choices, every, some

from songhe.core.refusal import Refused
from songhe.core.siting import (
    PEOPLE,
    Cover,
    Farthest,
    Floor,
    Goal,
    Meet,
    Nearest,
    Serve,
    Stage,
    Staged,
    Stop,
    judge,
    solve,
)
from songhe.core.siting.bounds import Bound
from songhe.core.siting.cover import bounded, exact, task_of
from songhe.core.siting.found import Effort
from songhe.core.siting.machine import plain

Best = Callable[..., float]
GOALS: list[tuple[Goal, Best]] = [
    (Cover(2), max),
    (Cover(budget=6), max),
    (Cover(3, budget=6), max),
    (Cover(3, floors=(Floor(0.4, every=True),)), max),
    (Meet((Floor(0.6),)), min),
    (Meet((Floor(0.5, "80+"), Floor(0.3, every=True)), count=True), min),
    (Serve(2), max),
    (Serve(budget=8), max),
    (Nearest(2), min),
    (Nearest(3, beyond=50), min),
    (Farthest(2), min),
]


@pytest.mark.parametrize(("goal", "best"), GOALS, ids=lambda one: str(one)[:60])
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_best_of_all_choices_is_found_and_no_bound_is_wrong(
    goal: Goal, best: Best, seed: int, exact: bool
) -> None:
    problem = some(seed)
    try:
        found = solve(problem, goal, stop=Stop(rounds=200 if exact else 0, exact=exact), made=plain())
    except Refused as refused:
        if refused.code.startswith("floor"):
            assert list(every(problem, goal)) == []
        return
    right = best(one.value for one in every(problem, goal))
    if found.proof == "exact":
        assert found.value == pytest.approx(right)
    assert found.proof == "exact" or not exact
    if found.bound is not None:
        assert best(found.bound, right) == pytest.approx(found.bound)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.data())
def test_better_sites_are_found_from_any_choice_and_none_where_it_is_the_best(
    seed: int, ruled: bool, data: Any
) -> None:
    problem = some(seed)
    task, effort = task_of(problem.ground, 3, None), Effort(Stop(rounds=200), plain())
    known = list(every(problem, Cover(3)))
    assume(known and task.cells.size)
    given_ = data.draw(st.sampled_from([max(known, key=lambda one: one.value), *known]))
    picked = np.flatnonzero(np.isin(np.array(problem.ground.codes)[task.cells.sites], given_.chosen))
    loose = Bound(np.inf, np.zeros(len(task.must), bool), task.must)
    picked, best = exact(task, picked, bounded(task, picked, effort)[0] if ruled else loose, effort)
    right = max(one.value for one in known)
    assert best.exact
    assert task.base + best.value == pytest.approx(right)
    codes = [problem.ground.codes[site] for site in task.cells.sites[picked]]
    assert judge(problem, Cover(3), codes).value == pytest.approx(right)
    assert not judge(problem, Cover(3), codes).faults


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_stages_are_the_best_of_all_plans(seed: int, money: bool) -> None:
    problem = some(seed, sites=5)
    goal = Staged(
        (Stage(budget=3), Stage(budget=3, weight=2)) if money else (Stage(sites=1), Stage(sites=1, weight=2))
    )
    try:
        found = solve(problem, goal, stop=Stop(rounds=100), made=plain())
    except Refused:
        return
    codes = choices(problem)
    plans = [
        [[code for code, at in zip(codes, years, strict=True) if at == year] for year in range(2)]
        for years in product(range(3), repeat=len(codes))
    ]
    right = max(one.value for plan in plans if not (one := judge(problem, goal, plan)).faults)
    assert found.proof == "exact"
    assert found.value == pytest.approx(right)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_what_is_said_of_a_choice_adds_up(seed: int, data: Any) -> None:
    problem = some(seed)
    chosen = data.draw(st.sets(st.sampled_from(problem.ground.codes)))
    told = judge(problem, Cover(len(problem.sites)), chosen)
    for name in told.total:
        assert sum(one.newly[name] for one in told.sites) == told.newly[name]
        assert sum(one.total[name] for one in told.regions) == told.total[name]
        assert sum(one.covered[name] for one in told.regions) == told.covered[name]
    assert told.missing[PEOPLE] == problem.demand.people[told.uncovered].sum()
    assert set(told.unreachable) <= set(told.uncovered)
    for one in told.sites:
        assert one.reaches[PEOPLE] == one.lost[PEOPLE] + one.shared[PEOPLE]
        without = judge(problem, Cover(len(problem.sites)), set(told.chosen) - {one.code})
        assert told.covered[PEOPLE] - without.covered[PEOPLE] == one.lost[PEOPLE]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_what_a_site_saves_is_what_is_lost_without_it(seed: int) -> None:
    problem, goal = some(seed), Nearest(7)
    told = judge(problem, goal, problem.ground.codes)
    for one in told.sites:
        without = judge(problem, goal, set(told.chosen) - {one.code})
        assert without.value - told.value == pytest.approx(one.saved)
    served = np.sum([one.serves[PEOPLE] for one in told.sites])
    assert served <= told.total[PEOPLE]
