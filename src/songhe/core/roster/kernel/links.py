"""Tours as chains of nodes, and what a step costs."""

from __future__ import annotations

from songhe.core.roster.kernel.layout import DUR, NEXT, PLACE, PREV, PROFILE, START, TOUR, Board


def leg(w: Board, r: int, a: int, b: int) -> int:
    """Time on the way from node a to node b for who does tour r."""
    return w.leg[(w.tour[r + PROFILE] * w.places + w.node[a + PLACE]) * w.places + w.node[b + PLACE]]


def unlink(w: Board, t: int) -> None:
    """Take a task out of its tour; it keeps TOUR until it is linked or loose."""
    a, b = w.node[t + PREV], w.node[t + NEXT]
    w.node[a + NEXT] = b
    w.node[b + PREV] = a


def link(w: Board, t: int, v: int) -> None:
    """Put a task behind node v."""
    b = w.node[v + NEXT]
    w.node[v + NEXT] = t
    w.node[t + PREV] = v
    w.node[t + NEXT] = b
    w.node[b + PREV] = t
    w.node[t + TOUR] = w.node[v + TOUR]


def without(w: Board, t: int) -> int:
    """Change of travel when a task leaves its tour."""
    r, a, b = w.node[t + TOUR], w.node[t + PREV], w.node[t + NEXT]
    return leg(w, r, a, b) - leg(w, r, a, t) - leg(w, r, t, b)


def within(w: Board, t: int, v: int, y: int) -> int:
    """Change of travel when a task comes between neighbours v and y."""
    r = w.node[v + TOUR]
    return leg(w, r, v, t) + leg(w, r, t, y) - leg(w, r, v, y)


def reach(w: Board, v: int, t: int) -> int:
    """When who is at v is at t."""
    return w.node[v + START] + w.node[v + DUR] + leg(w, w.node[v + TOUR], v, t)
