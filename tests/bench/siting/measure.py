"""Problems to be measured, and our searches on them in processor seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from tests.bench.home import ROOT
from tests.bench.siting import orlib, wuhan

from songhe.core.kept import keep_in
from songhe.core.siting import Demand, Goal, Nearest, Problem, Result, Site, Stop, Table, solve
from songhe.core.siting.machine import loops
from songhe.site.kernels import Folder

SECONDS = float(os.environ.get("SONGHE_BENCH_SECONDS") or 60)
CHARGE = 100
"""Fen, say, that any facility costs, beside what its size costs."""


def ready() -> None:
    """Compile first: what is measured is not the compiler."""
    keep_in(Folder(ROOT / ".cache" / "kernels"))
    loops(print)


@dataclass(frozen=True)
class Timed:
    """What a search found, and its processor seconds, from arrays to reasons."""

    found: Result
    seconds: float


def timed(problem: Problem, goal: Goal, stop: Stop) -> Timed:
    """Solve a problem as if it had just been read."""
    began = time.process_time()
    fresh = replace(problem)
    found = solve(fresh, goal, stop=stop, clock=time.process_time)
    return Timed(found, time.process_time() - began)


def best(action: Callable[[], Any], turns: int = 3) -> float:
    """Processor seconds of the quickest of several turns."""
    found = []
    for _turn in range(turns):
        began = time.process_time()
        action()
        found.append(time.process_time() - began)
    return min(found)


@cache
def town() -> wuhan.City:
    """The city."""
    return wuhan.city()


@cache
def communities() -> Problem:
    """1,300 sites and 5,000 communities."""
    nodes, demand = wuhan.communities(town())
    places = wuhan.sites(town(), 1300)
    return Problem(_sites(1300), demand, wuhan.pairs(town(), places, nodes), limit=wuhan.LIMIT)


@cache
def inhabited() -> Problem:
    """5,000 sites and every node of the streets at which somebody lives."""
    nodes, demand = wuhan.everybody(town())
    return Problem(
        _sites(5000), demand, wuhan.pairs(town(), wuhan.sites(town(), 5000), nodes), limit=wuhan.LIMIT
    )


@cache
def roomy() -> Problem:
    """The first one with capacities and costs."""
    chance = np.random.default_rng(wuhan.SEED)
    room = chance.integers(100, 1500, 1300)
    cost = (room * chance.uniform(0.5, 1.5, 1300)).astype(int) + CHARGE
    sites = tuple(
        Site(one.code, cost=int(fen), capacity=int(people))
        for one, fen, people in zip(communities().sites, cost, room, strict=True)
    )
    return replace(communities(), sites=sites)


@cache
def far() -> Problem:
    """All ways between the 1,300 sites and the 5,000 communities."""
    nodes, demand = wuhan.communities(town())
    return Problem(_sites(1300), demand, Table(wuhan.table(town(), wuhan.sites(town(), 1300), nodes)))


def library(name: str) -> tuple[Problem, Nearest]:
    """A problem of OR-Library."""
    ways, sites = orlib.problem(name)
    return square(ways), Nearest(sites)


def square(ways: Any) -> Problem:
    """Every node is a site and one person."""
    return Problem(_sites(len(ways)), Demand(np.ones(len(ways), np.int64)), Table(ways))


def _sites(number: int) -> tuple[Site, ...]:
    return tuple(Site(f"s{at}") for at in range(number))
