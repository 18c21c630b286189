"""What has begun by now: in which tour it is, until when it lasts, and from when on its worker is free again."""

from __future__ import annotations

from dataclasses import dataclass, field

from songhe.core.roster.problem import NEVER, Pin, Problem, Visit, Worker

Key = tuple[str, int]
"""A task by visit and part, or a tour by worker and shift."""


@dataclass(frozen=True)
class Begun:
    """``tours`` of the tasks; ``last`` task and minute ``until`` it lasts of each tour; ``longer``: minutes beyond that until now."""

    tours: dict[Key, Key] = field(default_factory=dict)
    last: dict[Key, Key] = field(default_factory=dict)
    until: dict[Key, int] = field(default_factory=dict)
    longer: dict[Key, int] = field(default_factory=dict)


def begun(problem: Problem) -> Begun:
    """What the pins say has begun. Only the last task of a tour can still be under way."""
    visits = {visit.code: visit for visit in problem.visits}
    workers = {worker.code: worker for worker in problem.workers}
    found = Begun()
    for pin in sorted((pin for pin in problem.pins if pin.begun), key=lambda pin: pin.start or 0):
        tour = str(pin.worker), _shift(workers[str(pin.worker)], pin)
        found.tours[pin.visit, pin.part] = tour
        found.last[tour] = pin.visit, pin.part
        found.until[tour] = (pin.start or 0) + visits[pin.visit].tasks[pin.part].minutes
    for tour, until in found.until.items():
        now = problem.earliest_on(workers[tour[0]].shifts[tour[1]].day)
        found.longer[tour] = max(0, now - until) if now < NEVER else 0
    return found


def _shift(worker: Worker, pin: Pin) -> int:
    """The number of the shift that holds the minute at which a task began, or of the last one of the day."""
    start, numbers = pin.start or 0, [n for n, shift in enumerate(worker.shifts) if shift.day == pin.day]
    fit = [
        n
        for n in numbers
        if worker.shifts[n].start <= start < worker.shifts[n].end + worker.shifts[n].overtime
    ]
    return (fit or numbers)[-1]


def minutes(here: Begun, visit: Visit, part: int) -> int:
    """How long a task takes whoever does it, with what it has overrun until now."""
    key = visit.code, part
    tour = here.tours.get(key)
    return visit.tasks[part].minutes + (here.longer[tour] if tour and here.last[tour] == key else 0)
