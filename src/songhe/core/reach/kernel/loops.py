"""Searching from sites to homes: loops that are made for a compiler.

Ties go to the lower number everywhere, so that the answers are the same in whatever way they are found.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

SPAN, SHELVES = 16.0, 512
LAST = SHELVES - 1


class Ways(NamedTuple):
    """Arcs as they are searched: those of crossing v are ``start[v]`` to ``start[v + 1]``."""

    start: Any
    head: Any
    seconds: Any


class Lanes(NamedTuple):
    """Streets: their crossings, seconds from tail to head and back, and those that meet at a crossing and have homes."""

    tail: Any
    head: Any
    go: Any
    come: Any
    begins: Any
    meeting: Any


class People(NamedTuple):
    """Homes street by street: see ``Homes.rows``."""

    first: Any
    order: Any
    by_tail: Any
    by_head: Any
    extra: Any


class Sites(NamedTuple):
    """Where sites lie: see ``Seeds``."""

    street: Any
    by_tail: Any
    by_head: Any
    extra: Any


class Asked(NamedTuple):
    """Within how many seconds, and whether people go toward the sites."""

    limit: float
    toward: bool


class Found(NamedTuple):
    """Where pairs are written to."""

    home: Any
    seconds: Any


class Heap(NamedTuple):
    """Entries with four below each, the least on top."""

    key: Any
    value: Any


class Shelves(NamedTuple):
    """Crossings that wait, sorted by ``SPAN`` seconds: the first of each shelf, both neighbours of each crossing, its shelf.

    Shelves are numbered on and on and used in turn; a crossing that does not wait has shelf -1.
    """

    first: Any
    after: Any
    before: Any
    shelf: Any


def rise(heap: Heap, at: int, seconds: float, what: int) -> None:
    """Put an entry into a heap of ``at`` entries."""
    while at > 0:
        above = (at - 1) >> 2
        if heap.key[above] <= seconds:
            break
        heap.key[at] = heap.key[above]
        heap.value[at] = heap.value[above]
        at = above
    heap.key[at] = seconds
    heap.value[at] = what


def sink(heap: Heap, size: int) -> None:
    """Take the first entry off a heap that is left with ``size`` of them."""
    last, what, at = heap.key[size], heap.value[size], 0
    while True:
        below = 4 * at + 1
        if below >= size:
            break
        least = below
        for other in range(below + 1, min(below + 4, size)):
            if heap.key[other] < heap.key[least]:
                least = other
        if heap.key[least] >= last:
            break
        heap.key[at] = heap.key[least]
        heap.value[at] = heap.value[least]
        at = least
    heap.key[at] = last
    heap.value[at] = what


def spread(ways: Ways, lanes: Lanes, sites: Sites, limit: float, best: Any, own: Any) -> None:
    """Seconds to each crossing from the nearest of many sites, and which it is; of equally near ones the first.

    Crossings wait on shelves and not in an order: what is passed on too early is passed on again. A shelf is emptied as a
    whole, and what comes to it meanwhile is its next round.
    """
    many, waiting, now = len(best), 0, 0
    shelves = Shelves(
        np.full(SHELVES, -1, np.int32), np.empty(many, np.int32), np.empty(many, np.int32), np.full(many, -1, np.int64)
    )  # fmt: skip
    for i in range(2 * len(sites.street)):
        j = i >> 1
        e = sites.street[j]
        v, s = (lanes.head[e], sites.by_head[j]) if i & 1 else (lanes.tail[e], sites.by_tail[j])
        s += sites.extra[j]
        if s <= limit and (s < best[v] or (s == best[v] and j < own[v])):
            best[v], own[v] = s, j
            waiting += put(shelves, v, s, now)
    while waiting > 0:
        v, shelves.first[now & LAST] = (
            shelves.first[now & LAST],
            -1,
        )  # the whole shelf; what comes meanwhile is a next round
        while v >= 0:
            k, w, following = best[v], own[v], shelves.after[v]
            shelves.shelf[v] = -1
            waiting -= 1
            for a in range(ways.start[v], ways.start[v + 1]):
                u, s = ways.head[a], k + ways.seconds[a]
                if s <= limit and (s < best[u] or (s == best[u] and w < own[u])):
                    best[u], own[u] = s, w
                    waiting += put(shelves, u, s, now)
            v = following
        if shelves.first[now & LAST] < 0:
            now += 1


def put(shelves: Shelves, v: int, seconds: float, now: int) -> int:
    """Let a crossing wait on its shelf at the latest, or on the farthest there is; 1 if it has not waited before."""
    c, old = min(int(seconds / SPAN), now + LAST), shelves.shelf[v]
    if 0 <= old <= c:
        return 0
    if old >= 0:
        left, right = shelves.before[v], shelves.after[v]
        if left >= 0:
            shelves.after[left] = right
        else:
            shelves.first[old & LAST] = right
        if right >= 0:
            shelves.before[right] = left
    top = shelves.first[c & LAST]
    if top >= 0:
        shelves.before[top] = v
    shelves.first[c & LAST], shelves.before[v], shelves.after[v], shelves.shelf[v] = v, -1, top, c
    return 1 if old < 0 else 0


def more(full: Any) -> Any:
    """The same with twice the room."""
    wide = np.empty(2 * len(full), full.dtype)
    wide[: len(full)] = full
    return wide


def touch(ways: Ways, lanes: Lanes, people: People, sites: Sites, asked: Asked, pointer: Any) -> Found:
    """Every site and home within reach of each other. ``pointer`` takes where each site's pairs begin."""
    crossings, count = len(ways.start) - 1, 0
    best, touched = np.full(crossings, np.inf), np.empty(crossings, np.int32)
    stamp = np.full(len(lanes.tail), -1, np.int32)
    heap = Heap(np.empty(len(ways.head) + 2), np.empty(len(ways.head) + 2, np.int32))
    found = Found(np.empty(1024, np.int32), np.empty(1024, np.float32))
    for j in range(len(sites.street)):
        seen, e = explore(ways, lanes, sites, j, asked.limit, best, touched, heap), sites.street[j]
        stamp[e] = j
        while count + people.first[e + 1] - people.first[e] > len(found.home):
            found = Found(more(found.home), more(found.seconds))
        count = next_door(lanes, people, sites, asked, j, best, found, count)
        for t in range(seen):
            v = touched[t]
            for q in range(lanes.begins[v], lanes.begins[v + 1]):
                e = lanes.meeting[q]
                if stamp[e] != j:
                    stamp[e] = j
                    while count + people.first[e + 1] - people.first[e] > len(found.home):
                        found = Found(more(found.home), more(found.seconds))
                    count = along(lanes, people, asked.limit, e, best, found, count)
        for t in range(seen):
            best[touched[t]] = np.inf
        pointer[j + 1] = count
    return Found(found.home[:count].copy(), found.seconds[:count].copy())


