"""More work than hands: which visits have to wait until the dearer ones have found their place.

Chance moves a visit by minutes, but a dearer one gets into a full day only where several cheaper ones leave it at once,
which chance hardly does. So the cheapest are planned last.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from songhe.core.roster.arrays import Index
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel import scan as cols
from songhe.core.roster.params import Params, Stop
from songhe.core.roster.plan import Plan
from songhe.core.roster.problem import Problem
from songhe.core.roster.search import Chain, begin, price_of

LOOK = 200
"""Moves for each task after which every visit has found its place where there is no more work than hands."""


def cheapest(here: Index, chain: Chain, params: Params) -> frozenset[str]:
    """The visits whose lack costs least, if not all can be done that could be on an empty day; none if all cost the same."""
    if not chain.board.sums[at.LOOSE]:
        return frozenset()
    fixed = {pin.visit for pin in here.problem.pins if pin.begun}
    prices = {
        visit.code: price_of(chain.board, here.rows[visit.code, 0])
        for visit in here.problem.visits
        if visit.code not in fixed
    }
    least = min(prices.values())
    if least == max(prices.values()) or not _crowded(here, chain, params):
        return frozenset()
    return frozenset(code for code, price in prices.items() if price == least)


def _crowded(here: Index, chain: Chain, params: Params) -> bool:
    """Whether a short search leaves something undone that somebody could do were there nothing else to do."""
    tried = chain.copy(0)
    moves = Stop(moves=LOOK * chain.board.tasks)
    tried.cool(params.search, here.problem.per_minute, moves, time.monotonic)
    loose = tried.board.loose[: tried.board.sums[at.LOOSE]].tolist()
    if not loose:
        return False
    empty = begin(here, params, chain.loops, None, fill=False)
    return any(all(_fits(here, empty, row) for row in _halves(empty, row)) for row in loose)


def _fits(here: Index, empty: Chain, row: int) -> bool:
    found = np.zeros(4 * len(here.tours), np.int64)
    empty.loops.scan(empty.board, row, found)
    return bool((found.reshape(-1, 4)[:, cols.REASON] == cols.FITS).any())


def without(problem: Problem, codes: frozenset[str]) -> Problem:
    """The problem before some visits are planned."""
    return replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.code not in codes),
        pins=tuple(pin for pin in problem.pins if pin.visit not in codes),
    )


def joined(first: Plan, start: Plan | None, codes: frozenset[str]) -> Plan:
    """A plan without some visits, and where another one has them."""
    rest = [stay for stay in start.stays if stay.visit in codes] if start else []
    return Plan((*first.stays, *rest))


def _halves(chain: Chain, row: int) -> list[int]:
    mate = int(chain.board.node[row + at.MATE])
    return [row] if mate < 0 else [row, mate]
