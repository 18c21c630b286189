"""Small made-up street networks, and what a search by hand says of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from songhe.core.reach import Open, Streets

HERE = (114.3, 30.6)
STEP = 0.001  # about a hundred metres


@st.composite
def street_nets(draw: st.DrawFn, *, most: int = 9, slopes: bool = False) -> Streets:
    """Points of a small grid, pieces between them: islands, rings, twins, loops and one-way streets among them."""
    count = draw(st.integers(2, most))
    cells = draw(st.lists(st.integers(0, 24), min_size=count, max_size=count))
    end = st.integers(0, count - 1)
    pieces = draw(st.lists(st.tuples(end, end), min_size=1, max_size=2 * most))
    rows = len(pieces)

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    open_ = st.sampled_from([Open.ALL, Open.ALL, Open.ALL, Open.FOOT | Open.CAR, Open.FOOT_BACK, Open.CAR])
    return Streets(
        lon=HERE[0] + STEP * np.array([cell % 5 for cell in cells]),
        lat=HERE[1] + STEP * np.array([cell // 5 for cell in cells]),
        tail=np.array([tail for tail, _head in pieces]),
        head=np.array([head for _tail, head in pieces]),
        metres=np.array(column(st.integers(600, 2000))) * 1.0,
        open=np.array(column(open_)),
        kind=np.array(column(st.sampled_from([0, 7, 7, 7]))),
        slope=np.array(column(st.sampled_from([0.0, 0.05, -0.1]))) if slopes else None,
    )


@dataclass(frozen=True)
class Spot:
    """A place on a piece: which, and how far along."""

    piece: int
    part: float


def between(streets: Streets, seconds: Any, back: Any, spots: list[Spot]) -> Any:
    """Seconds between spots by Floyd and Warshall, every spot a point of its own that cuts its piece."""
    points = len(streets.lon)
    whole = points + len(spots)
    away = np.full((whole, whole), np.inf)
    np.fill_diagonal(away, 0)
    for piece, (tail, head) in enumerate(zip(streets.tail, streets.head, strict=True)):
        on = sorted((spot.part, points + row) for row, spot in enumerate(spots) if spot.piece == piece)
        stops = [(0.0, int(tail)), *on, (1.0, int(head))]
        for (a, one), (b, other) in pairwise(stops):
            here = b == a
            away[one, other] = min(away[one, other], 0 if here else (b - a) * seconds[piece])
            away[other, one] = min(away[other, one], 0 if here else (b - a) * back[piece])
    for middle in range(whole):
        away = np.minimum(away, away[:, middle, None] + away[None, middle])
    return away[points:, points:]
