"""A problem as the arrays of a board, and a board's best plan as a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.begun import Begun, begun, minutes
from songhe.core.roster.fitting import Fitting, Kinds
from songhe.core.roster.judge import SQUARE
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.near import neighbours
from songhe.core.roster.params import Params
from songhe.core.roster.plan import PLACE, Plan, Rest, Stay
from songhe.core.roster.problem import NEVER, Pin, Problem, Visit
from songhe.core.roster.ways import Ways, ways

Ints = NDArray[Any]
CAP = 300
"""Looks at nodes after one move, or more where tours are long; beyond it tasks wait for each other in a circle."""
_CHILL = -np.log((np.arange(4096) + 0.5) / 4096)


@dataclass(frozen=True)
class Index:
    """What the rows mean: tours are (worker's number, shift's number), tasks are (visit, part)."""

    problem: Problem
    tours: list[tuple[int, int]]
    tasks: list[tuple[Visit, int]]
    rows: dict[tuple[str, int], int]  # node of a task
    places: dict[tuple[str, int], int]  # node of a tour by worker and shift
    pins: dict[tuple[str, int], Pin]
    begun: Begun

    def key(self, number: int) -> tuple[str, int]:
        """Worker and shift of a tour."""
        w, s = self.tours[number]
        return self.problem.workers[w].code, s

    def rests(self, number: int) -> bool:
        """Whether a tour's break is still to come: not where it was had, or what has begun lasts beyond it."""
        key = self.key(number)
        shift = self.problem.workers[self.tours[number][0]].shifts[key[1]]
        free = max(self.problem.earliest_on(shift.day), self.begun.until.get(key, 0))
        return shift.rest is not None and key not in self.problem.rested and free <= shift.rest.latest


def index(problem: Problem) -> Index:
    """Number the tours and tasks."""
    tours = [(w, s) for w, worker in enumerate(problem.workers) for s in range(len(worker.shifts))]
    tasks = [(visit, part) for visit in problem.visits for part in range(len(visit.tasks))]
    base = 2 * len(tours)
    return Index(
        problem,
        tours,
        tasks,
        {(visit.code, part): at.WIDTH * (base + n) for n, (visit, part) in enumerate(tasks)},
        {(problem.workers[w].code, s): at.WIDTH * n for n, (w, s) in enumerate(tours)},
        {(pin.visit, pin.part): pin for pin in problem.pins},
        begun(problem),
    )


def board(here: Index, params: Params) -> at.Board:
    """The arrays of a problem, with nothing planned."""
    problem, weights = here.problem, params.weights
    kinds = Fitting(problem, weights).kinds(here.tasks, here.pins)
    found = ways(problem)
    node = np.zeros((2 * len(here.tours) + len(here.tasks), at.WIDTH), np.int32)
    tour = np.zeros((len(here.tours), at.WIDTH), np.int32)
    for number, (w, _shift) in enumerate(here.tours):
        _tour(here, number, node, tour, found, weights.overtime)
        tour[number, at.WORKER], tour[number, at.PROFILE] = w, found.profile[w]
    for number, (visit, part) in enumerate(here.tasks):
        row = node[2 * len(here.tours) + number]
        row[[at.PREV, at.NEXT, at.TOUR]] = -1
        task_row(here, visit, part, row, weights.late)
        row[at.KIND] = kinds.of_task[number]
    rings(here, node)
    return _made(here, params, node, tour, kinds, found)


