"""The move that lets two tasks change places."""

from __future__ import annotations

from songhe.core.roster.kernel.chance import below, neighbour
from songhe.core.roster.kernel.fits import apart, burden, free, lighten, price
from songhe.core.roster.kernel.layout import (
    BAD,
    DAY,
    DAYS_OPEN,
    DUR,
    EARLY,
    HARD,
    LOST,
    MATE,
    NEXT,
    PREV,
    TOUR,
    TRAVEL,
    WIDTH,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import leg, link, reach, unlink
from songhe.core.roster.kernel.starts import late, push


def swap(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Let a task change places with one that is near it in place and time."""
    if w.close == 0 or below(w, 16) < 5:
        u = w.base + WIDTH * below(w, w.tasks)
    else:
        u = neighbour(w, t, below(w, 2))
    if u == t or u == w.node[t + MATE] or not free(w, u) or w.node[t + NEXT] == u or w.node[u + NEXT] == t:
        return BAD, 0
    r, s = w.node[t + TOUR], w.node[u + TOUR]
    easy = _prices(w, t, u, r, s)
    if easy >= LOST:
        return BAD, 0
    here, there = _change(w, t, u), _change(w, u, t)
    easy += w.weight[TRAVEL] * (here + there)
    if r == s:
        easy += burden(w, w.tour[r + WORKER], here + there)
    else:
        more = w.node[u + DUR] - w.node[t + DUR]
        easy += burden(w, w.tour[r + WORKER], here + more) + burden(w, w.tour[s + WORKER], there - more)
    if easy > slack or (r != s and (_vain(w, t, u, slack - easy) or _vain(w, u, t, slack - easy))):
        lighten(w)
        return BAD, 0
    a, c = w.node[t + PREV], w.node[u + PREV]
    w.move[0], w.move[1], w.move[2], w.move[3], w.move[4] = 2, t, a, u, c
    unlink(w, t)
    unlink(w, u)
    link(w, t, c)
    link(w, u, a)
    tail = push(w, u, push(w, t, 0))
    return easy, push(w, w.node[u + NEXT], push(w, w.node[t + NEXT], tail))


def _prices(w: Board, t: int, u: int, r: int, s: int) -> int:
    """Change of what it costs who does what; BAD if one of the two may not go there."""
    if r == s:
        return 0
    if w.weight[DAYS_OPEN] and w.tour[r + DAY] != w.tour[s + DAY]:
        day, other = w.tour[s + DAY], w.tour[r + DAY]
        if w.node[t + MATE] >= 0 or w.node[u + MATE] >= 0 or not apart(w, t, day) or not apart(w, u, other):
            return BAD
    one, other = price(w, t, s), price(w, u, r)
    if one < 0 or other < 0 or _meets(w, t, s) or _meets(w, u, r):
        return BAD
    return one + other - price(w, t, r) - price(w, u, s)


def _meets(w: Board, t: int, r: int) -> bool:
    """Whether the worker of tour r does the other half."""
    q = w.node[t + MATE]
    return q >= 0 and w.tour[w.node[q + TOUR] + WORKER] == w.tour[r + WORKER]


def _change(w: Board, t: int, u: int) -> int:
    """Change of travel where t stands and u shall stand."""
    r, a, b = w.node[t + TOUR], w.node[t + PREV], w.node[t + NEXT]
    return leg(w, r, a, u) + leg(w, r, u, b) - leg(w, r, a, t) - leg(w, r, t, b)


def _vain(w: Board, t: int, u: int, room: int) -> bool:
    """Whether u in the place of t would be too late, whatever else changes."""
    s = max(reach(w, w.node[t + PREV], u), w.node[u + EARLY])
    return s > w.node[u + HARD] or late(w, u, s) > room
