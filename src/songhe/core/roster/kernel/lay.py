"""A plan that is there already, laid onto the board."""

from __future__ import annotations

from songhe.core.roster.kernel.build import fix, latest
from songhe.core.roster.kernel.fits import beside, lighten, load_cost, price
from songhe.core.roster.kernel.layout import (
    BAD,
    BREAK_FOR,
    DUR,
    EARLY,
    EASY,
    HARD,
    HELD,
    LATE,
    LOAD,
    LOADS,
    LOST,
    MATE,
    NEXT,
    SOON,
    START,
    TAKEN,
    TOUR,
    TRAVEL,
    WIDTH,
    WORKER,
    WORST,
    Board,
    Rows,
    bare,
)
from songhe.core.roster.kernel.links import link, within
from songhe.core.roster.kernel.loose import joined, loosen, out, tighten, worth
from songhe.core.roster.kernel.starts import double, kept, late, moved, rested, single, undone

ROUNDS = 200
"""Looks at all tours until every start is found; more mean that tasks wait for each other in a circle."""


def lay(board: Board, rows: Rows) -> None:
    """Put visits where a plan has them: first task, its tour and start, tour and start of the other half (or -1, -1).

    Where the whole cannot be, one after the other is put in as far as it can.
    """
    w = bare(board)
    if lay_all(w, rows):
        w.sums[WORST] = latest(w)
        return
    for i in range(0, rows.shape[0], 5):
        t = rows[i]
        w.move[HELD] = 0
        easy = joined(w, t, behind(w, rows[i + 1], rows[i + 2]))
        if easy < LOST:
            link(w, t, behind(w, rows[i + 1], rows[i + 2]))
            q = w.node[t + MATE]
            if rows[i + 3] >= 0:
                v = behind(w, rows[i + 3], rows[i + 4])
                more = joined(w, q, v)
                if more < LOST:
                    link(w, q, v)
                else:
                    out(w, t)
                easy += more
        if easy < LOST:
            fix(w, t, easy)
        else:
            lighten(w)
    w.sums[WORST] = latest(w)


def behind(w: Board, r: int, s: int) -> int:
    """The last node of a tour that begins before or at a minute."""
    v = r
    while w.node[v + NEXT] >= w.base and w.node[w.node[v + NEXT] + START] <= s:
        v = w.node[v + NEXT]
    return v


def lay_all(w: Board, rows: Rows) -> bool:
    """Lay a whole plan at once; False, and nothing laid, if it breaks a rule."""
    good, easy = True, 0
    for i in range(0, rows.shape[0], 5):
        t = rows[i]
        tighten(w, t)
        easy += hang(w, t, rows[i + 1], rows[i + 2]) - worth(w, t)
        if rows[i + 3] >= 0:
            easy += hang(w, w.node[t + MATE], rows[i + 3], rows[i + 4])
        good = good and price(w, t, rows[i + 1]) >= 0
        good = good and (rows[i + 3] < 0 or price(w, w.node[t + MATE], rows[i + 3]) >= 0)
    good = good and together(w, rows)
    for c in range(w.workers):
        easy += load_cost(w, c) if w.weight[LOADS] else 0
    change = begin(w) if good and easy < LOST else BAD
    if change < LOST:
        kept(w)
        w.sums[EASY] += easy
        w.sums[LATE] += change
        return True
    undone(w)
    for i in range(0, rows.shape[0], 5):
        t = rows[i]
        unhang(w, t)
        if rows[i + 3] >= 0:
            unhang(w, w.node[t + MATE])
        loosen(w, t)
    return False


def together(w: Board, rows: Rows) -> bool:
    """Whether all halves and brothers that were laid allow each other."""
    for i in range(0, rows.shape[0], 5):
        t = rows[i]
        if not beside(w, t, w.node[t + TOUR]):
            return False
        if rows[i + 3] >= 0 and not beside(w, w.node[t + MATE], w.node[w.node[t + MATE] + TOUR]):
            return False
    return True


def hang(w: Board, t: int, r: int, s: int) -> int:
    """Put a task where it lies by its start; its cost without lateness and load."""
    v = behind(w, r, s)
    more = within(w, t, v, w.node[v + NEXT])
    link(w, t, v)
    w.node[t + START] = s
    if w.weight[LOADS]:
        w.worker[4 * w.tour[r + WORKER] + LOAD] += more + w.node[t + DUR]
    return w.weight[TRAVEL] * more + max(price(w, t, r), 0)


def unhang(w: Board, t: int) -> None:
    """Take it out again."""
    r = w.node[t + TOUR]
    out(w, t)
    w.node[t + START] = min(w.node[t + EARLY], w.node[t + SOON])
    if w.weight[LOADS]:
        w.worker[4 * w.tour[r + WORKER] + LOAD] = 0


def begin(w: Board) -> int:
    """Work out all starts from the planned ones on; the weighted lateness, BAD if it cannot be."""
    total = 0
    for t in range(w.base, w.size, WIDTH):
        if w.node[t + TOUR] >= 0:
            if w.node[t + START] > w.node[t + HARD]:
                return BAD
            total += late(w, t, w.node[t + START])
    for r in range(0, w.ends, WIDTH):
        rest(w, r)
    for _round in range(ROUNDS):
        change, same = walk(w)
        total += change
        if total >= LOST or same:
            return total
    return BAD


def rest(w: Board, r: int) -> None:
    """Note who has had the break before which task, by the planned starts; starts that are worked out without it are too late."""
    t = w.node[r + NEXT]
    while t >= w.base and w.tour[r + BREAK_FOR]:
        rested(w, t, w.node[t + START])
        t = w.node[t + NEXT]


def walk(w: Board) -> tuple[int, bool]:
    """Look at every task once in the order of its tour; the change of lateness, and whether nothing changed."""
    total, same = 0, True
    for r in range(0, w.ends, WIDTH):
        t = w.node[r + NEXT]
        while t >= w.base or (t == w.ends + r and w.node[r + NEXT] != t):
            before, q = w.node[t + TAKEN], w.node[t + MATE]
            if q >= 0 and w.node[q + TOUR] >= 0:
                s, z = double(w, t, q)
                if z != w.node[q + START]:
                    total, same = total + moved(w, q, z), False
            else:
                s = single(w, t)
            if s != w.node[t + START] or before != w.node[t + TAKEN]:
                total, same = total + moved(w, t, s), False
            if t < w.base or total >= LOST:
                break
            t = w.node[t + NEXT]
    return total, same