def _tour(here: Index, number: int, node: Ints, tour: Ints, found: Ways, overtime: int) -> None:
    """The nodes of a tour's start and end, and what the tour is."""
    w, s = here.tours[number]
    worker = here.problem.workers[w]
    shift, start, end = worker.shifts[s], node[number], node[len(here.tours) + number]
    first, last = at.WIDTH * number, at.WIDTH * (len(here.tours) + number)
    early = max(shift.start, here.problem.earliest_on(shift.day))
    start[[at.PREV, at.NEXT, at.TOUR, at.MATE]] = last, last, first, -1
    end[[at.PREV, at.NEXT, at.TOUR, at.MATE]] = first, first, first, -1
    start[[at.START, at.EARLY, at.SOON, at.HARD, at.FLAG]] = early, early, at.FAR, at.FAR, at.IDLE
    start[at.PLACE], end[at.PLACE] = found.starts[w], found.ends[w]
    endless = shift.end >= NEVER
    end[[at.START, at.SOON]] = early, at.FAR if endless else shift.end
    end[at.HARD] = at.FAR if endless else shift.end + shift.overtime
    end[at.WEIGHT], end[at.FLAG] = overtime, at.IDLE if endless and shift.rest is None else 0
    _over(here, number, end, found)
    if shift.rest and here.rests(number):
        tour[number, [at.BREAK_FROM, at.BREAK_TO, at.BREAK_FOR]] = (
            shift.rest.earliest, shift.rest.latest, shift.rest.minutes,
        )  # fmt: skip
    tour[number, at.DAY] = shift.day


