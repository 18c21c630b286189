"""Taking a move back."""

from __future__ import annotations

from songhe.core.roster.kernel.chain import shift
from songhe.core.roster.kernel.layout import MATE, Board
from songhe.core.roster.kernel.links import link, unlink
from songhe.core.roster.kernel.loose import loosen, out, tighten
from songhe.core.roster.kernel.tails import _cross


def back(w: Board) -> None:
    """Put the tours back as they were before the move."""
    kind, a, b, c, d = w.move[0], w.move[1], w.move[2], w.move[3], w.move[4]
    if kind == 0:
        unlink(w, a)
        link(w, a, b)
    elif kind <= 2:
        unlink(w, a)
        unlink(w, c)
        link(w, a, b)
        link(w, c, d)
    elif kind == 3:
        _cross(w, a, b, c, d)
    elif kind == 4:
        shift(w, a, b, c)
    else:
        back_loose(w, kind, a, b, c)


def back_loose(w: Board, kind: int, t: int, b: int, c: int) -> None:
    """The same for visits that came in or went out."""
    q = w.node[t + MATE]
    if kind == 5:
        if q >= 0:
            out(w, q)
        out(w, t)
        loosen(w, t)
    elif kind == 6:
        tighten(w, t)
        if q >= 0:
            link(w, q, w.move[4])
        link(w, t, b)
    else:
        out(w, t)
        link(w, b, c)
        tighten(w, b)
        loosen(w, t)
