"""At the end and without chance: the halves of double visits change workers with each other, which no move of the search does."""

from __future__ import annotations

from songhe.core.roster.kernel.build import latest, restore, save, total_cost
from songhe.core.roster.kernel.fits import free, open_after
from songhe.core.roster.kernel.layout import (
    BEST,
    EASY,
    GONE,
    HELD,
    LATE,
    LOST,
    MATE,
    NEXT,
    TOUR,
    WIDTH,
    WORST,
    Board,
    bare,
)
from songhe.core.roster.kernel.links import link
from songhe.core.roster.kernel.loose import left
from songhe.core.roster.kernel.scan import both, settled
from songhe.core.roster.kernel.starts import kept, settle

ROUNDS = 20
"""Looks at all double visits, should each exchange make room for another one."""


def exchange(board: Board) -> None:
    """Make the best plan cheaper by exchanges until none does; the board then stands on it."""
    w = bare(board)
    restore(w)
    for _round in range(ROUNDS):
        cost = w.sums[BEST]
        for t in range(w.base, w.size, WIDTH):
            q = w.node[t + MATE]
            if q > t and free(w, t) and free(w, q):
                exchange_halves(w, t, q)
        if w.sums[BEST] == cost:
            break


def exchange_halves(w: Board, t: int, q: int) -> None:
    """Put each half where it suits best in the other's tour, if that makes the plan cheaper."""
    r, v, one, other = w.node[t + TOUR], w.node[q + TOUR], -1, -1
    least, without = w.sums[BEST], taken(w, t, q)
    while without < LOST and (v < w.ends or v >= w.base):
        u = r
        while u < w.ends or u >= w.base:
            if open_after(w, v) and open_after(w, u):
                cost = without + both(w, t, q, v, u, least - without)
                if cost < least:
                    least, one, other = cost, v, u
            u = w.node[u + NEXT]
        v = w.node[v + NEXT]
    if one >= 0:
        link(w, t, one)
        link(w, q, other)
        settled(w, t, q)
        kept(w)
        w.sums[BEST] = least
        save(w)
    restore(w)


def taken(w: Board, t: int, q: int) -> int:
    """Take both halves out; what the rest costs, at least LOST if it cannot stand without them."""
    w.move[HELD], w.move[GONE] = 0, 0
    easy, tail = left(w, t, 0)
    more, tail = left(w, q, tail)
    w.sums[EASY] += easy + more
    w.sums[LATE] += settle(w, tail) + w.move[GONE]
    w.sums[WORST] = latest(w)
    kept(w)
    return total_cost(w)
