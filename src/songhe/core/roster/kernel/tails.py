"""The move that lets two tours of a day change what comes after one point of each."""

from __future__ import annotations

from songhe.core.roster.kernel.chance import below, neighbour
from songhe.core.roster.kernel.fits import burden, free, lighten, open_after
from songhe.core.roster.kernel.layout import (
    BAD,
    BREAK_FOR,
    DAY,
    DUR,
    EARLY,
    HARD,
    KIND,
    LOADS,
    LOST,
    MATE,
    NEXT,
    PREV,
    PROFILE,
    TOUR,
    TRAVEL,
    WORKER,
    Board,
)
from songhe.core.roster.kernel.links import leg, reach
from songhe.core.roster.kernel.starts import late, push


def tails(w: Board, t: int, slack: int) -> tuple[int, int]:
    """Let what comes behind t (or its whole tour) change with another tour's tail that could well come behind t."""
    if w.close == 0:
        return BAD, 0
    u = neighbour(w, t, 1)
    x, y = t if below(w, 10) else w.node[t + TOUR], w.node[u + PREV]
    r, s = w.node[x + TOUR], w.node[u + TOUR]
    if r == s or not free(w, u) or not open_after(w, x) or w.tour[r + DAY] != w.tour[s + DAY]:
        return BAD, 0
    if w.tour[r + PROFILE] != w.tour[s + PROFILE]:
        return BAD, 0
    easy = w.weight[TRAVEL] * _change(w, x, y, r, s)
    room = slack - easy
    if room < 0 or (not w.weight[LOADS] and _vain(w, x, u, room)):
        return BAD, 0
    a, b = w.node[x + NEXT], u
    one, other = _prices(w, a, r, s), _prices(w, b, s, r)
    if one >= LOST or other >= LOST:
        return BAD, 0
    easy += one + other
    if w.weight[LOADS]:
        easy += _loads(w, x, y, r, s)
    if easy > slack:
        lighten(w)
        return BAD, 0
    _cross(w, x, y, r, s)
    if _meeting(w, x) or _meeting(w, y):
        _cross(w, x, y, r, s)
        lighten(w)
        return BAD, 0
    w.move[0], w.move[1], w.move[2], w.move[3], w.move[4] = 3, x, y, r, s
    if w.tour[r + BREAK_FOR] or w.tour[s + BREAK_FOR]:
        return easy, _push_all(w, y, _push_all(w, x, 0))
    tail = push(w, w.node[y + NEXT], push(w, w.node[x + NEXT], 0))
    return easy, push(w, w.ends + s, push(w, w.ends + r, tail))


def _push_all(w: Board, x: int, tail: int) -> int:
    """Look at everything behind x: breaks are taken elsewhere now."""
    while x < w.ends or x >= w.base:
        x = w.node[x + NEXT]
        tail = push(w, x, tail)
    return tail


def _change(w: Board, x: int, y: int, r: int, s: int) -> int:
    """Change of travel, with the ways to where both tours end."""
    a, b, e, f = w.node[x + NEXT], w.node[y + NEXT], w.ends + r, w.ends + s
    change = leg(w, r, x, b) - leg(w, s, y, b)
    last = w.node[f + PREV]
    change += leg(w, r, last, e) - leg(w, s, last, f)
    if a == e:
        return change + leg(w, s, y, f) - leg(w, r, x, e)
    last = w.node[e + PREV]
    return change + leg(w, s, y, a) - leg(w, r, x, a) + leg(w, s, last, f) - leg(w, r, last, e)


def _vain(w: Board, x: int, u: int, room: int) -> bool:
    """Whether u behind x would be too late, whatever else changes."""
    s = max(reach(w, x, u), w.node[u + EARLY])
    return s > w.node[u + HARD] or late(w, u, s) > room


def _prices(w: Board, z: int, r: int, s: int) -> int:
    """Change of what it costs who does the tail from z on; BAD if tour s may not hold it."""
    easy, c, d = 0, w.tour[r + WORKER], w.tour[s + WORKER]
    while z >= w.base:
        k = w.node[z + KIND]
        if w.fit[k * w.workers + d] < 0:
            return BAD
        easy += w.fit[k * w.workers + d] - w.fit[k * w.workers + c]
        z = w.node[z + NEXT]
    return easy


def _loads(w: Board, x: int, y: int, r: int, s: int) -> int:
    """What the change of loads costs."""
    one, other = _minutes(w, x, r, r), _minutes(w, y, s, s)
    here, there = _minutes(w, y, s, r), _minutes(w, x, r, s)
    here += leg(w, r, x, w.node[y + NEXT]) - leg(w, s, y, w.node[y + NEXT])
    a = w.node[x + NEXT]
    there += leg(w, s, y, w.ends + s if a == w.ends + r else a) - leg(w, r, x, a)
    if here < one:
        easy = burden(w, w.tour[r + WORKER], here - one)
        return easy + burden(w, w.tour[s + WORKER], there - other)
    easy = burden(w, w.tour[s + WORKER], there - other)
    return easy + burden(w, w.tour[r + WORKER], here - one)


def _minutes(w: Board, x: int, r: int, s: int) -> int:
    """Service and travel from x of tour r on, were it to end where tour s ends."""
    total, z = 0, x
    while z != w.ends + r:
        y = w.node[z + NEXT]
        total += leg(w, r, z, w.ends + s if y == w.ends + r and z != x else y)
        total += w.node[y + DUR]
        z = y
    return total


def _cross(w: Board, x: int, y: int, r: int, s: int) -> None:
    """Change the tails behind x of tour r and y of tour s; doing it again takes it back."""
    a, b, e, f = w.node[x + NEXT], w.node[y + NEXT], w.ends + r, w.ends + s
    last, end = w.node[e + PREV], w.node[f + PREV]
    _hang(w, x, b, end, e, y)
    _hang(w, y, a, last, f, x)
    _named(w, x, r)
    _named(w, y, s)


def _hang(w: Board, x: int, b: int, last: int, end: int, y: int) -> None:
    """Hang the chain b … last behind x and before end; an empty chain if last is y, which stood before it."""
    if last == y:
        w.node[x + NEXT] = end
        w.node[end + PREV] = x
        return
    w.node[x + NEXT] = b
    w.node[b + PREV] = x
    w.node[last + NEXT] = end
    w.node[end + PREV] = last


def _named(w: Board, x: int, r: int) -> None:
    """Everything behind x belongs to tour r."""
    z = w.node[x + NEXT]
    while z >= w.base:
        w.node[z + TOUR] = r
        z = w.node[z + NEXT]


def _meeting(w: Board, x: int) -> bool:
    """Whether behind x both halves of a double visit now fall to one worker."""
    z = w.node[x + NEXT]
    while z >= w.base:
        q = w.node[z + MATE]
        if q >= 0 and w.tour[w.node[q + TOUR] + WORKER] == w.tour[w.node[z + TOUR] + WORKER]:
            return True
        z = w.node[z + NEXT]
    return False
