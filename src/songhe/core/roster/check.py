"""Whether a plan keeps every hard rule, told rule by rule. Written apart from the search and run before a plan is kept.

It reads problem and plan as they are, in plain Python, and shares nothing with what made the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from songhe.core.roster.plan import Plan, Rest, Stay
from songhe.core.roster.problem import NEVER, Pin, Problem, Shift, Visit, Worker


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: its name, the visit or worker at fault, and what is wrong."""

    rule: str
    subject: str
    text: str


def check(problem: Problem, plan: Plan) -> tuple[Fault, ...]:
    """Every fault of a plan; none if it may be kept."""
    return tuple(_Check(problem, plan).faults())


class _Check:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.workers = {worker.code: worker for worker in problem.workers}
        self.visits = {visit.code: visit for visit in problem.visits}
        self.pins = {(pin.visit, pin.part): pin for pin in problem.pins}
        self.minutes = {mode: problem.travel.minutes(mode) for mode in {one.mode for one in problem.workers}}

    def faults(self) -> Iterator[Fault]:
        unknown = list(self._unknown())
        yield from unknown
        if unknown:
            return
        for stay in self.plan.stays:
            yield from self._stay(stay)
        for visit in self.problem.visits:
            yield from self._visit(visit)
        yield from self._series()
        work = dict.fromkeys(self.workers, 0)
        for (code, shift), stays in self.plan.tours.items():
            yield from self._tour(self.workers[code], shift, stays)
            work[code] += self._work(self.workers[code], stays)
        for (code, shift), rests in self.plan.breaks.items():
            if (code, shift) not in self.plan.tours:
                yield from self._rests(self.workers[code].shifts[shift], list(rests), code)
        for code, minutes in work.items():
            most = self.workers[code].most
            if most is not None and minutes > most:
                yield Fault("most", code, f"{code} works {minutes} minutes, at most {most} are allowed.")
        yield from self._pins()

    def _unknown(self) -> Iterator[Fault]:
        both: tuple[Stay | Rest, ...] = (*self.plan.stays, *self.plan.rests)
        for one in both:
            worker = self.workers.get(one.worker)
            if worker is None or not 0 <= one.shift < len(worker.shifts):
                yield Fault("unknown", one.worker, f"There is no shift {one.shift} of {one.worker}.")
        seen: set[tuple[str, int]] = set()
        for stay in self.plan.stays:
            visit = self.visits.get(stay.visit)
            if visit is None or not 0 <= stay.part < len(visit.tasks):
                yield Fault("unknown", stay.visit, f"There is no task {stay.part} of {stay.visit}.")
            elif (stay.visit, stay.part) in seen:
                yield Fault("twice", stay.visit, f"Task {stay.part} of {stay.visit} is planned twice.")
            seen.add((stay.visit, stay.part))

    def _shift(self, one: Stay | Rest) -> Shift:
        return self.workers[one.worker].shifts[one.shift]

    def _begun(self, stay: Stay) -> bool:
        pin = self.pins.get((stay.visit, stay.part))
        return pin is not None and pin.begun

    def _stay(self, stay: Stay) -> Iterator[Fault]:
        """Who may do it, on which day, and when it may begin."""
        if self._begun(stay):
            return
        worker, visit = self.workers[stay.worker], self.visits[stay.visit]
        task, day = visit.tasks[stay.part], self._shift(stay).day
        lacking = task.skills - worker.skills
        if lacking:
            yield Fault("skill", visit.code, f"{worker.code} lacks {', '.join(sorted(lacking))}.")
        if worker.grade < task.grade:
            yield Fault(
                "grade", visit.code, f"{worker.code} has grade {worker.grade}, {task.grade} is needed."
            )
        if visit.gender and worker.gender != visit.gender:
            yield Fault("gender", visit.code, f"{worker.code} is not of the gender asked for.")
        if visit.language and visit.language not in worker.languages:
            yield Fault("language", visit.code, f"{worker.code} does not speak {visit.language}.")
        if worker.code in visit.forbidden:
            yield Fault("forbidden", visit.code, f"{worker.code} must not come to {visit.code}.")
        if day not in visit.days:
            yield Fault("day", visit.code, f"{visit.code} must not be on day {day}.")
        pin = self.pins.get((visit.code, stay.part))
        if (pin is None or pin.start is None) and not visit.earliest <= stay.start <= visit.last:
            yield Fault("window", visit.code, f"{visit.code} begins at {stay.start}, outside its window.")
        if (pin is None or pin.start is None) and not self._full(visit, stay):
            yield Fault("step", visit.code, f"{visit.code} begins at {stay.start}, at no full step.")

    def _full(self, visit: Visit, stay: Stay) -> bool:
        """Whether a task begins with its window or at a full step; a half that cannot follow in steps needs not."""
        step, gap = self.problem.step, visit.gap
        free = stay.part == 1 and not any(n % step == 0 for n in range(gap.least, gap.most + 1))
        return stay.start == visit.earliest or stay.start % step == 0 or free

    def _visit(self, visit: Visit) -> Iterator[Fault]:
        """Both halves or none, with two workers on one day, as far apart as asked."""
        if len(visit.tasks) == 1:
            return
        first, second = (self.plan.by_task.get((visit.code, part)) for part in (0, 1))
        if first is None and second is None:
            return
        if first is None or second is None:
            yield Fault("half", visit.code, f"Only one of the two tasks of {visit.code} is planned.")
        elif self._begun(first) and self._begun(second):
            return
        elif first.worker == second.worker:
            yield Fault("pair", visit.code, f"{first.worker} cannot do both tasks of {visit.code}.")
        elif self._shift(first).day != self._shift(second).day:
            yield Fault("pair", visit.code, f"The two tasks of {visit.code} are on different days.")
        elif not visit.gap.least <= second.start - first.start <= visit.gap.most:
            text = f"Between the starts of {visit.code} lie {second.start - first.start} minutes"
            yield Fault("gap", visit.code, f"{text}, not {visit.gap.least} to {visit.gap.most}.")

    def _series(self) -> Iterator[Fault]:
        days: dict[str, list[tuple[int, str]]] = {}
        for visit in self.problem.visits:
            stay = self.plan.by_task.get((visit.code, 0))
            if visit.series and stay is not None:
                days.setdefault(visit.series, []).append((self._shift(stay).day, visit.code))
        for rows in days.values():
            rows.sort()
            for (before, _code), (after, code) in pairwise(rows):
                if after - before < self.visits[code].apart:
                    yield Fault(
                        "apart", code, f"{code} is on day {after}, too near to day {before} of its series."
                    )

    def _tour(self, worker: Worker, number: int, stays: tuple[Stay, ...]) -> Iterator[Fault]:
        """From the start of the shift along all stays to its end, with the break between."""
        shift, minutes = worker.shifts[number], self.minutes[worker.mode]
        rests = list(self.plan.breaks.get((worker.code, number), ()))
        yield from self._rests(shift, rests, worker.code)
        place, free, rest = worker.start, shift.start, rests[0] if rests and shift.rest else None
        now = self.problem.earliest_on(shift.day)
        for stay in stays:
            visit = self.visits[stay.visit]
            way = int(minutes[place, visit.place])
            if rest and rest.start < stay.start:
                yield from _overlap(rest, free)
                free, rest = max(free, rest.start + shift.rest.minutes), None  # type: ignore[union-attr]
            if not self._begun(stay):
                free = max(free, now)
                if stay.start < free + way:
                    text = f"{worker.code} cannot be there before {free + way}, planned is {stay.start}."
                    yield Fault("way", visit.code, text)
                yield from self._leg(worker, way, visit.code)
            place, free = visit.place, stay.start + visit.tasks[stay.part].minutes
        end = worker.start if worker.end is None else worker.end
        if rest:
            yield from _overlap(rest, free)
            free = max(free, rest.start + shift.rest.minutes)  # type: ignore[union-attr]
        way = int(minutes[place, end])
        if free + way > shift.end + shift.overtime and not self._begun(stays[-1]):
            yield Fault(
                "shift", worker.code, f"{worker.code} is back at {free + way}, the shift ends at {shift.end}."
            )
        if not self._begun(stays[-1]):
            yield from self._leg(worker, way, worker.code)
        due = shift.rest is not None and free + way > shift.rest.latest
        if due and not rests and not self._rested(worker.code, number, stays):
            yield Fault("break", worker.code, f"{worker.code} has no break on day {shift.day}.")

    def _rested(self, code: str, number: int, stays: tuple[Stay, ...]) -> bool:
        """Whether the break was had, or cannot be had any more."""
        shift = self.workers[code].shifts[number]
        ends = [
            one.start + self.visits[one.visit].tasks[one.part].minutes for one in stays if self._begun(one)
        ]
        over = max([self.problem.earliest_on(shift.day), *ends])
        return (code, number) in self.problem.rested or (shift.rest is not None and over > shift.rest.latest)

    def _leg(self, worker: Worker, way: int, subject: str) -> Iterator[Fault]:
        if way >= NEVER:
            yield Fault("leg", subject, f"There is no way for {worker.code}.")
        elif worker.longest is not None and way > worker.longest:
            yield Fault(
                "leg", subject, f"{worker.code} travels {way} minutes at once, at most {worker.longest}."
            )

    def _rests(self, shift: Shift, rests: list[Rest], code: str) -> Iterator[Fault]:
        if len(rests) > (shift.rest is not None):
            yield Fault("break", code, f"{code} has {len(rests)} breaks on day {shift.day}.")
        for rest in rests:
            if shift.rest and not shift.rest.earliest <= rest.start <= shift.rest.latest:
                yield Fault("break", code, f"The break of {code} begins at {rest.start}.")

    def _work(self, worker: Worker, stays: tuple[Stay, ...]) -> int:
        """Minutes of service and ways of one tour."""
        end = worker.start if worker.end is None else worker.end
        places = [worker.start, *(self.visits[stay.visit].place for stay in stays), end]
        ways = sum(int(self.minutes[worker.mode][a, b]) for a, b in pairwise(places))
        return ways + sum(self.visits[stay.visit].tasks[stay.part].minutes for stay in stays)

    def _pins(self) -> Iterator[Fault]:
        for pin in self.problem.pins:
            stay = self.plan.by_task.get((pin.visit, pin.part))
            if stay is None:
                if pin.begun:
                    yield Fault("pin", pin.visit, f"{pin.visit} has begun and is not in the plan.")
            elif not self._holds(pin, stay):
                yield Fault("pin", pin.visit, f"{pin.visit} is not planned as it was fixed.")

    def _holds(self, pin: Pin, stay: Stay) -> bool:
        return (
            pin.worker in (None, stay.worker)
            and pin.day in (None, self._shift(stay).day)
            and pin.start in (None, stay.start)
        )


def _overlap(rest: Rest, free: int) -> Iterator[Fault]:
    if rest.start < free:
        yield Fault(
            "break", rest.worker, f"The break of {rest.worker} begins before the task before it ends."
        )
