"""One chain: a board with its first plan, cooled down once or several times, by the clock or by the count of moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from songhe.core.roster.arrays import Index, board
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel.machine import Loops
from songhe.core.roster.params import Params, Search, Stop
from songhe.core.roster.plan import Plan
from songhe.core.roster.problem import NEVER
from songhe.core.sources import DataError

Clock = Callable[[], float]
CHUNK = 20_000
"""Moves at one heat, between two looks at the clock."""
STEPS = 200
"""Heats in a short search that counts its moves."""
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass
class Chain:
    """A board, its beginning, and where its search stands."""

    board: at.Board
    loops: Loops
    moves: int = 0

    @property
    def best(self) -> int:
        """The cost of the best plan."""
        return int(self.board.sums[at.BEST])

    def copy(self, seed: int) -> Chain:
        """The same with arrays of its own for what changes, and another seed."""
        fresh = {name: getattr(self.board, name).copy() for name in CHANGING}
        made = Chain(self.board._replace(**fresh), self.loops)
        made.board.seed[0] = np.uint64((seed * _GOLDEN + 0xD1B54A32D192ED03) & (2**64 - 1))
        return made

    def again(self, other: Chain) -> None:
        """Go back to another chain's plan, without losing the best one."""
        for name in ("node", "worker", "loose", "loose_at"):
            getattr(self.board, name)[:] = getattr(other.board, name)
        keep = self.board.sums[at.BEST]
        self.board.sums[:] = other.board.sums
        self.board.sums[at.BEST], self.board.sums[at.UNSAVED] = keep, 0

    def keep(self) -> Chain:
        """The chain, its best plan written down."""
        self.loops.anneal(self.board, 0.0, 0)
        return self

    def exchange(self) -> Chain:
        """The chain, its best plan made cheaper where halves of double visits can change workers; it searches no further."""
        self.loops.exchange(self.board)
        return self

    def cool(self, search: Search, unit: int, stop: Stop, clock: Clock) -> None:
        """Cool down from hot to cold, once, within the time or the moves given."""
        began, done, part, warm = clock(), 0, 0.0, search.warm(self.board.tasks)
        chunk = CHUNK if stop.moves is None else min(max(stop.moves // STEPS, 1), CHUNK)
        while part < 1:
            if stop.moves is not None:
                chunk = min(chunk, stop.moves - done)
            heat = unit * warm * (search.cold / warm) ** part
            self.loops.anneal(self.board, heat, chunk)
            done += chunk
            if stop.moves is not None:
                part = done / stop.moves if stop.moves else 1
            else:
                part = (clock() - began) / stop.seconds if stop.seconds else 1
        self.moves += done


CHANGING = ("node", "worker", "loose", "loose_at", "sums", "queue", "log", "move", "seed", "best")


def begin(here: Index, params: Params, loops: Loops, start: Plan | None, *, fill: bool = True) -> Chain:
    """A chain with a first plan: the start as far as it can be kept, and the rest where it suits (``fill``)."""
    made = board(here, params)
    if loops.plain:
        made = wide(made)
    firsts = [row for row in here.rows.values() if not 0 <= made.node[row + at.MATE] < row]
    made.loose[: len(firsts)] = firsts
    made.loose_at[[(row - made.base) // at.WIDTH for row in firsts]] = range(len(firsts))
    made.sums[at.LOOSE] = len(firsts)
    made.sums[at.EASY] = sum(price_of(made, row) for row in firsts)
    _early(here, made)
    rows = _rows(here, made, start)
    loops.lay(made, np.array(rows, made.loose.dtype).reshape(-1))
    for pin in here.problem.pins:
        if pin.begun and made.node[here.rows[pin.visit, pin.part] + at.TOUR] < 0:
            raise DataError(f"infeasible: {pin.visit} has begun, but cannot be fitted as it is fixed.")
    left = sorted(
        made.loose[: made.sums[at.LOOSE]].tolist(), key=lambda row: (int(made.node[row + at.SOON]), row)
    )
    loops.build(made, np.array(left if fill else [], made.loose.dtype))
    return Chain(made, loops)


def wide(made: at.Board) -> at.Board:
    """Arrays in which plain Python cannot run over."""
    narrow = [name for name, form in at.FORMS.items() if form == "int32"]
    return made._replace(**{name: getattr(made, name).astype(np.int64) for name in narrow})


def _early(here: Index, made: at.Board) -> None:
    """Who has begun something was there in time, whatever the clock says now."""
    for task, tour in here.begun.tours.items():
        r, start = here.places[tour], here.pins[task].start or 0
        made.node[r + at.START] = min(made.node[r + at.START], start - _way(made, r, here.rows[task]))


def _way(made: at.Board, r: int, t: int) -> int:
    at_ = (int(made.tour[r + at.PROFILE]) * made.places + int(made.node[r + at.PLACE])) * made.places
    return int(made.leg[at_ + int(made.node[t + at.PLACE])])


def _rows(here: Index, made: at.Board, start: Plan | None) -> list[list[int]]:
    """What is fixed or planned already, as the loops take it, by start."""
    given: dict[tuple[str, int], tuple[int, int]] = {}
    for stay in start.stays if start else ():
        known = (stay.visit, stay.part) in here.rows and (stay.worker, stay.shift) in here.places
        if known and abs(stay.start) < NEVER:
            given[stay.visit, stay.part] = here.places[stay.worker, stay.shift], stay.start
    for task, tour in here.begun.tours.items():
        given[task] = here.places[tour], here.pins[task].start or 0
    rows = []
    for (code, part), (r, s) in given.items():
        t = here.rows[code, part]
        q = int(made.node[t + at.MATE])
        if q < 0:
            rows.append([t, r, s, -1, -1])
        elif q > t and (code, 1) in given:
            rows.append([t, r, s, *given[code, 1]])
    return sorted(
        rows,
        key=lambda row: (not made.node[row[0] + at.FLAG] & at.FIXED, -price_of(made, row[0]), row[2], row[0]),
    )


def price_of(made: at.Board, row: int) -> int:
    """What it costs to leave a visit undone: where not all of a plan can be kept, the dearest are kept first."""
    return int(made.kind[4 * int(made.node[row + at.KIND]) + at.PRICE])
