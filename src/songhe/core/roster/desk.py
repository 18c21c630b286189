"""A standing plan, ready to be asked: where a visit could go, what that costs and whom it makes late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.arrays import index, read
from songhe.core.roster.check import check
from songhe.core.roster.compare import Change, compare
from songhe.core.roster.fitting import Fitting
from songhe.core.roster.grown import grown
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.kernel import scan as cols
from songhe.core.roster.kernel.machine import Loops, Told, loops
from songhe.core.roster.params import Params
from songhe.core.roster.plan import PLACE, Plan, Rest, Stay
from songhe.core.roster.problem import Problem, Visit
from songhe.core.roster.search import Chain, begin
from songhe.core.roster.valid import validate_visit
from songhe.core.sources import DataError

COUPLES = 24
"""Places for each half of a double visit that are tried together."""
Ints = NDArray[Any]


@dataclass(frozen=True)
class Inserted:
    """A problem with one visit more and its plan; no change where nobody can come."""

    problem: Problem
    plan: Plan
    changes: tuple[Change, ...]


class Desk:
    """One plan as a board. Everything that is planned stays with its worker and in its order.

    ``whole``: a plan that cannot be laid out is refused; else what cannot be kept is ``lost``, and loose.
    """

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        *,
        params: Params | None = None,
        made: Loops | None = None,
        told: Told | None = None,
        whole: bool = True,
    ) -> None:
        given = params or Params()
        self.params = replace(given, search=replace(given.search, near=0))
        self.made, self.problem, self.plan = made or loops(told), problem, plan
        self.index = index(problem)
        self.chain: Chain = begin(self.index, self.params, self.made, plan, fill=False)
        self.fitting = Fitting(problem, self.params.weights)
        unknown = sorted({code for code, part in plan.by_task if (code, part) not in self.index.rows})
        if unknown:
            raise DataError(f"the plan has visits that the problem does not know: {', '.join(unknown[:5])}.")
        lost = {
            code for code, part in plan.by_task if self.board.node[self.index.rows[code, part] + at.TOUR] < 0
        }
        self.lost = tuple(sorted(lost))
        if lost and whole:
            raise DataError(f"the plan does not keep the rules of the problem: {', '.join(self.lost[:5])}.")

    @property
    def board(self) -> at.Board:
        """The arrays."""
        return self.chain.board

    def places(self, row: int) -> Ints:
        """For each tour the first rule against a loose task, or its place, cost and start: columns of kernel.scan."""
        found = np.zeros(4 * len(self.index.tours), np.int64)
        self.made.scan(self.board, row, found)
        return found.reshape(-1, 4)

    def halves(self, row: int) -> tuple[Ints, Ints]:
        """The same for both halves of a double visit, each as if the other were free to come whenever it suits."""
        mate = int(self.board.node[row + at.MATE])
        rows = (row, mate)
        for one in rows:
            self.board.node[one + at.MATE] = -1
        found = self.places(row), self.places(mate)
        self.board.node[row + at.MATE], self.board.node[mate + at.MATE] = mate, row
        return found

    def spot(self, row: int) -> tuple[int, int, int]:
        """Cost and places (of one half, of the other or -1) where a loose visit goes best; the cost is BAD if nowhere."""
        if self.board.node[row + at.MATE] < 0:
            found = self.places(row)
            best = found[int(np.argmin(found[:, cols.TOTAL]))] if len(found) else np.array([0, -1, at.BAD, 0])
            return int(best[cols.TOTAL]), int(best[cols.SPOT]), -1
        pair = np.zeros(3, np.int64)
        ones, others = (self.best(found) for found in self.halves(row))
        self.made.scan_both(self.board, row, ones, others, pair)
        if pair[0] >= at.LOST:
            ones, others = (self._every(found) for found in self.halves(row))
            self.made.scan_both(self.board, row, ones, others, pair)
        return int(pair[0]), int(pair[1]), int(pair[2])

    def insert(self, visit: Visit) -> Inserted:
        """Give an urgent order to whom it suits best. The desk then stands on the new plan."""
        validate_visit(self.problem, visit)
        problem = part_of(self.problem)
        object.__setattr__(problem, "visits", (*self.problem.visits, visit))
        first = self.board.size
        self.index, self.chain.board = grown(self.index, self.board, problem, visit, self.fitting)
        self.problem = self.fitting.problem = problem
        before = self.board.node.copy()
        total, v, u = self.spot(first)
        if total < at.LOST:
            self.made.put(self.board, first, v, u)
        old, self.plan = self.plan, self._read(before)
        return Inserted(problem, self.plan, compare(old, self.plan) if old is not self.plan else ())

    def give(self, code: str) -> int | None:
        """Give a visit that nobody does to whom it suits best, and say what it costs; None where nobody can come."""
        row, before = self.index.rows[code, 0], self.board.node.copy()
        total, v, u = self.spot(row)
        if total >= at.LOST:
            return None
        self.made.put(self.board, row, v, u)
        self.plan = self._read(before)
        return total

    def _read(self, before: Ints) -> Plan:
        """The plan, of which only tours that changed are read and checked."""
        rows, old = (
            self.board.node.reshape(-1, at.WIDTH)[:, : at.KEPT],
            before.reshape(-1, at.WIDTH)[:, : at.KEPT],
        )
        touched = np.flatnonzero((rows != old).any(axis=1))
        tours = {int(tour) // at.WIDTH for tour in rows[touched, at.TOUR] if tour >= 0}
        if not tours:
            return self.plan
        stays: list[Stay] = []
        rests: list[Rest] = []
        for number in sorted(tours):
            read(self.index, self.board, self.board.node.reshape(-1, at.WIDTH), number, stays, rests)
        names = {(self.problem.workers[w].code, s) for w, s in (self.index.tours[number] for number in tours)}
        stays += [stay for stay in self.plan.stays if (stay.worker, stay.shift) not in names]
        rests += [rest for rest in self.plan.rests if (rest.worker, rest.shift) not in names]
        found = Plan(tuple(sorted(stays, key=PLACE)), tuple(sorted(rests)))
        self._checked(found, {worker for worker, _shift in names})
        return found

    def _checked(self, found: Plan, workers: set[str]) -> None:
        """Check the tours of some workers and of who works with them."""
        codes = {stay.visit for stay in found.stays if stay.worker in workers}
        workers = workers | {stay.worker for stay in found.stays if stay.visit in codes}
        stays = tuple(stay for stay in found.stays if stay.worker in workers)
        codes = {stay.visit for stay in stays}
        doubles = {stay.visit for stay in found.stays if stay.worker not in workers}
        problem = part_of(self.problem, workers, codes - doubles)
        kept = tuple(stay for stay in stays if stay.visit not in doubles)
        if doubles & codes:
            problem, kept, workers = (
                self.problem,
                found.stays,
                {worker.code for worker in self.problem.workers},
            )
        rests = tuple(rest for rest in found.rests if rest.worker in workers)
        faults = check(problem, Plan(kept, rests))
        if faults:
            raise RuntimeError("\n".join(f"{fault.rule}: {fault.text}" for fault in faults))

    def best(self, found: Ints) -> Ints:
        """The best places among those that were found, one for each tour."""
        every = found[found[:, cols.SPOT] >= 0]
        order = np.argsort(every[:, cols.TOTAL], kind="stable")[:COUPLES]
        return np.ascontiguousarray(every[order, cols.SPOT])

    def _every(self, found: Ints) -> Ints:
        """All places in the tours that can hold a half at all, should the best ones not go together."""
        spots: list[int] = []
        for number in np.flatnonzero(found[:, cols.SPOT] >= 0)[: 4 * COUPLES]:
            v = at.WIDTH * int(number)
            while v < self.board.ends or v >= self.board.base:
                spots.append(v)
                v = int(self.board.node[v + at.NEXT])
        return np.array(spots, np.int64)


def part_of(problem: Problem, workers: set[str] | None = None, visits: set[str] | None = None) -> Problem:
    """The problem of some workers and visits, not looked at again."""
    made = object.__new__(Problem)
    for name in Problem.__dataclass_fields__:
        object.__setattr__(made, name, getattr(problem, name))
    if workers is None or visits is None:
        return made
    object.__setattr__(made, "workers", tuple(one for one in problem.workers if one.code in workers))
    object.__setattr__(made, "visits", tuple(one for one in problem.visits if one.code in visits))
    object.__setattr__(made, "pins", tuple(pin for pin in problem.pins if pin.visit in visits))
    return made
