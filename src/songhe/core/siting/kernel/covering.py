"""Sites that reach as much as they can: greedy, then changes of one site for another, then kicks and changes again.

A board knows of each cell how many chosen sites reach it and the sum of their numbers, which is the number of the only one
where it is one; and of each chosen site the weight that only it reaches. So what a change brings is one look at a row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from songhe.core.siting.kernel.chance import below

Array = NDArray[Any]
VALUE, SPENT, BEST, BUDGET = 0, 1, 2, 3
CHOSEN, MOST = 0, 1
EPS = 1e-9
HOT, FALL, PARTS = 0.1, 0.82, 30
"""What a change may cost at first, as a part of what a site brings; how much less after each of so many parts."""


class Board(NamedTuple):
    """``starts`` and ``cells`` are the rows of sites; ``state``: 0 out, 1 in, 2 in for good."""

    starts: Array
    cells: Array
    weight: Array
    cost: Array
    state: Array
    chosen: Array
    place: Array
    reached: Array
    owner: Array
    loss: Array
    over: Array
    bound: Array
    best: Array
    sums: Array
    sizes: Array
    seed: Array


def enter(w: Board, s: int, state: int) -> None:
    """Choose a site."""
    alone = 0.0
    for e in range(w.starts[s], w.starts[s + 1]):
        j = w.cells[e]
        if w.reached[j] == 0:
            alone += w.weight[j]
        elif w.reached[j] == 1:
            w.loss[w.owner[j]] -= w.weight[j]
        w.reached[j] += 1
        w.owner[j] += s
    w.loss[s] = alone
    w.sums[VALUE] += alone
    w.sums[SPENT] += w.cost[s]
    w.state[s] = state
    n = w.sizes[CHOSEN]
    w.chosen[n], w.place[s] = s, n
    w.sizes[CHOSEN] = n + 1


def leave(w: Board, s: int) -> None:
    """Give a site up."""
    alone = 0.0
    for e in range(w.starts[s], w.starts[s + 1]):
        j = w.cells[e]
        w.reached[j] -= 1
        w.owner[j] -= s
        if w.reached[j] == 0:
            alone += w.weight[j]
        elif w.reached[j] == 1:
            w.loss[w.owner[j]] += w.weight[j]
    w.loss[s] = 0.0
    w.sums[VALUE] -= alone
    w.sums[SPENT] -= w.cost[s]
    w.state[s] = 0
    n = w.sizes[CHOSEN] - 1
    last = w.chosen[n]
    w.chosen[w.place[s]], w.place[last] = last, w.place[s]
    w.sizes[CHOSEN] = n


def gain(w: Board, s: int) -> float:
    """The weight that a site would add."""
    more = 0.0
    for e in range(w.starts[s], w.starts[s + 1]):
        if w.reached[w.cells[e]] == 0:
            more += w.weight[w.cells[e]]
    return more


def fill(w: Board, rate: int) -> None:
    """Add the site that brings most (``rate``: most for its cost) as long as one fits; old gains are never too low."""
    sites = len(w.state)
    for s in range(sites):
        w.bound[s] = gain(w, s)
        if rate and w.cost[s] > 0:
            w.bound[s] /= w.cost[s]
    while w.sizes[CHOSEN] < w.sizes[MOST]:
        top = -1
        for s in range(sites):
            fits = w.state[s] == 0 and w.sums[SPENT] + w.cost[s] <= w.sums[BUDGET]
            if fits and w.bound[s] > EPS and (top < 0 or w.bound[s] > w.bound[top]):
                top = s
        if top < 0:
            return
        now = gain(w, top)
        if rate and w.cost[top] > 0:
            now /= w.cost[top]
        if now >= w.bound[top] - EPS:
            enter(w, top, 1)
        w.bound[top] = now


def improve(w: Board) -> None:
    """Change one site for another as long as that helps, and add one where there is room."""
    sites, idle, s = len(w.state), 0, 0
    while idle < sites:
        if w.state[s] == 0 and change(w, s):
            idle = 0
        else:
            idle += 1
        s += 1
        if s == sites:
            s = 0


def change(w: Board, s: int) -> bool:
    """Choose a site if it helps, in the place of another if need be."""
    more = 0.0
    for e in range(w.starts[s], w.starts[s + 1]):
        j = w.cells[e]
        if w.reached[j] == 0:
            more += w.weight[j]
        elif w.reached[j] == 1:
            w.over[w.owner[j]] += w.weight[j]
    room = w.sizes[CHOSEN] < w.sizes[MOST] and w.sums[SPENT] + w.cost[s] <= w.sums[BUDGET]
    spare, out, best = w.sums[BUDGET] - w.sums[SPENT] - w.cost[s], -1, EPS
    if not room and w.sizes[CHOSEN] <= w.sizes[MOST]:
        for n in range(w.sizes[CHOSEN]):
            t = w.chosen[n]
            net = more - w.loss[t] + w.over[t]
            if net > best and w.state[t] == 1 and spare + w.cost[t] >= 0:
                best, out = net, t
    for n in range(w.sizes[CHOSEN]):
        w.over[w.chosen[n]] = 0.0
    if room and more > EPS:
        enter(w, s, 1)
        return True
    if out >= 0:
        leave(w, out)
        enter(w, s, 1)
        return True
    return False


def keep(w: Board) -> None:
    """Remember the sites as the best ones."""
    w.sums[BEST] = w.sums[VALUE]
    for s in range(len(w.state)):
        w.best[s] = w.state[s]


def restore(w: Board) -> None:
    """Go back to the best sites."""
    for s in range(len(w.state)):
        if w.state[s] != 0 and w.best[s] == 0:
            leave(w, s)
    for s in range(len(w.state)):
        if w.state[s] == 0 and w.best[s] != 0:
            enter(w, s, w.best[s])


def anneal(w: Board, heat: float, moves: int) -> None:
    """Try changes of one site for another that lies beside it or anywhere; a loss of up to ``heat`` may be taken."""
    sites = len(w.state)
    for _move in range(moves):
        s = below(w.seed, sites)
        if w.state[s] != 0 or w.sizes[CHOSEN] == 0:
            continue
        t = rival(w, s)
        if w.state[t] != 1 or w.sums[SPENT] - w.cost[t] + w.cost[s] > w.sums[BUDGET]:
            continue
        net = -w.loss[t]
        for e in range(w.starts[s], w.starts[s + 1]):
            j = w.cells[e]
            if w.reached[j] == 0 or (w.reached[j] == 1 and w.owner[j] == t):
                net += w.weight[j]
        if net >= -heat * (below(w.seed, 1 << 20) / (1 << 20)):
            leave(w, t)
            enter(w, s, 1)
            if w.sums[VALUE] > w.sums[BEST] + EPS:
                keep(w)


def rival(w: Board, s: int) -> int:
    """A chosen site that alone reaches something of what s reaches, or any chosen one."""
    size = w.starts[s + 1] - w.starts[s]
    if size > 0 and below(w.seed, 2) == 0:
        j = w.cells[w.starts[s] + below(w.seed, size)]
        if w.reached[j] == 1:
            return w.owner[j]  # type: ignore[no-any-return]
    return w.chosen[below(w.seed, w.sizes[CHOSEN])]  # type: ignore[no-any-return]


def search(w: Board, rounds: int, moves: int) -> None:
    """So many coolings of so many moves, each from the best sites."""
    for _round in range(rounds):
        restore(w)
        heat = HOT * w.sums[BEST] / max(w.sizes[CHOSEN], 1)
        for _part in range(PARTS):
            anneal(w, heat, moves // PARTS)
            heat *= FALL
        improve(w)
        if w.sums[VALUE] > w.sums[BEST] + EPS:
            keep(w)
