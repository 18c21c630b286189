"""How long a city's day takes, county by county (3,500 visits, 2,000 workers in all), and how soon an urgent order is priced."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from tests.areas.roster.test_rules import FIRST, GROUND, ask, hand, on

from songhe.areas.roster.rules import Builder
from songhe.core.codes import Point
from songhe.core.roster import Desk, Problem, Stop, check, places, solve
from songhe.core.roster.kernel.machine import loops

pytestmark = pytest.mark.bench
COUNTIES, VISITS, WORKERS, SECONDS = 4, 3_500, 2_000, 30


def county(number: int) -> Problem:
    """A county's part of the day, its homes and bases over some twenty kilometres."""
    chance = random.Random(number)

    def somewhere() -> Point:
        return Point(122 + number / 2 + chance.random() / 5, 37 + chance.random() / 6)

    hands = [hand(f"w{n}", base=somewhere(), mode="ebike") for n in range(WORKERS // COUNTIES)]
    asks = []
    for n in range(VISITS // COUNTIES):
        since = on(8) + timedelta(minutes=15 * chance.randrange(24))
        asks.append(ask(f"o{n}", since=since, until=since + timedelta(hours=4), place=somewhere()))
    return Builder(GROUND, FIRST, 1, on(8, day=-1), hands, asks).build().problem


def test_a_citys_day_is_planned_by_counties_and_urgent_orders_are_priced_at_once() -> None:
    made = loops()
    for number in range(COUNTIES):
        problem = county(number)
        began = perf_counter()
        whole = replace(problem, visits=problem.visits[:-1])
        found = solve(whole, stop=Stop(seconds=SECONDS), params=GROUND.params, made=made)
        print(
            f"\ncounty {number}: {len(found.unassigned)} undone, {found.terms.travel} min, {perf_counter() - began:.1f} s"
        )
        assert check(whole, found.plan) == ()
        desk = Desk(problem, found.plan, params=GROUND.params, made=made)
        began = perf_counter()
        offers = places(desk, problem.visits[-1].code)
        spent = perf_counter() - began
        print(f"urgent order: {len(offers)} places in {1000 * spent:.1f} ms")
        assert len(offers) == 3
        assert spent < 0.1
