"""The search: moves at random, better ones always taken, worse ones the less the colder it is."""

from __future__ import annotations

from songhe.core.roster.kernel.back import back
from songhe.core.roster.kernel.build import save, total_cost
from songhe.core.roster.kernel.chain import chain
from songhe.core.roster.kernel.chance import below, patience
from songhe.core.roster.kernel.fits import free, lighten
from songhe.core.roster.kernel.layout import (
    BAD,
    BEST,
    EASY,
    GONE,
    HELD,
    LATE,
    LOOSE,
    LOST,
    MATE,
    NOTED,
    SOON,
    START,
    TOP,
    TOUR,
    UNSAVED,
    WIDTH,
    WORST,
    Board,
    bare,
)
from songhe.core.roster.kernel.loose import drop, insert, replace
from songhe.core.roster.kernel.relocate import relocate, relocate_both
from songhe.core.roster.kernel.starts import kept, settle, undone
from songhe.core.roster.kernel.swap import swap
from songhe.core.roster.kernel.tails import tails

EXACT = 1200 * WIDTH
"""Nodes up to which every best plan is kept as it comes; of larger ones only those at the end of a run of moves."""


def anneal(board: Board, heat: float, rounds: int) -> None:
    """Try so many moves at one heat."""
    w = bare(board)
    for _i in range(rounds if w.tasks else 0):
        attempt(w, patience(w, heat))
    cost = total_cost(w)
    if cost < w.sums[BEST]:
        w.sums[BEST], w.sums[UNSAVED] = cost, 1
    if w.sums[UNSAVED]:
        save(w)


def attempt(w: Board, room: int) -> None:
    """Try one move; it may cost ``room`` more than it saves."""
    w.move[HELD], w.move[GONE] = 0, 0
    easy, tail = propose(w, room + w.sums[LATE] + w.weight[TOP] * w.sums[WORST])
    if easy >= LOST:
        return
    change = settle(w, tail) + w.move[GONE]
    top = w.sums[WORST]
    total = easy + change - w.weight[TOP] * top
    if total <= room:
        top = worst(w)
        total += w.weight[TOP] * top
    if total > room or (total > 0 and w.sums[UNSAVED]):
        undone(w)
        back(w)
        lighten(w)
        if w.sums[UNSAVED]:
            save(w)
        return
    kept(w)
    w.sums[EASY] += easy
    w.sums[LATE] += change
    w.sums[WORST] = top
    cost = total_cost(w)
    if w.size <= EXACT and cost < w.sums[BEST]:
        w.sums[BEST], w.sums[UNSAVED] = cost, 1


def propose(w: Board, slack: int) -> tuple[int, int]:
    """Make a move if it can pay; its cost without lateness and the queue's end, BAD where nothing was moved."""
    kind = below(w, 256)
    if w.sums[LOOSE] and 240 <= kind < 255:
        t = w.loose[below(w, w.sums[LOOSE])]
        return replace(w, t, slack) if kind >= 248 else insert(w, t, slack)
    t = w.base + WIDTH * below(w, w.tasks)
    if not free(w, t):
        return BAD, 0
    if kind < 120:
        if w.node[t + MATE] >= 0 and kind < 60:
            return relocate_both(w, t, slack)
        return relocate(w, t, slack)
    if kind < 180:
        return swap(w, t, slack)
    if kind < 220:
        return tails(w, t, slack)
    if kind == 255:
        return drop(w, t, slack)
    return chain(w, t, slack)


def worst(w: Board) -> int:
    """The worst lateness after the move."""
    before, top, lost = w.sums[WORST], 0, w.move[0] >= 6
    for i in range(w.sums[NOTED]):
        t = w.log[4 * i]
        if t >= w.base:
            top = max(top, w.node[t + START] - w.node[t + SOON])
            lost = lost or w.log[4 * i + 1] - w.node[t + SOON] >= before
    if top >= before or not lost or not before:
        return max(top, before)
    for t in range(w.base, w.size, WIDTH):
        if w.node[t + TOUR] >= 0:
            top = max(top, w.node[t + START] - w.node[t + SOON])
    return top
