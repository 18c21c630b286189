"""Moves of visits that nobody does yet: in, out, and one for another."""

from __future__ import annotations

from songhe.core.roster.kernel.chance import below, neighbour
from songhe.core.roster.kernel.fits import beside, burden, free, lighten, open_after, price, spot
from songhe.core.roster.kernel.layout import (
    BAD,
    DUR,
    EARLY,
    GONE,
    KIND,
    LOOSE,
    LOST,
    MATE,
    NEXT,
    PREV,
    PRICE,
    SOON,
    START,
    TOUR,
    TRAVEL,
    WIDTH,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import link, unlink, within, without
from songhe.core.roster.kernel.starts import forget, late, note, push, undone


def loosen(w: Board, t: int) -> None:
    """Write a visit (by its first task) into the list of those that nobody does."""
    n = w.sums[LOOSE]
    w.loose[n] = t
    w.loose_at[(t - w.base) // WIDTH] = n
    w.sums[LOOSE] = n + 1


def tighten(w: Board, t: int) -> None:
    """Take a visit out of that list."""
    n = w.sums[LOOSE] - 1
    at, last = w.loose_at[(t - w.base) // WIDTH], w.loose[n]
    w.loose[at] = last
    w.loose_at[(last - w.base) // WIDTH] = at
    w.sums[LOOSE] = n


def first(w: Board, t: int) -> int:
    """The task by which a visit goes."""
    q = w.node[t + MATE]
    return q if 0 <= q < t else t


def worth(w: Board, t: int) -> int:
    """What it costs to leave a visit undone."""
    return w.kind[4 * w.node[first(w, t) + KIND] + PRICE]


def insert(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Give a visit that nobody does to somebody."""
    q = w.node[t + MATE]
    v = spot(w, t)
    if v < 0 or not open_after(w, v):
        return BAD, 0
    easy = joined(w, t, v) - worth(w, t)
    if easy > slack:
        lighten(w)
        return BAD, 0
    link(w, t, v)
    w.move[0], w.move[1] = 5, t
    if q >= 0:
        u = spot(w, q)
        more = joined(w, q, u) if u >= 0 and open_after(w, u) else BAD
        easy += more
        if more >= LOST or easy > slack:
            out(w, t)
            lighten(w)
            return BAD, 0
        link(w, q, u)
    tighten(w, t)
    tail = push(w, w.node[t + NEXT], push(w, t, 0))
    if q >= 0:
        tail = push(w, w.node[q + NEXT], push(w, q, tail))
    return easy, tail


def drop(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Leave a visit undone."""
    t = first(w, t)
    q = w.node[t + MATE]
    if not free(w, t) or (q >= 0 and not free(w, q)):
        return BAD, 0
    w.move[0], w.move[1], w.move[2], w.move[3] = 6, t, w.node[t + PREV], w.node[t + TOUR]
    easy, tail = left(w, t, 0)
    easy += worth(w, t)
    if q >= 0:
        w.move[4], w.move[5] = w.node[q + PREV], w.node[q + TOUR]
        more, tail = left(w, q, tail)
        easy += more
    if easy > slack:  # there is no way between its neighbours
        forget(w, 0, tail)
        if q >= 0:
            link(w, q, w.move[4])
        link(w, t, w.move[2])
        undone(w)
        lighten(w)
        return BAD, 0
    loosen(w, t)
    return easy, tail


def replace(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Do a visit that nobody does in place of another one; single visits only."""
    z = neighbour(w, t, below(w, 2)) if w.close else -1
    if z < 0 or w.node[t + MATE] >= 0 or w.node[z + MATE] >= 0 or not free(w, z):
        return BAD, 0
    v, r = w.node[z + PREV], w.node[z + TOUR]
    easy = worth(w, z) - worth(w, t)
    w.move[0], w.move[1], w.move[2], w.move[3] = 7, t, z, v
    more, tail = left(w, z, 0)
    w.node[z + TOUR] = -1
    easy += more
    more = joined(w, t, v) if w.node[v + TOUR] == r else BAD
    if more >= LOST or easy + more > slack:
        forget(w, 0, tail)
        link(w, z, v)
        undone(w)
        lighten(w)
        return BAD, 0
    link(w, t, v)
    tighten(w, t)
    loosen(w, z)
    return easy + more, push(w, w.node[t + NEXT], push(w, t, tail))


def joined(w: Board, t: int, v: int) -> int:
    """What it costs that a loose task comes behind v, without lateness; BAD if it may not."""
    r = w.node[v + TOUR]
    fit = price(w, t, r) if r >= 0 else -1
    if fit < 0 or not beside(w, t, r):
        return BAD
    more = within(w, t, v, w.node[v + NEXT])
    return w.weight[TRAVEL] * more + fit + burden(w, w.tour[r + WORKER], more + w.node[t + DUR])


def left(w: Board, t: int, tail: int) -> tuple[int, int]:
    """Take a task out; what that changes without lateness, and the queue's end."""
    r, less = w.node[t + TOUR], without(w, t)
    easy = w.weight[TRAVEL] * less - price(w, t, r) + burden(w, w.tour[r + WORKER], less - w.node[t + DUR])
    tail = push(w, w.node[t + NEXT], tail)
    note(w, t)
    w.move[GONE] -= late(w, t, w.node[t + START])
    w.node[t + START] = min(w.node[t + EARLY], w.node[t + SOON])
    out(w, t)
    return easy, tail


def out(w: Board, t: int) -> None:
    """Take a task out of its tour."""
    unlink(w, t)
    w.node[t + TOUR] = -1
