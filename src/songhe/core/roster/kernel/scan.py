"""Every place where a visit that nobody does could go, and what it would cost there."""

from __future__ import annotations

from songhe.core.roster.kernel.anneal import worst
from songhe.core.roster.kernel.build import fix, latest
from songhe.core.roster.kernel.fits import beside, lighten, open_after, price
from songhe.core.roster.kernel.layout import (
    BAD,
    DAY,
    DAYS,
    EARLY,
    FAR,
    HARD,
    HELD,
    KIND,
    LOST,
    MATE,
    NEXT,
    START,
    TOP,
    TRAVEL,
    WIDTH,
    WORKER,
    WORST,
    Board,
    Found,
    bare,
)
from songhe.core.roster.kernel.links import link, reach, within
from songhe.core.roster.kernel.loose import joined, out
from songhe.core.roster.kernel.starts import push, settle, undone

# Columns of what is found for a tour, and why a task does not go there.
REASON, SPOT, TOTAL, BEGIN = 0, 1, 2, 3
FITS, UNABLE, NOT_THAT_DAY, NOT_BESIDE, NO_TIME, NO_WAY, NO_WORK = 0, 1, 2, 3, 4, 5, 6


def scan(board: Board, t: int, found: Found) -> None:
    """For each tour the best place of a loose task, its cost and start, or the first rule against it."""
    w = bare(board)
    for i in range(w.ends // WIDTH):
        found[4 * i + REASON], found[4 * i + SPOT], found[4 * i + TOTAL] = FITS, -1, BAD
        r = i * WIDTH
        k = w.node[t + KIND]
        if w.fit[k * w.workers + w.tour[r + WORKER]] < 0:
            found[4 * i + REASON] = UNABLE
        elif not (w.kind[4 * k + DAYS] >> w.tour[r + DAY]) & 1:
            found[4 * i + REASON] = NOT_THAT_DAY
        elif not beside(w, t, r) or price(w, t, r) < 0:
            found[4 * i + REASON] = NOT_BESIDE
        else:
            best_place(w, t, r, found, 4 * i)


def best_place(w: Board, t: int, r: int, found: Found, at: int) -> None:
    """The best place in one tour."""
    found[at + REASON] = NO_WAY
    v = r
    while v < w.ends or v >= w.base:
        if open_after(w, v):
            total, s = trial(w, t, v)
            if total < found[at + TOTAL]:
                found[at + REASON], found[at + SPOT], found[at + TOTAL], found[at + BEGIN] = FITS, v, total, s
            elif s >= 0 and found[at + REASON] != FITS:
                found[at + REASON] = NO_TIME
            elif s == -2 and found[at + REASON] == NO_WAY:
                found[at + REASON] = NO_WORK
        v = w.node[v + NEXT]


def trial(w: Board, t: int, v: int) -> tuple[int, int]:
    """What a task costs behind v, and when it would begin; BAD, and -1 where there is no way, -2 where it is too much work."""
    w.move[HELD], w.move[0] = 0, 5
    easy = joined(w, t, v)
    if easy >= w.weight[TRAVEL] * (FAR // 2):
        lighten(w)
        return BAD, -2 if within(w, t, v, w.node[v + NEXT]) < FAR // 2 else -1
    s = max(reach(w, v, t), w.node[t + EARLY])
    if s > w.node[t + HARD]:
        lighten(w)
        return BAD, s
    link(w, t, v)
    change = settle(w, push(w, w.node[t + NEXT], push(w, t, 0)))
    total, s = BAD, w.node[t + START]
    if change < LOST:
        total = easy + change + w.weight[TOP] * (worst(w) - w.sums[WORST])
    undone(w)
    out(w, t)
    lighten(w)
    return total, s


def scan_both(board: Board, t: int, ones: Found, others: Found, found: Found) -> None:
    """The best pair of places for both halves of a double visit: cost, one place, the other place."""
    w = bare(board)
    q = w.node[t + MATE]
    found[0] = BAD
    for i in range(ones.shape[0]):
        for j in range(others.shape[0]):
            total = both(w, t, q, ones[i], others[j], LOST)
            if total < found[0]:
                found[0], found[1], found[2] = total, ones[i], others[j]


def both(w: Board, t: int, q: int, v: int, u: int, room: int) -> int:
    """What loose halves cost behind v and u; BAD if they cannot go there, or cost ``room`` without lateness."""
    w.move[HELD], w.move[0] = 0, 5
    total, easy = BAD, joined(w, t, v)
    if easy < LOST:
        link(w, t, v)
        easy += joined(w, q, u)
        if easy < room:
            link(w, q, u)
            total = easy + settled(w, t, q)
            undone(w)
            out(w, q)
        out(w, t)
    lighten(w)
    return total


def settled(w: Board, t: int, q: int) -> int:
    """What both halves, linked in, cost in lateness."""
    tail = push(w, w.node[t + NEXT], push(w, t, 0))
    change = settle(w, push(w, w.node[q + NEXT], push(w, q, tail)))
    return change + w.weight[TOP] * (worst(w) - w.sums[WORST]) if change < LOST else BAD


def put(board: Board, t: int, v: int, u: int) -> None:
    """Put a visit behind v, and its other half behind u; it stays loose where that cannot be."""
    w = bare(board)
    w.move[HELD], w.move[0] = 0, 5
    easy = joined(w, t, v)
    if easy < LOST:
        link(w, t, v)
        q = w.node[t + MATE]
        more = joined(w, q, u) if q >= 0 else 0
        if q >= 0 and more < LOST:
            link(w, q, u)
        elif q >= 0:
            out(w, t)
        easy += more
    if easy < LOST:
        fix(w, t, easy)
        w.sums[WORST] = latest(w)
    else:
        lighten(w)
