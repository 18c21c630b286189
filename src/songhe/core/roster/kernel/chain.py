"""The move that carries two or three tasks that follow each other to another place of the same day."""

from __future__ import annotations

from songhe.core.roster.kernel.chance import below, neighbour
from songhe.core.roster.kernel.fits import burden, lighten, open_after, price
from songhe.core.roster.kernel.layout import (
    BAD,
    DAY,
    DUR,
    EARLY,
    HARD,
    LOST,
    MATE,
    NEXT,
    PREV,
    TOUR,
    TRAVEL,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import leg, reach
from songhe.core.roster.kernel.starts import late, push


def chain(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Carry t and one or two tasks behind it elsewhere."""
    last = w.node[t + NEXT]
    if below(w, 2) and last >= w.base:
        last = w.node[last + NEXT]
    if w.close == 0 or last < w.base:
        return BAD, 0
    if below(w, 2):
        v = neighbour(w, t, 0)
    else:
        y = neighbour(w, last, 1)
        v = w.node[y + PREV] if w.node[y + TOUR] >= 0 else -1
    if v < 0 or w.node[v + TOUR] < 0 or not open_after(w, v):
        return BAD, 0
    r, s = w.node[t + TOUR], w.node[v + TOUR]
    if w.tour[r + DAY] != w.tour[s + DAY] or v == w.node[t + PREV] or _holds(w, t, last, v):
        return BAD, 0
    easy, inside = _prices(w, t, last, r, s)
    if easy >= LOST:
        return BAD, 0
    less, more = _left(w, t, last, r), _joined(w, t, last, v)
    easy += w.weight[TRAVEL] * (less + more + _inner(w, t, last, s) - _inner(w, t, last, r))
    if w.tour[r + WORKER] == w.tour[s + WORKER]:
        easy += burden(w, w.tour[r + WORKER], less + more)
    else:
        easy += burden(w, w.tour[r + WORKER], less - inside - _inner(w, t, last, r))
        easy += burden(w, w.tour[s + WORKER], more + inside + _inner(w, t, last, s))
    if easy > slack or (r != s and _vain(w, t, v, slack - easy)):
        lighten(w)
        return BAD, 0
    w.move[0], w.move[1], w.move[2], w.move[3] = 4, t, last, w.node[t + PREV]
    tail = push(w, w.node[last + NEXT], 0)
    shift(w, t, last, v)
    return easy, push(w, w.node[last + NEXT], push(w, last, push(w, w.node[t + NEXT], push(w, t, tail))))


def shift(w: Board, t: int, last: int, v: int) -> None:
    """Hang the chain t … last behind v."""
    a, b = w.node[t + PREV], w.node[last + NEXT]
    w.node[a + NEXT] = b
    w.node[b + PREV] = a
    y = w.node[v + NEXT]
    w.node[v + NEXT] = t
    w.node[t + PREV] = v
    w.node[last + NEXT] = y
    w.node[y + PREV] = last
    if w.node[t + TOUR] != w.node[v + TOUR]:
        z = t
        while z != y:
            w.node[z + TOUR] = w.node[v + TOUR]
            z = w.node[z + NEXT]


def _holds(w: Board, t: int, last: int, v: int) -> bool:
    """Whether v is in the chain."""
    z = t
    while z != last:
        if z == v:
            return True
        z = w.node[z + NEXT]
    return v == last


def _prices(w: Board, t: int, last: int, r: int, s: int) -> tuple[int, int]:
    """Change of what it costs who does the chain (BAD if tour s may not hold it), and its minutes of service."""
    easy, minutes, end = 0, 0, w.node[last + NEXT]
    while t != end:
        q = w.node[t + MATE]
        if r != s and q >= 0 and w.tour[w.node[q + TOUR] + WORKER] == w.tour[s + WORKER]:
            return BAD, 0
        fit = price(w, t, s)
        if fit < 0:
            return BAD, 0
        easy += fit - price(w, t, r)
        minutes += w.node[t + DUR]
        t = w.node[t + NEXT]
    return easy, minutes


def _inner(w: Board, t: int, last: int, r: int) -> int:
    """Travel within the chain for who does tour r."""
    total = 0
    while t != last:
        y = w.node[t + NEXT]
        total += leg(w, r, t, y)
        t = y
    return total


def _left(w: Board, t: int, last: int, r: int) -> int:
    """Change of travel where the chain leaves, without its inside."""
    a, b = w.node[t + PREV], w.node[last + NEXT]
    return leg(w, r, a, b) - leg(w, r, a, t) - leg(w, r, last, b)


def _joined(w: Board, t: int, last: int, v: int) -> int:
    """Change of travel where the chain comes, without its inside."""
    s, y = w.node[v + TOUR], w.node[v + NEXT]
    return leg(w, s, v, t) + leg(w, s, last, y) - leg(w, s, v, y)


def _vain(w: Board, t: int, v: int, room: int) -> bool:
    """Whether the first task would be too late behind v, whatever else changes."""
    s = max(reach(w, v, t), w.node[t + EARLY])
    return s > w.node[t + HARD] or late(w, t, s) > room
