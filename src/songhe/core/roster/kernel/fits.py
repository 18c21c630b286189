"""Who may do what, and what it costs besides travel and time."""

from __future__ import annotations

from songhe.core.roster.kernel.chance import below, neighbour
from songhe.core.roster.kernel.layout import (
    APART,
    BAD,
    CONTRACT,
    DAY,
    DAYS,
    DAYS_OPEN,
    FAIR,
    FIXED,
    FLAG,
    HELD,
    KIND,
    LOAD,
    LOADS,
    MATE,
    MOST,
    NEXT,
    OVERTIME,
    PREV,
    SIBLING,
    SQUARE,
    TOUR,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import within


def price(w: Board, t: int, r: int) -> int:
    """What it costs that tour r holds the task, -1 if it may not."""
    k = w.node[t + KIND]
    if w.weight[DAYS_OPEN] and not (w.kind[4 * k + DAYS] >> w.tour[r + DAY]) & 1:
        return -1
    return w.fit[k * w.workers + w.tour[r + WORKER]]


def beside(w: Board, t: int, r: int) -> bool:
    """Whether the other half of a double visit and its brothers on other days allow tour r."""
    q = w.node[t + MATE]
    if q >= 0:
        z = w.node[q + TOUR]
        if z >= 0 and (w.tour[z + WORKER] == w.tour[r + WORKER] or w.tour[z + DAY] != w.tour[r + DAY]):
            return False
    return not w.weight[DAYS_OPEN] or apart(w, t, w.tour[r + DAY])


def apart(w: Board, t: int, day: int) -> bool:
    """Whether brothers of the same pattern lie far enough from a day."""
    least, z = w.kind[4 * w.node[t + KIND] + APART], w.node[t + SIBLING]
    while z != t:
        if w.node[z + TOUR] >= 0 and abs(w.tour[w.node[z + TOUR] + DAY] - day) < least:
            return False
        z = w.node[z + SIBLING]
    return True


def free(w: Board, t: int) -> bool:
    """Whether a task is in a tour and may leave its place."""
    return w.node[t + TOUR] >= 0 and not w.node[t + FLAG] & FIXED


def open_after(w: Board, v: int) -> bool:
    """Whether something may come behind a node."""
    return not w.node[w.node[v + NEXT] + FLAG] & FIXED


def spot(w: Board, t: int) -> int:
    """A node behind which a task might well go; -1 if none was found."""
    if w.close == 0 or below(w, 16) < 2:
        return shortest(w, t)
    side = below(w, 2)
    v = neighbour(w, t, side)
    if w.node[v + TOUR] < 0:
        return -1
    return w.node[v + PREV] if side else v


def shortest(w: Board, t: int) -> int:
    """Where the way becomes longer by least, in the tour of somebody who can do it; -1 if nobody can."""
    k = w.node[t + KIND]
    begin, end = w.able_at[k], w.able_at[k + 1]
    if begin == end:
        return -1
    r = w.able[begin + below(w, end - begin)]
    v, found, least = r, -1, BAD
    while v < w.ends or v >= w.base:
        y = w.node[v + NEXT]
        if not (v == t or y == t or w.node[y + FLAG] & FIXED):
            more = within(w, t, v, y)
            if more < least:
                found, least = v, more
        v = y
    return found


def load_cost(w: Board, c: int) -> int:
    """What the load of a worker costs."""
    load = w.worker[4 * c + LOAD]
    if load > w.worker[4 * c + MOST]:
        return BAD
    over = max(load - w.worker[4 * c + CONTRACT], 0)
    return w.weight[OVERTIME] * over + w.weight[FAIR] * (load * load // w.weight[SQUARE])


def burden(w: Board, c: int, change: int) -> int:
    """Give a worker more or less to do; what that costs. Kept in the move, so that it can be taken back."""
    if not w.weight[LOADS]:
        return 0
    before = load_cost(w, c)
    w.worker[4 * c + LOAD] += change
    held = w.move[HELD]
    w.move[8 + 2 * held], w.move[9 + 2 * held] = c, change
    w.move[HELD] = held + 1
    return load_cost(w, c) - before


def lighten(w: Board) -> None:
    """Take back what the move did to loads."""
    for i in range(w.move[HELD]):
        w.worker[4 * w.move[8 + 2 * i] + LOAD] -= w.move[9 + 2 * i]
    w.move[HELD] = 0