def _over(here: Index, number: int, end: Ints, found: Ways) -> None:
    """A tour whose shift is over, or is overrun by what has begun, ends as it does and takes nothing more."""
    key = here.key(number)
    if key in here.begun.last:
        visit, part = here.begun.last[key]
        place = here.tasks[here.rows[visit, part] // at.WIDTH - 2 * len(here.tours)][0].place
        back = here.begun.until[key] + here.begun.longer[key]
        back += int(found.legs[found.profile[here.tours[number][0]], place, end[at.PLACE]])
        if back > end[at.HARD]:
            end[at.HARD], end[at.FLAG] = back, end[at.FLAG] | at.FIXED


def task_row(here: Index, visit: Visit, part: int, row: Ints, late: int) -> None:
    """What a task is."""
    own, pin = here.rows[visit.code, part], here.pins.get((visit.code, part))
    row[at.PLACE], row[at.DUR], row[at.WEIGHT] = visit.place, minutes(here.begun, visit, part), late
    row[[at.EARLY, at.SOON, at.HARD]] = visit.earliest, visit.latest, min(visit.last, at.FAR)
    row[at.MATE], row[at.SIBLING] = -1, own
    if len(visit.tasks) == 2:
        row[at.MATE] = here.rows[visit.code, 1 - part]
        row[at.LAG] = visit.gap.least if part else -visit.gap.most
        row[at.FLAG] |= at.EXACT if part and not visit.gap.holds(here.problem.step) else 0
    if pin is not None and pin.start is not None:
        row[at.EARLY], row[at.HARD] = pin.start, pin.start
    if pin is not None and pin.begun:
        _fixed(here, visit, part, row)


def _fixed(here: Index, visit: Visit, part: int, row: Ints) -> None:
    """What is under way stays where it is."""
    other = here.pins.get((visit.code, 1 - part))
    row[at.FLAG] |= at.FIXED
    if other is not None and other.begun:
        row[at.MATE] = -1


def rings(here: Index, node: Ints) -> None:
    """Let the visits of a series know each other, in a ring for each part."""
    rings: dict[tuple[str, int], list[int]] = {}
    for visit, part in here.tasks:
        if visit.series:
            rings.setdefault((visit.series, part), []).append(here.rows[visit.code, part])
    for ring in rings.values():
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            node[one // at.WIDTH, at.SIBLING] = other


def _made(here: Index, params: Params, node: Ints, tour: Ints, kinds: Kinds, found: Ways) -> at.Board:
    problem, weights = here.problem, params.weights
    limits = np.zeros((len(problem.workers), 4), np.int64)
    limits[:, at.CONTRACT] = [at.BAD if one.contract is None else one.contract for one in problem.workers]
    limits[:, at.MOST] = [at.BAD if one.most is None else one.most for one in problem.workers]
    numbers = {worker.code: number for number, worker in enumerate(problem.workers)}
    for (code, _shift), longer in here.begun.longer.items():  # is no work that counts
        limits[numbers[code], [at.CONTRACT, at.MOST]] += longer
    weight = np.zeros(at.WEIGHTS, np.int64)
    weight[[at.TRAVEL, at.TOP, at.OVERTIME, at.FAIR]] = (
        weights.travel,
        weights.worst,
        weights.overtime,
        weights.fairness,
    )
    weight[at.STEP] = problem.step
    weight[at.SQUARE] = SQUARE * problem.per_minute
    weight[at.LOADS] = weights.fairness > 0 or any(
        one.contract is not None or one.most is not None for one in problem.workers
    )
    weight[at.DAYS_OPEN] = problem.days > 1
    able = [np.flatnonzero(_able(kinds, k, tour)) for k in range(len(kinds.fit))]
    tasks, nodes = len(here.tasks), len(node)
    near = neighbours(
        node[2 * len(tour) :], _visits(here), kinds, found, min(params.search.near, max(tasks - 1, 0))
    )
    sums = np.zeros(at.SUMS, np.int64)
    sums[at.CAP] = cap = max(CAP, 4 * tasks // max(len(tour), 1))
    made = at.Board(
        at.WIDTH * len(tour), 2 * at.WIDTH * len(tour), at.WIDTH * nodes, tasks, found.legs.shape[1],
        len(problem.workers), near.shape[2],
        node=node, leg=found.legs, fit=kinds.fit, tour=tour, kind=kinds.facts, worker=limits,
        near=(near + 2 * len(tour)) * at.WIDTH,
        able_at=np.cumsum([0, *(len(one) for one in able)]),
        able=np.concatenate([*able, np.zeros(1, np.int64)]) * at.WIDTH,
        weight=weight, loose=np.zeros(tasks + 1), loose_at=np.zeros(tasks + 1), sums=sums,
        queue=np.zeros(2 * cap + nodes + 64), log=np.zeros(4 * nodes), move=np.zeros(16), seed=np.zeros(1), chill=_CHILL,
        best=np.zeros(nodes * at.WIDTH),
    )  # fmt: skip
    flat: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(made, name), form).reshape(-1) for name, form in at.FORMS.items()
    }
    return made._replace(**flat)


def _able(kinds: Kinds, k: int, tour: Ints) -> Ints:
    """Which tours may hold a task of a kind."""
    days: Ints = (kinds.facts[k, at.DAYS] >> tour[:, at.DAY]) & 1
    fits: Ints = kinds.fit[k, tour[:, at.WORKER]] >= 0
    return fits & (days > 0)


def _visits(here: Index) -> Ints:
    numbers = {visit.code: number for number, visit in enumerate(here.problem.visits)}
    return np.array([numbers[visit.code] for visit, _part in here.tasks], np.int64)


def plan(here: Index, found: at.Board) -> Plan:
    """The best plan of a board."""
    best = found.best.reshape(-1, at.WIDTH)
    stays: list[Stay] = []
    rests: list[Rest] = []
    for number in range(len(here.tours)):
        read(here, found, best, number, stays, rests)
    return Plan(tuple(sorted(stays, key=PLACE)), tuple(sorted(rests)))


def read(here: Index, found: at.Board, best: Ints, number: int, stays: list[Stay], rests: list[Rest]) -> None:
    """Add the stays and breaks of one tour."""
    tours = len(here.tours)
    w, s = here.tours[number]
    worker = here.problem.workers[w]
    shift, before = worker.shifts[s], best[number]
    t, free = int(before[at.NEXT]), int(before[at.START])
    while True:
        row = best[t // at.WIDTH]
        if row[at.TAKEN] and not before[at.TAKEN]:
            assert shift.rest is not None
            rests.append(Rest(worker.code, s, max(free, shift.rest.earliest)))
        if t < found.base:
            break
        visit, part = here.tasks[t // at.WIDTH - 2 * tours]
        stays.append(Stay(worker.code, s, int(row[at.START]), visit.code, part))
        before, t, free = row, int(row[at.NEXT]), int(row[at.START]) + minutes(here.begun, visit, part)
