"""Why nobody does a visit, and why somebody does: the first rule against each worker, or what it would cost.

A rule is named only after the places were looked at again with that rule lifted: it is what stands in the way, and not
just something that is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.desk import Desk
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel import scan as cols
from songhe.core.roster.offers import detour, tried
from songhe.core.roster.plan import Plan
from songhe.core.roster.problem import NEVER, Visit, Worker
from songhe.core.sources import DataError

Ints = NDArray[Any]
Looks = tuple[Ints, dict[str, Ints]]
"""All places of a task as things stand, and with each rule lifted."""
PRICED = 5
"""Offers of which it is worked out who would become late."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a worker does not do a task. ``cost``: what it would cost with the rule lifted, None if other rules stand too.

    ``minutes``: how much later than its latest start it would begin, where it is the window that stands in the way.
    """

    worker: str
    part: int
    rule: str
    cost: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What it costs that a worker does a task: in all, in travel, and which visits begin later than they may, by how much."""

    worker: str
    part: int
    shift: int
    start: int
    cost: int
    travel: int | None = None
    late: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Everything about one visit. ``together``: both halves fit somewhere, but no two workers can come as it asks.

    ``cheapest`` is the one rule whose lifting costs least. ``needed_by``: visits that could not stay where they are without
    this one, so that they are left out here too.
    """

    visit: str
    worth: int
    reasons: tuple[Reason, ...]
    offers: tuple[Offer, ...]
    together: bool
    cheapest: Reason | None
    needed_by: tuple[str, ...] = ()


def why_not(desk: Desk, code: str) -> Told:
    """Why nobody does a visit of the plan on the desk. Offers are those of workers whom no hard rule forbids."""
    row = desk.index.rows.get((code, 0))
    if row is None or desk.board.node[row + at.TOUR] >= 0:
        raise DataError(f"{code} is planned, or there is no such visit.")
    visit = desk.index.tasks[(row - desk.board.base) // at.WIDTH][0]
    reasons: list[Reason] = []
    offers: list[Offer] = []
    for part in range(len(visit.tasks)):
        with _alone(desk, desk.index.rows[code, part]):
            _part(desk, visit, part, reasons, offers)
    fits = {offer.part for offer in offers} == set(range(len(visit.tasks)))
    together = len(visit.tasks) == 2 and fits and desk.spot(row)[0] >= at.LOST
    price = int(desk.board.kind[4 * int(desk.board.node[row + at.KIND]) + at.PRICE])
    lifted = [reason for reason in reasons if reason.cost is not None]
    return Told(
        code, price, tuple(reasons), tuple(sorted(offers, key=lambda offer: offer.cost)), together,
        min(lifted, key=lambda reason: reason.cost or 0, default=None),
    )  # fmt: skip


def why(desk: Desk, code: str) -> Told:
    """Why who does a visit does it: what everybody would cost, and what forbids the others, were it taken out and given anew."""
    plan = desk.plan
    left = Plan(tuple(stay for stay in plan.stays if stay.visit != code), plan.rests)
    if len(left.stays) == len(plan.stays):
        raise DataError(f"{code} is not planned.")
    rest = Desk(desk.problem, left, params=desk.params, made=desk.made, whole=False)
    return replace(why_not(rest, code), needed_by=rest.lost)


def _part(desk: Desk, visit: Visit, part: int, reasons: list[Reason], offers: list[Offer]) -> None:
    """Everything about one task."""
    row = desk.index.rows[visit.code, part]
    found = desk.places(row)
    lifted = {rule: _lifted(desk, row, lift) for rule, lift in LIFTS.items()}
    mine: list[tuple[int, int]] = []
    for number, worker in enumerate(desk.problem.workers):
        tours = (
            [n for n, (w, _s) in enumerate(desk.index.tours) if w == number] if len(worker.shifts) > 1 else []
        )
        tours = tours or [desk.index.places[worker.code, 0] // at.WIDTH]
        best = min(tours, key=lambda tour: (int(found[tour, cols.TOTAL]), tour))
        if found[best, cols.REASON] == cols.FITS:
            mine.append((int(found[best, cols.TOTAL]), best))
        else:
            reasons.append(_reason(desk, (visit, part), worker, tours, (found, lifted)))
    for rank, (cost, tour) in enumerate(sorted(mine)):
        w, s = desk.index.tours[tour]
        travel, late = _forced(desk, row, int(found[tour, cols.SPOT])) if rank < PRICED else (None, ())
        code = desk.problem.workers[w].code
        offers.append(Offer(code, part, s, int(found[tour, cols.BEGIN]), cost, travel, late))


def _reason(desk: Desk, task: tuple[Visit, int], worker: Worker, tours: list[int], looks: Looks) -> Reason:
    """The first rule against a worker, with what lifting it alone would cost."""
    (visit, part), (found, lifted) = task, looks
    last = int(desk.board.node[desk.index.rows[visit.code, part] + at.HARD])
    lacking = lacks(visit, part, worker)
    if lacking:
        cost = min(int(lifted["able"][tour, cols.TOTAL]) for tour in tours)
        pin = desk.index.pins.get((visit.code, part))
        elsewhere = pin is not None and pin.worker not in (None, worker.code)
        alone = len(lacking) == 1 and cost < at.LOST and not elsewhere
        return Reason(worker.code, part, lacking[0], cost if alone else None)
    for rule, rows in lifted.items():
        best = min(tours, key=lambda tour, rows=rows: int(rows[tour, cols.TOTAL]))  # type: ignore[misc]
        if rows[best, cols.REASON] == cols.FITS:
            late = int(rows[best, cols.BEGIN]) - last if rule == "window" else None
            return Reason(
                worker.code, part, "pinned" if rule == "able" else rule, int(rows[best, cols.TOTAL]), late
            )
    names = {
        cols.UNABLE: "pinned", cols.NOT_THAT_DAY: "day", cols.NOT_BESIDE: "apart", cols.NO_WAY: "leg",
        cols.NO_WORK: "most",
    }  # fmt: skip
    return Reason(worker.code, part, names.get(int(max(found[tour, cols.REASON] for tour in tours)), "time"))


def lacks(visit: Visit, part: int, worker: Worker) -> list[str]:
    """What a worker lacks for a task, by the names of the rules."""
    task = visit.tasks[part]
    asked: tuple[tuple[str, bool], ...] = (
        ("skill", task.skills <= worker.skills),
        ("grade", task.grade <= worker.grade),
        ("gender", visit.gender in ("", worker.gender)),
        ("language", not visit.language or visit.language in worker.languages),
        ("forbidden", worker.code not in visit.forbidden),
    )
    return [rule for rule, good in asked if not good]


def _forced(desk: Desk, row: int, spot: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Travel and lateness of others if a task goes behind a node."""
    travel, before = detour(desk.board, row, spot), _late(desk.board)
    with tried(desk, row, spot):
        more = _late(desk.board) - before
    late = tuple((desk.index.tasks[n][0].code, int(more[n])) for n in np.flatnonzero(more > 0))
    return travel, late


