"""Moves that carry one task, or both halves of a double visit, to another place."""

from __future__ import annotations

from songhe.core.roster.kernel.fits import beside, burden, free, lighten, open_after, price, spot
from songhe.core.roster.kernel.layout import (
    BAD,
    DAY,
    DUR,
    EARLY,
    HARD,
    MATE,
    NEXT,
    PREV,
    START,
    TOUR,
    TRAVEL,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import leg, link, reach, unlink, within, without
from songhe.core.roster.kernel.starts import late, push


def hopeless(w: Board, t: int, v: int, room: int) -> bool:
    """Whether a task behind v in another tour makes itself and the next one too late, whatever else changes."""
    s, y = max(reach(w, v, t), w.node[t + EARLY]), w.node[v + NEXT]
    if s > w.node[t + HARD]:
        return True
    z = s + w.node[t + DUR] + leg(w, w.node[v + TOUR], t, y)
    if z > w.node[y + HARD]:
        return True
    more = late(w, t, s)
    if z > w.node[y + START]:
        more += late(w, y, z) - late(w, y, w.node[y + START])
    return more > room


def relocate(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Carry one task elsewhere."""
    v = spot(w, t)
    if v < 0 or v == t or v == w.node[t + PREV] or not open_after(w, v):
        return BAD, 0
    r, s = w.node[v + TOUR], w.node[t + TOUR]
    fit = price(w, t, r)
    if fit < 0 or not beside(w, t, r):
        return BAD, 0
    less, more = without(w, t), within(w, t, v, w.node[v + NEXT])
    easy = w.weight[TRAVEL] * (less + more) + fit - price(w, t, s)
    if w.tour[r + WORKER] != w.tour[s + WORKER]:
        easy += burden(w, w.tour[s + WORKER], less - w.node[t + DUR])
        easy += burden(w, w.tour[r + WORKER], more + w.node[t + DUR])
    else:
        easy += burden(w, w.tour[r + WORKER], less + more)
    if easy > slack or (r != s and hopeless(w, t, v, slack - easy)):
        lighten(w)
        return BAD, 0
    a = w.node[t + PREV]
    w.move[0], w.move[1], w.move[2] = 0, t, a
    tail = push(w, w.node[t + NEXT], 0)
    unlink(w, t)
    link(w, t, v)
    tail = push(w, t, tail)
    return easy, push(w, w.node[t + NEXT], tail)


def relocate_both(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Carry both halves of a double visit elsewhere."""
    q = w.node[t + MATE]
    if not free(w, q):
        return BAD, 0
    v, u = spot(w, t), spot(w, q)
    if v < 0 or u < 0 or _tangled(w, t, q, v) or _tangled(w, q, t, u):
        return BAD, 0
    r, z = w.node[v + TOUR], w.node[u + TOUR]
    if w.tour[r + WORKER] == w.tour[z + WORKER] or w.tour[r + DAY] != w.tour[z + DAY]:
        return BAD, 0
    one, other = _placed(w, t, q, r), _placed(w, q, t, z)
    if one < 0 or other < 0:
        return BAD, 0
    easy = one + other - price(w, t, w.node[t + TOUR]) - price(w, q, w.node[q + TOUR])
    easy += _carried(w, t, v) + _carried(w, q, u)
    if easy > slack:
        lighten(w)
        return BAD, 0
    w.move[0], w.move[1], w.move[2], w.move[3], w.move[4] = 1, t, w.node[t + PREV], q, w.node[q + PREV]
    tail = push(w, w.node[q + NEXT], push(w, w.node[t + NEXT], 0))
    unlink(w, t)
    unlink(w, q)
    link(w, t, v)
    link(w, q, u)
    tail = push(w, q, push(w, t, tail))
    return easy, push(w, w.node[q + NEXT], push(w, w.node[t + NEXT], tail))


def _tangled(w: Board, t: int, q: int, v: int) -> bool:
    """Whether the place behind v is one of the two that the halves leave."""
    y = w.node[v + NEXT]
    if v == t or v == q:
        return True
    return y == t or y == q or not open_after(w, v)


def _placed(w: Board, t: int, q: int, r: int) -> int:
    """The price of a half in tour r, where the other half goes along; -1 if it may not."""
    held = w.node[q + TOUR]
    w.node[q + TOUR] = -1
    good = beside(w, t, r)
    w.node[q + TOUR] = held
    return price(w, t, r) if good else -1


def _carried(w: Board, t: int, v: int) -> int:
    """Travel and load of a half that goes behind v."""
    less, more, s, r = without(w, t), within(w, t, v, w.node[v + NEXT]), w.node[t + TOUR], w.node[v + TOUR]
    easy = w.weight[TRAVEL] * (less + more)
    easy += burden(w, w.tour[s + WORKER], less - w.node[t + DUR])
    return easy + burden(w, w.tour[r + WORKER], more + w.node[t + DUR])
