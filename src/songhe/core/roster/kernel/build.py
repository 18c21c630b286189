"""A first plan, quickly: every visit, the most urgent first, behind the last task of whoever suits it best."""

from __future__ import annotations

from typing import Any

from songhe.core.roster.kernel.fits import beside, burden, lighten, open_after, price
from songhe.core.roster.kernel.layout import (
    BAD,
    BEST,
    DUR,
    EARLY,
    EASY,
    HARD,
    HELD,
    KEPT,
    KIND,
    LAG,
    LATE,
    LOAD,
    LOST,
    MATE,
    NEXT,
    PREV,
    SOON,
    START,
    TOP,
    TOUR,
    TRAVEL,
    UNSAVED,
    WIDTH,
    WORKER,
    WORST,
    Board,
    bare,
)
from songhe.core.roster.kernel.links import leg, link, reach, within
from songhe.core.roster.kernel.loose import out, tighten, worth
from songhe.core.roster.kernel.starts import kept, late, push, settle, undone


def build(board: Board, order: Any) -> None:
    """Put the visits of ``order`` (their first tasks) behind what is planned, where they can go there at all.

    Should that cost more than to leave them undone, what was planned before stays the best plan.
    """
    w = bare(board)
    w.sums[BEST] = total_cost(w)
    save(w)
    for i in range(order.shape[0]):
        place(w, order[i])
    w.sums[WORST] = latest(w)
    cost = total_cost(w)
    if cost <= w.sums[BEST]:
        w.sums[BEST], w.sums[UNSAVED] = cost, 1


def place(w: Board, t: int) -> None:
    """Put one visit where it suits best."""
    w.move[HELD] = 0
    q = w.node[t + MATE]
    easy = hung(w, t)
    if easy < LOST and q >= 0:
        more = hung(w, q)
        if more >= LOST:
            out(w, t)
        easy += more
    if easy >= LOST:
        lighten(w)
        return
    fix(w, t, easy)


def fix(w: Board, t: int, easy: int) -> None:
    """Let a visit that was linked in stay there if it can be done in time."""
    q = w.node[t + MATE]
    tail = push(w, w.node[t + NEXT], push(w, t, 0))
    if q >= 0:
        tail = push(w, w.node[q + NEXT], push(w, q, tail))
    change = settle(w, tail)
    if change >= LOST:
        undone(w)
        out(w, t)
        if q >= 0:
            out(w, q)
        lighten(w)
        return
    kept(w)
    tighten(w, t)
    w.sums[EASY] += easy - worth(w, t)
    w.sums[LATE] += change


def hung(w: Board, t: int) -> int:
    """Hang a task behind the last one of the tour that suits it best; its cost without lateness, BAD if there is none."""
    k = w.node[t + KIND]
    found, least = -1, BAD
    for i in range(w.able_at[k], w.able_at[k + 1]):
        r = w.able[i]
        if open_after(w, w.node[w.ends + r + PREV]) and beside(w, t, r):
            value = dislike(w, t, r)
            if value < least:
                found, least = r, value
    if found < 0:
        return BAD
    v = w.node[w.ends + found + PREV]
    more = within(w, t, v, w.ends + found)
    easy = w.weight[TRAVEL] * more + price(w, t, found)
    easy += burden(w, w.tour[found + WORKER], more + w.node[t + DUR])
    if easy < LOST:
        link(w, t, v)
    return easy


def dislike(w: Board, t: int, r: int) -> int:
    """How badly a task suits behind the last one of a tour: way, lateness and waiting; BAD if it cannot be."""
    end = w.ends + r
    v, q = w.node[end + PREV], w.node[t + MATE]
    s = max(reach(w, v, t), w.node[t + EARLY])
    if q >= 0 and w.node[q + TOUR] >= 0:
        s = max(s, w.node[q + START] + w.node[t + LAG])
    done = s + w.node[t + DUR] + leg(w, r, t, end)
    if s > w.node[t + HARD] or done > w.node[end + HARD]:
        return BAD
    value = w.weight[TRAVEL] * within(w, t, v, end) + price(w, t, r) + late(w, end, done)
    return value + 2 * late(w, t, s) + 3 * s // 10


def latest(w: Board) -> int:
    """The worst lateness of all."""
    top = 0
    for t in range(w.base, w.size, WIDTH):
        if w.node[t + TOUR] >= 0:
            top = max(top, w.node[t + START] - w.node[t + SOON])
    return top


def total_cost(w: Board) -> int:
    """What the present plan costs."""
    return w.sums[EASY] + w.sums[LATE] + w.weight[TOP] * w.sums[WORST]


def save(w: Board) -> None:
    """Keep the plan as the best one."""
    w.sums[UNSAVED] = 0
    for t in range(0, w.size, WIDTH):
        for i in range(KEPT):
            w.best[t + i] = w.node[t + i]


def restore(w: Board) -> None:
    """Go back to the best plan; the list of loose visits stays as it is."""
    for t in range(0, w.size, WIDTH):
        for i in range(KEPT):
            w.node[t + i] = w.best[t + i]
    for c in range(w.workers):
        w.worker[4 * c + LOAD] = 0
    w.sums[LATE], w.sums[WORST] = 0, latest(w)
    for t in range(w.ends, w.size, WIDTH):
        r = w.node[t + TOUR]
        if r >= 0:
            w.sums[LATE] += late(w, t, w.node[t + START])
            w.worker[4 * w.tour[r + WORKER] + LOAD] += leg(w, r, w.node[t + PREV], t) + w.node[t + DUR]
    w.sums[EASY] = w.sums[BEST] - w.sums[LATE] - w.weight[TOP] * w.sums[WORST]
