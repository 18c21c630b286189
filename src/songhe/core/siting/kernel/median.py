"""p-median on lists: who is nearest, changes of one site for another, and the bound of Lagrange.

Each place has its sites from the nearest on, up to a cost ``out`` that it pays where none of them is open; each site has its
row of places. ``slot`` says where an open site stands in ``chosen``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from songhe.core.siting.kernel.chance import below

Array = NDArray[Any]
VALUE, BEST, BOUND, STEP = 0, 1, 2, 3
CHOSEN, MOST, NEXT, LAST = 0, 1, 2, 3
EPS = 1e-9
HALVE, STALL, LEAST_STEP = 0.6, 12, 1e-3


class Board(NamedTuple):
    """``rows``, ``places``, ``costs`` site by site; ``heads``, ``sites``, ``ways`` place by place, the nearest first.

    ``state``: 0 may be opened, 1 is open in any case, 2 is closed in any case.
    """

    rows: Array
    places: Array
    costs: Array
    heads: Array
    sites: Array
    ways: Array
    out: Array
    state: Array
    chosen: Array
    slot: Array
    first: Array
    second: Array
    who: Array
    loss: Array
    over: Array
    bound: Array
    best: Array
    price: Array
    priced: Array
    cut: Array
    picked: Array
    often: Array
    heap: Array
    slope: Array
    sums: Array
    sizes: Array
    seed: Array


def look(w: Board, j: int) -> None:
    """Find the two nearest open sites of a place."""
    w.first[j], w.second[j], w.who[j] = w.out[j], w.out[j], -1
    for e in range(w.heads[j], w.heads[j + 1]):
        if w.slot[w.sites[e]] >= 0:
            if w.who[j] >= 0:
                w.second[j] = w.ways[e]
                return
            w.who[j], w.first[j] = w.sites[e], w.ways[e]


def look_all(w: Board) -> None:
    """Find them for all places, with the value and what each open site saves."""
    w.sums[VALUE] = 0.0
    for n in range(w.sizes[CHOSEN]):
        w.loss[w.chosen[n]] = 0.0
    for j in range(len(w.out)):
        look(w, j)
        w.sums[VALUE] += w.first[j]
        if w.who[j] >= 0:
            w.loss[w.who[j]] += w.second[j] - w.first[j]


def put(w: Board, s: int) -> None:
    """Open a site, in the lists only."""
    n = w.sizes[CHOSEN]
    w.chosen[n], w.slot[s], w.loss[s] = s, n, 0.0
    w.sizes[CHOSEN] = n + 1


def take(w: Board, s: int) -> None:
    """Close a site, in the lists only."""
    n = w.sizes[CHOSEN] - 1
    last = w.chosen[n]
    w.chosen[w.slot[s]], w.slot[last] = last, w.slot[s]
    w.slot[s] = -1
    w.sizes[CHOSEN] = n


def touch(w: Board, j: int) -> None:
    """Look at one place again."""
    w.sums[VALUE] -= w.first[j]
    if w.who[j] >= 0:
        w.loss[w.who[j]] -= w.second[j] - w.first[j]
    look(w, j)
    w.sums[VALUE] += w.first[j]
    if w.who[j] >= 0:
        w.loss[w.who[j]] += w.second[j] - w.first[j]


def exchange(w: Board, s: int, t: int) -> None:
    """Open s, close t (-1: none) and look again where that matters."""
    if t >= 0:
        take(w, t)
        put(w, s)
        for e in range(w.rows[t], w.rows[t + 1]):
            if w.costs[e] <= w.second[w.places[e]]:
                touch(w, w.places[e])
    else:
        put(w, s)
    for e in range(w.rows[s], w.rows[s + 1]):
        if w.costs[e] < w.second[w.places[e]] and w.who[w.places[e]] != s:
            touch(w, w.places[e])


def open_first(w: Board) -> None:
    """Open the site that saves most, as long as one may be opened; old savings are never too low."""
    look_all(w)
    sites = len(w.state)
    for s in range(sites):
        w.bound[s] = saving(w, s)
    while w.sizes[CHOSEN] < w.sizes[MOST]:
        top = -1
        for s in range(sites):
            if w.slot[s] < 0 and w.state[s] != 2 and (top < 0 or w.bound[s] > w.bound[top]):
                top = s
        if top < 0 or w.bound[top] <= EPS:
            return
        now = saving(w, top)
        if now >= w.bound[top] - EPS * (1.0 + now):
            exchange(w, top, -1)
        w.bound[top] = now


def saving(w: Board, s: int) -> float:
    """How much shorter ways get when a site is opened."""
    less = 0.0
    for e in range(w.rows[s], w.rows[s + 1]):
        if w.costs[e] < w.first[w.places[e]]:
            less += w.first[w.places[e]] - w.costs[e]
    return less


def settle(w: Board) -> None:
    """Change one open site for another as soon as that helps, until nothing does."""
    sites, idle, s = len(w.state), 0, 0
    while idle < sites:
        if w.slot[s] < 0 and w.state[s] == 0 and change(w, s):
            idle = 0
        else:
            idle += 1
        s += 1
        if s == sites:
            s = 0


def change(w: Board, s: int) -> bool:
    """Open a site in the place of the best one to close, if that helps."""
    more = 0.0
    for e in range(w.rows[s], w.rows[s + 1]):
        j, c = w.places[e], w.costs[e]
        if c < w.second[j]:
            if c < w.first[j]:
                more += w.first[j] - c
                if w.who[j] >= 0:
                    w.over[w.who[j]] += w.second[j] - w.first[j]
            elif w.who[j] >= 0:
                w.over[w.who[j]] += w.second[j] - c
    least = EPS * (1.0 + w.sums[VALUE])
    room, out, best = w.sizes[CHOSEN] < w.sizes[MOST], -1, least
    for n in range(w.sizes[CHOSEN]):
        t = w.chosen[n]
        net = more - w.loss[t] + w.over[t]
        if net > best and w.state[t] == 0:
            best, out = net, t
        w.over[t] = 0.0
    if room and more > least:
        exchange(w, s, -1)
        return True
    if out >= 0:
        exchange(w, s, out)
        return True
    return False


def keep(w: Board) -> None:
    """Remember the open sites as the best ones."""
    w.sums[BEST] = w.sums[VALUE]
    for s in range(len(w.state)):
        w.best[s] = w.slot[s] >= 0


def back(w: Board) -> None:
    """Go back to the best sites."""
    w.sizes[CHOSEN] = 0
    for s in range(len(w.state)):
        w.slot[s] = -1
        if w.best[s]:
            put(w, s)
    look_all(w)


def wander(w: Board, rounds: int, hardest: int) -> None:
    """So many kicks, each followed by changes; the better is kept."""
    for _round in range(rounds):
        for _time in range(1 + below(w.seed, hardest)):
            if w.sizes[CHOSEN] > 0:
                t, s = w.chosen[below(w.seed, w.sizes[CHOSEN])], below(w.seed, len(w.state))
                if w.state[t] == 0 and w.state[s] == 0 and w.slot[s] < 0:
                    exchange(w, s, t)
        settle(w)
        if w.sums[VALUE] <= w.sums[BEST] + EPS * (1.0 + w.sums[BEST]):
            keep(w)
        else:
            back(w)


def relax(w: Board) -> float:
    """The bound for the prices as they stand: the sites picked are those that the prices make cheapest."""
    sites, total = len(w.state), 0.0
    for s in range(sites):
        w.cut[s] = 0.0
    for j in range(len(w.out)):
        total += w.price[j]
        for e in range(w.heads[j], w.heads[j + 1]):
            if w.ways[e] >= w.price[j]:
                break
            w.cut[w.sites[e]] += w.ways[e] - w.price[j]
    return total + pick(w)


def pick(w: Board) -> float:
    """Mark the open sites and the cheapest of the others; ``sizes`` tells the last one marked and the next (-1: none)."""
    sites, left, total = len(w.state), w.sizes[MOST], 0.0
    for s in range(sites):
        w.picked[s] = 0
        if w.state[s] == 1:
            w.picked[s] = 1
            total += w.cut[s]
            left -= 1
    n = 0
    for s in range(sites):
        if w.state[s] != 0:
            continue
        if n < left + 1:
            w.heap[n] = s
            n += 1
            up(w, n - 1)
        elif w.cut[s] < w.cut[w.heap[0]]:
            w.heap[0] = s
            down(w, n)
    if n == left + 1:
        w.sizes[NEXT] = w.heap[0]
        n -= 1
        w.heap[0] = w.heap[n]
        down(w, n)
    else:
        w.sizes[NEXT] = -1
    for i in range(n):
        if w.cut[w.heap[i]] < 0.0:
            w.picked[w.heap[i]] = 1
            total += w.cut[w.heap[i]]
    w.sizes[LAST] = w.heap[0] if n == left and n > 0 else -1
    return total


def up(w: Board, i: int) -> None:
    """Let a site rise in the heap, whose top is the dearest."""
    while i > 0 and w.cut[w.heap[(i - 1) // 2]] < w.cut[w.heap[i]]:
        w.heap[i], w.heap[(i - 1) // 2] = w.heap[(i - 1) // 2], w.heap[i]
        i = (i - 1) // 2


def down(w: Board, n: int) -> None:
    """Let the top of the heap sink."""
    i = 0
    while 2 * i + 1 < n:
        c = 2 * i + 1
        if c + 1 < n and w.cut[w.heap[c + 1]] > w.cut[w.heap[c]]:
            c += 1
        if w.cut[w.heap[c]] <= w.cut[w.heap[i]]:
            return
        w.heap[i], w.heap[c] = w.heap[c], w.heap[i]
        i = c


def descend(w: Board, rounds: int, value: float, enough: float) -> int:
    """Better prices, step by step towards ``value``; stops early where the bound reaches ``enough``. Returns steps taken.

    The best prices go to ``priced`` with their bound in ``sums``; ``often`` counts how often sites were picked, the later the
    more.
    """
    n, stall, done = len(w.out), 0, 0
    for j in range(n):
        w.slope[j] = 0.0
    for _round in range(rounds):
        now = relax(w)
        done += 1
        for s in range(len(w.state)):
            w.often[s] = 0.9 * w.often[s] + 0.1 * w.picked[s]
        if now > w.sums[BOUND] + EPS * abs(now):
            w.sums[BOUND], stall = now, 0
            for j in range(n):
                w.priced[j] = w.price[j]
        else:
            stall += 1
            if stall >= STALL:
                w.sums[STEP] *= HALVE
                stall = 0
                for j in range(n):
                    w.price[j] = w.priced[j]
                    w.slope[j] = 0.0
        if w.sums[BOUND] >= enough or w.sums[STEP] < LEAST_STEP or not step(w, value, now):
            break
    return done


def step(w: Board, value: float, now: float) -> bool:
    """Raise the price of places that no picked site serves, lower that of places served twice."""
    square = 0.0
    for j in range(len(w.out)):
        g = 1.0
        for e in range(w.heads[j], w.heads[j + 1]):
            if w.ways[e] >= w.price[j]:
                break
            g -= w.picked[w.sites[e]]
        if g > 0.0 and w.price[j] >= w.out[j]:
            g = 0.0
        w.slope[j] = g + 0.5 * w.slope[j]
        square += w.slope[j] * w.slope[j]
    if square <= 0.0:
        return False
    far = w.sums[STEP] * max(value - now, 1e-6 * abs(value)) / square
    for j in range(len(w.out)):
        w.price[j] = min(w.out[j], max(0.0, w.price[j] + far * w.slope[j]))
    return True
