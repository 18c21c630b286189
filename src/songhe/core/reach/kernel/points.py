"""Many points at once: the nearest piece of street, seconds to its ends, and those to the nearest site."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from songhe.core.reach.kernel.loops import Asked, Lanes, Sites


class Cells(NamedTuple):
    """Square cells from ``west`` and ``south``; cell c has the entries ``start[c]`` to ``start[c + 1]``.

    An entry is in every cell that its box touches. ``line`` has x, y, dx, dy and one by the squared length of its piece.
    """

    start: Any
    line: Any
    number: Any
    west: float
    south: float
    size: float
    columns: int
    rows: int


class Pieces(NamedTuple):
    """Pieces of streets: see ``Paths``."""

    street: Any
    ahead: Any
    behind: Any
    go: Any
    come: Any


class Ends(NamedTuple):
    """Spots: their streets, seconds between them and the two ends of it, and those beside it."""

    street: Any
    by_tail: Any
    by_head: Any
    extra: Any


class Seen(NamedTuple):
    """What is found for points: piece, squared metres to it, and part of it."""

    piece: Any
    square: Any
    part: Any


def column(x: float, cells: Cells) -> int:
    """The column of cells in which a point lies, or that is nearest to it."""
    return min(max(int(np.floor((x - cells.west) / cells.size)), 0), cells.columns - 1)


def line(y: float, cells: Cells) -> int:
    """The row of cells in which a point lies, or that is nearest to it."""
    return min(max(int(np.floor((y - cells.south) / cells.size)), 0), cells.rows - 1)


def crowd(x: Any, y: Any, cells: Cells) -> Any:
    """An order of points in which those of one neighbourhood come together, so that what is looked up stays at hand."""
    wide = (cells.columns >> 3) + 1
    first = np.zeros(wide * ((cells.rows >> 3) + 1) + 1, np.int64)
    order = np.empty(len(x), np.int32)
    for i in range(len(x)):
        first[(line(y[i], cells) >> 3) * wide + (column(x[i], cells) >> 3) + 1] += 1
    for b in range(1, len(first)):
        first[b] += first[b - 1]
    for i in range(len(x)):
        b = (line(y[i], cells) >> 3) * wide + (column(x[i], cells) >> 3)
        order[first[b]] = i
        first[b] += 1
    return order


def lookup(x: Any, y: Any, cells: Cells, reach: float, seen: Seen) -> None:
    """The nearest piece of each point, ring by ring of cells round it, as far as something nearer may lie."""
    size = cells.size
    for i in crowd(x, y, cells):
        c, r = column(x[i], cells), line(y[i], cells)
        east, north = x[i] - cells.west - c * size, y[i] - cells.south - r * size
        inside = max(min(east, size - east, north, size - north), 0.0)
        least, which, where = reach * reach, -1, 0.0
        for ring in range(max(cells.columns, cells.rows)):
            for row in range(max(r - ring, 0), min(r + ring, cells.rows - 1) + 1):
                gap = max((row - r) * size - north, north - (row - r + 1) * size, 0.0)
                if gap * gap > slack(least):
                    continue
                step = 2 * ring if r - ring < row < r + ring else 1
                for at in range(max(c - ring, (c - ring) % step), min(c + ring + 1, cells.columns), step):
                    side = max((at - c) * size - east, east - (at - c + 1) * size, 0.0)
                    if side * side + gap * gap <= slack(least):
                        least, which, where = nearer(
                            cells, row * cells.columns + at, x[i], y[i], (least, which, where)
                        )
            seen_to = inside + ring * size
            if seen_to * seen_to > slack(least):
                break
        seen.piece[i] = which
        seen.square[i] = least if which >= 0 else np.inf
        seen.part[i] = where


def slack(square: float) -> float:
    """A squared distance, a little rounded up."""
    return square * 1.000001 + 0.000001


def nearer(cells: Cells, at: int, x: float, y: float, best: Any) -> Any:
    """The nearest piece so far and those of one cell."""
    least, which, where = best
    for e in range(cells.start[at], cells.start[at + 1]):
        bx, by, dx, dy = x - cells.line[e, 0], y - cells.line[e, 1], cells.line[e, 2], cells.line[e, 3]
        part = min(1.0, max(0.0, (bx * dx + by * dy) * cells.line[e, 4]))
        ex, ey = bx - part * dx, by - part * dy
        away = ex * ex + ey * ey
        if away < least or (away == least and (which < 0 or cells.number[e] < which)):
            least, which, where = away, cells.number[e], part
    return least, which, where


def place(spots: Any, pieces: Pieces, lanes: Lanes, leaving: bool, scale: Any, out: Ends) -> None:
    """Streets, and seconds to their ends. ``spots``: piece, part, metres beside; ``scale``: metres a second, and the grain."""
    piece, part, off = spots
    pace, grain = scale
    for i in range(len(piece)):
        p = max(piece[i], 0)
        e = pieces.street[p]
        from_tail = pieces.ahead[p] + np.rint(part[i] * pieces.go[p] * grain) / grain
        from_head = pieces.behind[p] + np.rint((1 - part[i]) * pieces.come[p] * grain) / grain
        forth, back = lanes.go[e], lanes.come[e]
        if piece[i] < 0:
            forth, back = np.inf, np.inf
        if leaving:
            one, other = back - from_head, forth - from_tail
        else:
            one = from_tail if forth < np.inf else np.inf
            other = from_head if back < np.inf else np.inf
        usable = forth < np.inf or back < np.inf
        out.street[i] = e
        out.by_tail[i] = 0.0 if usable and from_tail == 0 else one
        out.by_head[i] = 0.0 if usable and from_head == 0 else other
        out.extra[i] = np.rint(off[i] / pace * grain) / grain if usable else 0.0


def arrange(street: Any, piece: Any, first: Any, order: Any) -> int:
    """Spots street by street; how many have one. ``first`` has an entry more than there are streets, all 0."""
    count = 0
    for i in range(len(street)):
        if piece[i] >= 0:
            first[street[i] + 1] += 1
            count += 1
    for e in range(1, len(first)):
        first[e] += first[e - 1]
    for i in range(len(street)):
        if piece[i] >= 0:
            order[first[street[i]]] = i
            first[street[i]] += 1
    for e in range(len(first) - 1, 0, -1):
        first[e] = first[e - 1]
    first[0] = 0
    return count


def gather(spots: Ends, lanes: Lanes, crossings: Any, limit: float, seconds: Any, site: Any) -> None:
    """From crossings to spots: the nearer end of each spot's street."""
    best, own = crossings
    for i in range(len(spots.street)):
        e = spots.street[i]
        one, other = best[lanes.tail[e]] + spots.by_tail[i], best[lanes.head[e]] + spots.by_head[i]
        mine, its = own[lanes.tail[e]], own[lanes.head[e]]
        s, w = one, mine
        if other < one or (other == one and its < mine):
            s, w = other, its
        s += spots.extra[i]
        if s <= limit and s < np.inf:
            seconds[i], site[i] = s, w
        else:
            seconds[i], site[i] = np.inf, -1


def beside(spots: Ends, lanes: Lanes, sites: Sites, homes: Any, asked: Asked, nearest: Any) -> None:
    """Where the way straight along the street that a site and a spot share is nearer, take that."""
    first, order = homes
    seconds, site = nearest
    for j in range(len(sites.street)):
        e = sites.street[j]
        for i in range(first[e], first[e + 1]):
            k = order[i]
            if asked.toward:
                ahead = spots.by_head[k] + sites.by_tail[j] - lanes.go[e]
                back = spots.by_tail[k] + sites.by_head[j] - lanes.come[e]
            else:
                ahead = sites.by_head[j] + spots.by_tail[k] - lanes.go[e]
                back = sites.by_tail[j] + spots.by_head[k] - lanes.come[e]
            s = min(ahead if ahead >= 0 else np.inf, back if back >= 0 else np.inf)
            s += sites.extra[j] + spots.extra[k]
            if s <= asked.limit and (s < seconds[k] or (s == seconds[k] and j < site[k])):
                seconds[k], site[k] = s, j