def _late(board: at.Board) -> Ints:
    tasks = board.node[board.base :].reshape(-1, at.WIDTH)
    late: Ints = np.where(tasks[:, at.TOUR] >= 0, np.maximum(tasks[:, at.START] - tasks[:, at.SOON], 0), 0)
    return late


@contextmanager
def _alone(desk: Desk, row: int) -> Iterator[None]:
    """Look at one half of a double visit as if the other were free to come whenever it suits."""
    mate = int(desk.board.node[row + at.MATE])
    desk.board.node[row + at.MATE] = -1
    yield
    desk.board.node[row + at.MATE] = mate


def _lifted(desk: Desk, row: int, lift: Callable[[Desk, int], None]) -> Ints:
    """The places of a task with one rule lifted."""
    names = ("node", "tour", "kind", "worker", "fit")
    kept = {name: getattr(desk.board, name).copy() for name in names}
    lift(desk, row)
    found = desk.places(row)
    for name, array in kept.items():
        getattr(desk.board, name)[:] = array
    return found


def _able(desk: Desk, row: int) -> None:
    board, (visit, part) = desk.board, desk.index.tasks[(row - desk.board.base) // at.WIDTH]
    k = int(board.node[row + at.KIND])
    some = board.fit[k * board.workers : (k + 1) * board.workers]
    wishes = desk.fitting.wishes(visit, desk.problem.promised.get((visit.code, part)))
    some[:] = np.where(some < 0, wishes, some)


def _any_day(desk: Desk, row: int) -> None:
    board = desk.board
    board.kind[4 * int(board.node[row + at.KIND]) + at.DAYS] = (1 << 62) - 1


def _apart(desk: Desk, row: int) -> None:
    board = desk.board
    board.kind[4 * int(board.node[row + at.KIND]) + at.APART] = 0


def _window(desk: Desk, row: int) -> None:
    desk.board.node[row + at.HARD] = at.FAR


def _shift(desk: Desk, _row: int) -> None:
    rows = desk.board.node[: desk.board.base].reshape(-1, at.WIDTH)
    rows[rows[:, at.START] < NEVER, at.HARD] = at.FAR  # a day that is over stays so


def _break(desk: Desk, _row: int) -> None:
    desk.board.tour.reshape(-1, at.WIDTH)[:, at.BREAK_FOR] = 0


def _most(desk: Desk, _row: int) -> None:
    desk.board.worker.reshape(-1, 4)[:, at.MOST] = at.BAD


def _others(desk: Desk, row: int) -> None:
    board = desk.board
    own = int(board.node[row + at.HARD])
    board.node[board.base :].reshape(-1, at.WIDTH)[:, at.HARD] = at.FAR
    board.node[row + at.HARD] = own


LIFTS: dict[str, Callable[[Desk, int], None]] = {
    "able": _able,
    "day": _any_day,
    "apart": _apart,
    "most": _most,
    "break": _break,
    "window": _window,
    "shift": _shift,
    "others": _others,
}
"""Rules in the order in which they are named, and how each is lifted."""