def explore(  # noqa: PLR0917 — loops take what they need one by one
    ways: Ways, lanes: Lanes, sites: Sites, j: int, limit: float, best: Any, touched: Any, heap: Heap
) -> int:
    """Seconds to the crossings within reach of one site; how many were touched."""
    size, seen, e = 0, 0, sites.street[j]
    for side in range(2):
        v, s = (lanes.head[e], sites.by_head[j]) if side else (lanes.tail[e], sites.by_tail[j])
        s += sites.extra[j]
        if s <= limit and s < best[v]:
            if best[v] == np.inf:
                touched[seen] = v
                seen += 1
            best[v] = s
            rise(heap, size, s, v)
            size += 1
    while size > 0:
        k, v = heap.key[0], heap.value[0]
        size -= 1
        sink(heap, size)
        if k > best[v]:
            continue
        for a in range(ways.start[v], ways.start[v + 1]):
            u, s = ways.head[a], k + ways.seconds[a]
            if s <= limit and s < best[u]:
                if best[u] == np.inf:
                    touched[seen] = u
                    seen += 1
                best[u] = s
                rise(heap, size, s, u)
                size += 1
    return seen


def along(lanes: Lanes, people: People, limit: float, e: int, best: Any, found: Found, count: int) -> int:  # noqa: PLR0917
    """Write down the homes of a street that are within reach from its ends."""
    one, other = best[lanes.tail[e]], best[lanes.head[e]]
    for i in range(people.first[e], people.first[e + 1]):
        s = min(one + people.by_tail[i], other + people.by_head[i]) + people.extra[i]
        found.home[count], found.seconds[count] = people.order[i], s
        count += (s <= limit) & (s < np.inf)
    return count


def next_door(  # noqa: PLR0917
    lanes: Lanes, people: People, sites: Sites, asked: Asked, j: int, best: Any, found: Found, count: int
) -> int:
    """Write down the homes of the site's own street. The home's way to one end and the site's from the other overlap."""
    e = sites.street[j]
    one, other = best[lanes.tail[e]], best[lanes.head[e]]
    for i in range(people.first[e], people.first[e + 1]):
        s = min(one + people.by_tail[i], other + people.by_head[i])
        if asked.toward:
            ahead = people.by_head[i] + sites.by_tail[j] - lanes.go[e]
            back = people.by_tail[i] + sites.by_head[j] - lanes.come[e]
        else:
            ahead = sites.by_head[j] + people.by_tail[i] - lanes.go[e]
            back = sites.by_tail[j] + people.by_head[i] - lanes.come[e]
        if ahead >= 0:
            s = min(s, ahead + sites.extra[j])
        if back >= 0:
            s = min(s, back + sites.extra[j])
        s += people.extra[i]
        if s <= asked.limit and s < np.inf:
            found.home[count] = people.order[i]
            found.seconds[count] = s
            count += 1
    return count
