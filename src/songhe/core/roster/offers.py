"""Where an urgent visit could go: the best places with their price, and who would then begin later, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from songhe.core.roster.desk import Desk
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel import scan as cols
from songhe.core.sources import DataError

Spot = tuple[int, int, int]
"""What it costs, behind which node a visit goes, and its other half (-1: there is none)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One way of doing a visit that nobody does: worker, shift and start of each task, and its price.

    ``travel``: more minutes on the way; ``later``: other tasks (visit, part) that begin so many minutes later than planned.
    """

    stays: tuple[tuple[str, int, int], ...]
    cost: int
    travel: int
    later: tuple[tuple[str, int, int], ...]


def places(desk: Desk, code: str, most: int = 3) -> tuple[Place, ...]:
    """The best places of a visit, each by another worker, the cheapest first. The desk stays as it is."""
    row = desk.index.rows.get((code, 0))
    if row is None or desk.board.node[row + at.TOUR] >= 0:
        raise DataError(f"{code} is planned, or there is no such visit.")
    pair = desk.board.node[row + at.MATE] >= 0
    spots = list(_pairs(desk, row, most) if pair else _spots(desk, row, most))
    return tuple(_looked(desk, row, spot) for spot in spots)


def _spots(desk: Desk, row: int, most: int) -> Iterator[Spot]:
    """The best places of a task, one for each worker."""
    found, seen = desk.places(row), set[int]()
    for tour in np.argsort(found[:, cols.TOTAL], kind="stable"):
        worker = desk.index.tours[int(tour)][0]
        if found[tour, cols.TOTAL] >= at.LOST or len(seen) == most:
            return
        if worker not in seen:
            seen.add(worker)
            yield int(found[tour, cols.TOTAL]), int(found[tour, cols.SPOT]), -1


def _pairs(desk: Desk, row: int, most: int) -> Iterator[Spot]:
    """The best places of a double visit, each with another worker for its first half."""
    best = desk.spot(row)
    ones, others = desk.halves(row)
    for _ in range(most):
        if best[0] >= at.LOST:
            return
        yield best
        worker = desk.index.tours[int(desk.board.node[best[1] + at.TOUR]) // at.WIDTH][0]
        mine = [number for number, (w, _shift) in enumerate(desk.index.tours) if w == worker]
        ones[mine, cols.SPOT] = -1
        pair = np.zeros(3, np.int64)
        desk.made.scan_both(desk.board, row, desk.best(ones), desk.best(others), pair)
        best = int(pair[0]), int(pair[1]), int(pair[2])


def _looked(desk: Desk, row: int, spot: Spot) -> Place:
    """A place with what it does to the others."""
    cost, v, u = spot
    board = desk.board
    mate = int(board.node[row + at.MATE])
    travel = detour(board, row, v) + (detour(board, mate, u) if u >= 0 else 0)
    before = board.node[board.base :].reshape(-1, at.WIDTH)[:, [at.TOUR, at.START]].copy()
    with tried(desk, row, v, u):
        after = board.node[board.base :].reshape(-1, at.WIDTH)
        moved = np.flatnonzero((before[:, 0] >= 0) & (after[:, at.START] > before[:, 1]))
        later = tuple(
            (desk.index.tasks[n][0].code, desk.index.tasks[n][1], int(after[n, at.START] - before[n, 1]))
            for n in moved
        )
        stays = tuple(_stay(desk, task) for task in ((row, mate) if u >= 0 else (row,)))
    return Place(stays, cost, travel, later)


def _stay(desk: Desk, row: int) -> tuple[str, int, int]:
    node = desk.board.node
    w, shift = desk.index.tours[int(node[row + at.TOUR]) // at.WIDTH]
    return desk.problem.workers[w].code, shift, int(node[row + at.START])


def detour(board: at.Board, row: int, spot: int) -> int:
    """How many more minutes on the way it takes to go by a task behind a node."""
    last = int(board.node[spot + at.NEXT])
    profile = int(board.tour[int(board.node[spot + at.TOUR]) + at.PROFILE])
    a, b, c = (int(board.node[node + at.PLACE]) for node in (spot, row, last))
    legs = board.leg.reshape(-1, board.places, board.places)[profile]
    return int(legs[a, b]) + int(legs[b, c]) - int(legs[a, c])


@contextmanager
def tried(desk: Desk, row: int, spot: int, other: int = -1) -> Iterator[None]:
    """A task put behind a node, and its other half behind another; the board is afterwards as before."""
    names = ("node", "worker", "loose", "loose_at", "sums", "move", "queue", "log")
    kept = {name: getattr(desk.board, name).copy() for name in names}
    desk.made.put(desk.board, row, spot, other)
    yield
    for name, array in kept.items():
        getattr(desk.board, name)[:] = array
