"""What a problem must not say, each with what to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from songhe.core.sources import DataError

if TYPE_CHECKING:
    from songhe.core.roster.problem import Pin, Problem, Shift, Visit, Worker

MOST_DAYS = 31
DAY = 24 * 60
NEVER = 1 << 28
LISTED = 20


def validate(problem: Problem) -> None:
    """Raise one error that names everything found."""
    found = [*_whole(problem)]
    if not found:
        found = [*_numbers(problem)]
    if not found:
        found = [text for part in (_workers, _visits, _pins) for text in part(problem)]
    if found:
        more = [f"… and {len(found) - LISTED} more."] if len(found) > LISTED else []
        raise DataError("\n".join([*found[:LISTED], *more]))


def _whole(problem: Problem) -> Iterator[str]:
    if not 1 <= problem.days <= MOST_DAYS:
        yield f"days: from 1 to {MOST_DAYS}."
    for name, least in (("per_minute", 1), ("step", 1), ("today", 0), ("now", 0)):
        if getattr(problem, name) < least:
            yield f"{name}: at least {least}."
    for kind, codes in (
        ("worker", [one.code for one in problem.workers]),
        ("visit", [one.code for one in problem.visits]),
    ):
        for code, times in Counter(codes).items():
            if times > 1:
                yield f"{kind} {code}: is there {times} times."
    yield from _places(problem)


def _places(problem: Problem) -> Iterator[str]:
    places = problem.travel.places()
    for worker in problem.workers:
        for place in (worker.start, worker.start if worker.end is None else worker.end):
            if not 0 <= place < places:
                yield f"worker {worker.code}: place {place} is not in the travel matrix (0 to {places - 1})."
    for visit in problem.visits:
        if not 0 <= visit.place < places:
            yield f"visit {visit.code}: place {visit.place} is not in the travel matrix (0 to {places - 1})."
    for mode in {worker.mode for worker in problem.workers}:
        minutes: Any = problem.travel.minutes(mode)  # somebody else's Travel may give anything
        if not isinstance(minutes, np.ndarray) or minutes.shape != (places, places):
            yield f"travel: the matrix for “{mode}” must be an array of {places} by {places}."
        elif not np.issubdtype(minutes.dtype, np.integer):
            yield f"travel: the matrix for “{mode}” must hold whole minutes; round up, and fill its holes with NEVER."
        elif (minutes < 0).any():
            yield f"travel: the matrix for “{mode}” has negative minutes."


def _numbers(problem: Problem) -> Iterator[str]:
    """Everything that counts minutes is a whole number that no sum of some of them runs over."""
    yield from _counted("problem", (problem.per_minute, problem.step, problem.now))
    for worker in problem.workers:
        yield from _counted(
            f"worker {worker.code}", (worker.grade, worker.longest, worker.contract, worker.most)
        )
        for shift in worker.shifts:
            given = (shift.day, shift.start, shift.end, shift.overtime)
            rest = shift.rest
            more = (rest.earliest, rest.latest, rest.minutes) if rest else ()
            yield from _counted(f"worker {worker.code}", (*given, *more))
    for visit in problem.visits:
        yield from _visit_numbers(visit)
    for pin in problem.pins:
        yield from _counted(f"pin of {pin.visit}", (pin.day, pin.start))


def _visit_numbers(visit: Visit) -> Iterator[str]:
    asked = (visit.earliest, visit.latest, visit.grace, visit.gap.least, visit.gap.most, visit.apart)
    tasks = [number for task in visit.tasks for number in (task.minutes, task.grade)]
    yield from _counted(f"visit {visit.code}", (*asked, visit.priority, *tasks))


def _counted(name: str, given: Iterable[object]) -> Iterator[str]:
    for number in given:
        if number is not None and (not isinstance(number, Integral) or abs(int(number)) > NEVER):
            yield f"{name}: {number!r} is not a whole number of at most {NEVER:,}."


def _workers(problem: Problem) -> Iterator[str]:
    for worker in problem.workers:
        if not worker.shifts:
            yield f"worker {worker.code}: has no shift; leave out who does not work."
        for shift in worker.shifts:
            yield from _shift(problem, worker, shift)
        spans = sorted((one.day, one.start, one.end + one.overtime) for one in worker.shifts)
        for before, after in pairwise(spans):
            if before[0] == after[0] and before[2] > after[1]:
                yield f"worker {worker.code}: two shifts of day {after[0]} overlap."
        whole = sorted((one.day, one.start, one.end) for one in worker.shifts if one.end < NEVER)
        for early, later in pairwise(whole):
            if early[2] > (later[0] - early[0]) * DAY * problem.per_minute + later[1] and early[0] < later[0]:
                yield f"worker {worker.code}: the shift of day {early[0]} lasts into the one of day {later[0]}."
        if min(worker.longest or 0, worker.contract or 0, worker.most or 0) < 0:
            yield f"worker {worker.code}: limits are not negative."


def _shift(problem: Problem, worker: Worker, shift: Shift) -> Iterator[str]:
    name = f"worker {worker.code}: the shift of day {shift.day}"
    if not 0 <= shift.day < problem.days:
        yield f"{name} lies outside the days 0 to {problem.days - 1}."
    if not 0 <= shift.start < shift.end or shift.overtime < 0:
        yield f"{name} must begin before it ends."
    rest = shift.rest
    if rest and not (
        shift.start <= rest.earliest <= rest.latest
        and rest.latest + rest.minutes <= shift.end
        and rest.minutes > 0
    ):
        yield f"{name}: its break must lie within it."


def validate_visit(problem: Problem, visit: Visit) -> None:
    """Raise one error for everything wrong with one more visit."""
    found = [*_visit_numbers(visit)]
    if not found:
        found = [*_visit(problem, visit), *_series((*problem.visits, visit) if visit.series else ())]
    if any(one.code == visit.code for one in problem.visits):
        found.append(f"visit {visit.code}: is there already.")
    if not 0 <= visit.place < problem.travel.places():
        found.append(f"visit {visit.code}: place {visit.place} is not in the travel matrix.")
    if found:
        raise DataError("\n".join(found))


def _visits(problem: Problem) -> Iterator[str]:
    for visit in problem.visits:
        yield from _visit(problem, visit)
    yield from _series(problem.visits)


def _visit(problem: Problem, visit: Visit) -> Iterator[str]:
    name = f"visit {visit.code}"
    if len(visit.tasks) not in (1, 2) or any(task.minutes <= 0 for task in visit.tasks):
        yield f"{name}: has one or two tasks of at least a minute each."
    if visit.earliest >= visit.latest or visit.earliest < 0:
        yield f"{name}: its window has no length; give the latest start after the earliest, or pin the start."
    if (visit.grace or 0) < 0:
        yield f"{name}: its grace is not negative."
    if visit.gap.least > visit.gap.most:
        yield f"{name}: the least gap is above the most."
    if not visit.days or not all(0 <= day < problem.days for day in visit.days):
        yield f"{name}: needs days, from 0 to {problem.days - 1}."
    if visit.apart < 1:
        yield f"{name}: visits of a series are at least 1 day apart."
    if visit.priority < 0:
        yield f"{name}: priorities begin at 0."


def _series(visits: tuple[Visit, ...]) -> Iterator[str]:
    kinds: dict[str, Visit] = {}
    for visit in visits:
        if visit.series:
            first = kinds.setdefault(visit.series, visit)
            if (first.apart, len(first.tasks)) != (visit.apart, len(visit.tasks)):
                yield f"visit {visit.code}: differs from {first.code} of the same series in days apart or tasks."


def _pins(problem: Problem) -> Iterator[str]:
    workers = {worker.code: worker for worker in problem.workers}
    visits = {visit.code: visit for visit in problem.visits}
    spans: dict[tuple[str, int], list[tuple[int, int, int, str]]] = {}
    for (fixed, _part), times in Counter((pin.visit, pin.part) for pin in problem.pins).items():
        if times > 1:
            yield f"pin of {fixed}: is there {times} times."
    for pin in problem.pins:
        visit = visits.get(pin.visit)
        if visit is None or not 0 <= pin.part < len(visit.tasks):
            yield f"pin of {pin.visit}: there is no such visit or task."
            continue
        yield from _pin(problem, pin, visit, workers)
        if pin.begun and pin.worker in workers and pin.day is not None and pin.start is not None:
            end = pin.start + visit.tasks[pin.part].minutes
            spans.setdefault((pin.worker, pin.day), []).append((pin.start, end, visit.place, visit.code))
    for (code, _day), rows in spans.items():
        minutes = problem.travel.minutes(workers[code].mode)
        rows.sort()
        for before, after in pairwise(rows):
            if before[1] + minutes[before[2], after[2]] > after[0]:
                yield f"pins of {before[3]} and {after[3]}: {code} cannot have begun both."


def _pin(problem: Problem, pin: Pin, visit: Visit, workers: dict[str, Worker]) -> Iterator[str]:
    name = f"pin of {pin.visit}"
    if pin.worker is not None and pin.worker not in workers:
        yield f"{name}: there is no worker {pin.worker}."
    if pin.day is not None and not 0 <= pin.day < problem.days:
        yield f"{name}: day {pin.day} lies outside the days 0 to {problem.days - 1}."
    if pin.begun and (pin.worker is None or pin.day is None or pin.start is None):
        yield f"{name}: what has begun needs worker, day and start."
    elif not pin.begun and pin.day is not None and pin.day not in visit.days:
        yield f"{name}: day {pin.day} is not among the days of the visit."
    elif pin.begun and pin.worker in workers:
        shifts = workers[pin.worker].shifts
        if not any(
            one.day == pin.day and one.start <= (pin.start or 0) < one.end + one.overtime for one in shifts
        ):
            yield f"{name}: {pin.worker} has no shift then."
