"""Earliest starts after a change: only what the change reaches is worked out anew, and can be taken back.

The starts are the least ones with: after the way from the task before, in the window, and as far from the other half
of a double visit as it asks; whoever cannot begin at the window's beginning begins at a full step. Waiting in a circle for each other shows as a queue that does not end.
"""

from __future__ import annotations

from songhe.core.roster.kernel.layout import (
    BAD,
    BREAK_FOR,
    BREAK_FROM,
    BREAK_TO,
    CAP,
    DUR,
    EARLY,
    EXACT,
    FIXED,
    FLAG,
    HARD,
    IDLE,
    LAG,
    LOGGED,
    LOST,
    MATE,
    NEXT,
    NOTED,
    PREV,
    QUEUED,
    SOON,
    START,
    STEP,
    TAKEN,
    TOUR,
    WEIGHT,
    Board,
)
from songhe.core.roster.kernel.links import leg


def push(w: Board, t: int, tail: int) -> int:
    """Look at a node later; the queue's new end."""
    flag = w.node[t + FLAG]
    if flag & (QUEUED | IDLE):
        return tail
    w.node[t + FLAG] = flag | QUEUED
    w.queue[tail] = t
    return tail + 1


def late(w: Board, t: int, s: int) -> int:
    """Weighted lateness of a start."""
    over = s - w.node[t + SOON]
    return over * w.node[t + WEIGHT] if over > 0 else 0


def arrival(w: Board, t: int) -> int:
    """When a task could begin if it had no other half and its worker no break."""
    a = w.node[t + PREV]
    s = w.node[a + START] + w.node[a + DUR] + leg(w, w.node[t + TOUR], a, t)
    return max(s, w.node[t + EARLY])


def rested(w: Board, t: int, s: int) -> int:
    """The start of a task with its worker's break, taken before it when that costs nothing or when it must be."""
    r, a = w.node[t + TOUR], w.node[t + PREV]
    taken = w.node[a + TAKEN]
    if not taken:
        out = w.node[a + START] + w.node[a + DUR]
        after = max(out, w.tour[r + BREAK_FROM]) + w.tour[r + BREAK_FOR] + leg(w, r, a, t)
        must = s + w.node[t + DUR] > w.tour[r + BREAK_TO] and not w.node[t + FLAG] & FIXED
        if after <= s or must:
            s, taken = max(s, after), 1
    if taken != w.node[t + TAKEN]:
        note(w, t)
        w.node[t + TAKEN] = taken
    return s


def note(w: Board, t: int) -> None:
    """Keep what a node was before the move."""
    if not w.node[t + FLAG] & LOGGED:
        w.node[t + FLAG] |= LOGGED
        n = w.sums[NOTED]
        w.log[4 * n], w.log[4 * n + 1], w.log[4 * n + 2] = t, w.node[t + START], w.node[t + TAKEN]
        w.sums[NOTED] = n + 1


def moved(w: Board, t: int, s: int) -> int:
    """Set a start; the change of weighted lateness."""
    note(w, t)
    change = late(w, t, s) - late(w, t, w.node[t + START])
    w.node[t + START] = s
    return change if s <= w.node[t + HARD] else BAD


def single(w: Board, t: int) -> int:
    """The start of a task that waits for nobody."""
    return resting(w, t, arrival(w, t))


def resting(w: Board, t: int, s: int) -> int:
    """The start of a task, after its worker's break where there is one."""
    s = full(w, t, s)
    if w.tour[w.node[t + TOUR] + BREAK_FOR]:
        return full(w, t, rested(w, t, s))
    if w.node[t + TAKEN]:
        note(w, t)
        w.node[t + TAKEN] = 0
    return s


def full(w: Board, t: int, s: int) -> int:
    """The next full step, such as five minutes; nobody is told to wait for 9:34."""
    step = w.weight[STEP]
    if step < 2 or t < w.base or s <= w.node[t + EARLY] or w.node[t + FLAG] & (FIXED | EXACT):
        return s
    return (s + step - 1) // step * step


def double(w: Board, t: int, q: int) -> tuple[int, int]:
    """The starts of both halves of a double visit."""
    a, b = arrival(w, t), arrival(w, q)
    s = resting(w, t, max(a, b + w.node[t + LAG]))
    z = resting(w, q, max(b, s + w.node[q + LAG]))
    if z + w.node[t + LAG] > s:
        s = resting(w, t, z + w.node[t + LAG])
        z = resting(w, q, max(z, s + w.node[q + LAG]))
    return s, z


def settle(w: Board, tail: int) -> int:
    """Work out what waits in the queue; the change of weighted lateness, BAD if it cannot be done."""
    head, change, cap = 0, 0, w.sums[CAP]
    while head < tail:
        t = w.queue[head]
        head += 1
        w.node[t + FLAG] &= ~QUEUED
        q = w.node[t + MATE]
        if q < 0 or w.node[q + TOUR] < 0:
            b = w.node[t + TAKEN]
            s = single(w, t)
            if s != w.node[t + START] or b != w.node[t + TAKEN]:
                change += moved(w, t, s)
                tail = push(w, w.node[t + NEXT], tail)
        else:
            b, c = w.node[t + TAKEN], w.node[q + TAKEN]
            s, z = double(w, t, q)
            if s != w.node[t + START] or b != w.node[t + TAKEN]:
                change += moved(w, t, s)
                tail = push(w, w.node[t + NEXT], tail)
            if z != w.node[q + START] or c != w.node[q + TAKEN]:
                change += moved(w, q, z)
                tail = push(w, w.node[q + NEXT], tail)
        if change >= LOST or head > cap:
            forget(w, head, tail)
            return BAD
    return change


def forget(w: Board, head: int, tail: int) -> None:
    """Leave what still waits in the queue."""
    for i in range(head, tail):
        w.node[w.queue[i] + FLAG] &= ~QUEUED


def kept(w: Board) -> None:
    """The move stays: the log begins anew."""
    for i in range(w.sums[NOTED]):
        w.node[w.log[4 * i] + FLAG] &= ~LOGGED
    w.sums[NOTED] = 0


def undone(w: Board) -> None:
    """Put back every start of the log."""
    for i in range(w.sums[NOTED]):
        t = w.log[4 * i]
        w.node[t + START], w.node[t + TAKEN] = w.log[4 * i + 1], w.log[4 * i + 2]
        w.node[t + FLAG] &= ~LOGGED
    w.sums[NOTED] = 0
