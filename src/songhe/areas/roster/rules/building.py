"""From plain rows to a problem of the scheduler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from songhe.areas.roster.rules.given import Ask, Built, Duty, Halves, Hand
from songhe.areas.roster.rules.ground import DAY, Ground
from songhe.areas.roster.rules.loading import loads
from songhe.core.codes import Point
from songhe.core.kept import kept_streets
from songhe.core.roster import Break, Gap, Grid, Pin, Plan, Problem, Shift, Stay, Task, Travel, Visit, Worker


def duty_shifts(duties: Iterable[Duty], ground: Ground) -> tuple[Shift, ...]:
    """Shifts with a break at noon where they are long enough to have one."""
    return tuple(_shift(duty, ground) for duty in sorted(duties, key=lambda one: (one.day, one.start)))


def _shift(duty: Duty, ground: Ground) -> Shift:
    minutes = ground.break_minutes if duty.rest is None else duty.rest
    rest = None
    earliest = max(duty.start, ground.break_earliest)
    latest = min(ground.break_latest, duty.end - minutes)
    if minutes > 0 and duty.end - duty.start >= ground.break_shift and earliest <= latest:
        rest = Break(earliest, latest, minutes)
    return Shift(duty.day, duty.start, duty.end, min(ground.overtime, max(0, DAY - duty.end)), rest)


def window_on(ask: Ask, first: date, days: int) -> tuple[frozenset[int], int, int] | None:
    """Days of the span on which an order may be served, and the earliest and latest minute to begin; None if on none.

    A window over several days is used on its whole days; where it has none, on the one day that it covers most.
    """
    best: tuple[int, frozenset[int], int, int] | None = None
    every: set[int] = set()
    for day in range(days):
        start = datetime.combine(first + timedelta(days=day), time(0), ask.since.tzinfo)
        since = max(0, _minutes(ask.since - start))
        last = min(DAY, _minutes(ask.until - start)) - ask.minutes
        if since > last:
            continue
        if since == 0 and last == DAY - ask.minutes:
            every.add(day)
        if best is None or last - since > best[0]:
            best = (last - since, frozenset({day}), since, last)
    if every:
        return frozenset(every), 0, DAY - ask.minutes
    return best[1:] if best else None


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


@dataclass
class Builder:
    """Makes one problem of many rows."""

    ground: Ground
    first: date
    days: int
    local: datetime
    hands: Sequence[Hand]
    asks: Sequence[Ask]
    region: int = 0

    def __post_init__(self) -> None:
        self.points: dict[Point, int] = {}
        self.left_out: dict[str, str] = {}
        self.halves: dict[str, tuple[str, int]] = {}
        self.pins: list[Pin] = []
        self.stays: list[tuple[str, int, int, str, int]] = []  # worker, day, start, visit, part

    def build(self) -> Built:
        """The problem; what cannot be in it is left out and named."""
        gone = (self.local.date() - self.first).days
        self.today, self.now = (gone, self.local.hour * 60 + self.local.minute) if gone >= 0 else (0, 0)
        visits = [made for group in self._groups() for made in self._visits(group)]
        begun = {pin.visit: str(pin.worker) for pin in self.pins if pin.begun}
        there = set(begun.values())
        known = {hand.key: self._worker(hand) for hand in self.hands if hand.duties or hand.key in there}
        kept = self._shifted(known)
        visits = [visit for visit in visits if self._can_be(visit, begun, known)]
        self.pins = [pin for pin in self.pins if not pin.begun or pin.worker in known]
        visits = [
            visit
            if visit.code in begun
            else replace(visit, forbidden=visit.forbidden | self._ill(visit, there))
            for visit in visits
        ]
        travel = self._travel()
        problem = Problem(
            self._bearable(known, visits, travel, kept),
            tuple(visits),
            travel,
            days=self.days,
            pins=tuple(self.pins),
            today=min(self.today, self.days),
            now=self.now,
            step=self.ground.step,
        )
        return Built(problem, Plan(tuple(kept)), Halves(self.halves), self.left_out, self.first)

    def _travel(self) -> Travel:
        """Along streets where a network is stored for the region, else straight lines times a detour."""
        points, ground = list(self.points), self.ground
        if kept_streets() is not None:
            from songhe.core.reach.travel import street_travel

            along = street_travel(self.region, points, ground.speeds, detour=ground.detour)
            if along is not None:
                return along
        return Grid(points, ground.speeds, detour=ground.detour)

    def _can_be(self, visit: Visit, begun: Mapping[str, str], known: Mapping[str, Worker]) -> bool:
        """Whether a visit is to be planned: not where somebody is there of whom the plan knows nothing."""
        if visit.code in begun and begun[visit.code] not in known:
            self.left_out[visit.code] = "under_way"
            del self.halves[visit.code]
            return False
        return True

    @staticmethod
    def _bearable(
        known: Mapping[str, Worker], visits: Sequence[Visit], travel: Travel, kept: Sequence[Stay]
    ) -> tuple[Worker, ...]:
        """The workers, whose week always holds what is promised already: it stays, and is told as overtime."""
        codes = {visit.code for visit in visits}
        promised = Plan(tuple(stay for stay in kept if stay.visit in codes))
        took = loads(known.values(), visits, travel, promised)
        return tuple(
            worker if worker.most is None else replace(worker, most=max(worker.most, took[worker.code]))
            for worker in known.values()
        )

    def _ill(self, visit: Visit, there: set[str]) -> frozenset[str]:
        """Who is ill today and must not come then; whoever has begun something is still at work for the plan."""
        if self.today not in visit.days:
            return frozenset()
        ill = frozenset(hand.key for hand in self.hands if hand.ill)
        return ill if len(visit.days) == 1 else ill & there

    def _groups(self) -> list[list[Ask]]:
        """Orders alone, or as the two halves of one visit, unless one of them has begun."""
        pairs: defaultdict[str, list[Ask]] = defaultdict(list)
        for ask in self.asks:
            pairs[ask.pair or ask.key].append(ask)
        out = []
        for group in pairs.values():
            group.sort(key=lambda ask: (ask.number, ask.key))
            whole_pair = len(group) == 2 and not any(ask.told and ask.told.begun for ask in group)
            out += [group] if whole_pair else [[ask] for ask in group]
        return out

    def _visits(self, group: list[Ask]) -> list[Visit]:
        windows = [self._window(ask) for ask in group]
        found = [window for window in windows if window is not None]
        if len(found) < len(group):
            self.left_out |= {ask.key: "outside" for ask in group}
            return []
        days = frozenset.intersection(*(window[0] for window in found))
        first, last = max(window[1] for window in found), min(window[2] for window in found)
        earliest, latest = self._wished(group, days, first, last)
        told = [minute for minute in self._told_minutes(group, days) if first <= minute <= last]
        earliest = min([self._stepped(earliest, latest, group), *told])
        fixed = earliest == latest == last
        if not days or earliest > latest or (fixed and len(group) == 2 and group[-1].gap[0] > 0):
            self.left_out |= {ask.key: "halves" for ask in group}
            return []
        code = group[0].key
        for number, ask in enumerate(group):
            self.halves[ask.key] = (code, number)
            self._told(ask, code, number)
            if fixed and not (ask.told and ask.told.begun):
                self.pins.append(Pin(code, number, start=earliest))
        return [self._visit(group, code, days, (earliest, max(latest, earliest + 1), last))]

    def _wished(self, group: list[Ask], days: frozenset[int], first: int, last: int) -> tuple[int, int]:
        """From when until when all of a group is wished to begin: within the window, and where that goes together. What is
        told later than wished is late only after what was told."""
        earliest, latest = first, last
        for ask in group:
            if ask.wish is not None and (
                ask.free or days == {self._when(ask.wish[0])[0]} == {self._when(ask.wish[1])[0]}
            ):
                earliest, latest = (
                    max(earliest, self._when(ask.wish[0])[1]),
                    min(latest, self._when(ask.wish[1])[1]),
                )
        if earliest > latest:
            return first, last
        told = [minute for minute in self._told_minutes(group, days) if latest < minute <= last]
        return earliest, min(last, max(told) + self.ground.slack) if told else latest

    def _told_minutes(self, group: list[Ask], days: frozenset[int]) -> list[int]:
        """At which minutes of their days what is not begun was told to begin."""
        told = [self._when(ask.told.start) for ask in group if ask.told and not ask.told.begun]
        return [minute for day, minute in told if day in days]

    def _window(self, ask: Ask) -> tuple[frozenset[int], int, int] | None:
        """The window, without days that are over; what has begun is always there."""
        if ask.told and ask.told.begun:
            day, start = self._when(ask.told.start)
            return (frozenset({day}), max(start, 0), max(start, 0)) if 0 <= day < self.days else None
        found = window_on(ask, ask.since.date(), 1) if ask.free else window_on(ask, self.first, self.days)
        if found is None:
            return None
        days = frozenset(day for day in (ask.free.days if ask.free else found[0]) if day >= self.today)
        return (days, *found[1:]) if days else None

    def _stepped(self, earliest: int, latest: int, group: list[Ask]) -> int:
        """The beginning of a window at a full step, if there is one within it."""
        full = -(-earliest // self.ground.step) * self.ground.step
        begun = any(ask.told and ask.told.begun for ask in group)
        return full if full <= latest and not begun else earliest

    def _when(self, moment: datetime) -> tuple[int, int]:
        return (moment.date() - self.first).days, moment.hour * 60 + moment.minute

    def _told(self, ask: Ask, code: str, number: int) -> None:
        if ask.told is None:
            return
        day, start = self._when(ask.told.start)
        if ask.told.begun:
            self.pins.append(Pin(code, number, ask.told.worker, day, start, begun=True))
        if 0 <= day < self.days:
            self.stays.append((ask.told.worker, day, start, code, number))

    def _visit(
        self, group: list[Ask], code: str, days: frozenset[int], window: tuple[int, int, int]
    ) -> Visit:
        """``window``: the earliest start, the latest one wished for, and the latest of all."""
        one, (earliest, latest, last) = group[0], window
        return Visit(
            code,
            self._place(one.place),
            tuple(self._task(ask) for ask in group),
            earliest,
            latest,
            grace=max(last - latest, 0),
            gap=Gap(*group[-1].gap) if len(group) == 2 else Gap(),
            days=days,
            gender=one.gender,
            language=one.language,
            preferred=frozenset().union(*(ask.preferred for ask in group)),
            forbidden=frozenset().union(*(ask.unwanted for ask in group)),
            known=one.known,
            **_series(group),
            priority=min(ask.priority for ask in group),
        )

    @staticmethod
    def _task(ask: Ask) -> Task:
        own = {f"of:{ask.organisation}"} if ask.organisation else set()
        if not ask.organisation and ask.among is not None:
            own = {_tag(ask.among)}
        minutes = ask.told.minutes if ask.told and ask.told.begun else ask.minutes
        return Task(minutes, frozenset({f"item:{ask.item}", *own}))

    def _worker(self, hand: Hand) -> Worker:
        return Worker(
            hand.key,
            self._place(hand.here or hand.base),
            duty_shifts(hand.duties, self.ground),
            end=self._place(hand.base),
            skills=frozenset(
                {f"item:{item}" for item in hand.items}
                | {f"of:{hand.organisation}"}
                | {_tag(ask.among) for ask in self.asks if ask.among and hand.organisation in ask.among}
            ),
            gender=hand.gender,
            languages=hand.languages,
            mode=self.ground.way(hand.mode),
            longest=self.ground.longest_leg,
            contract=hand.left,
            most=hand.most,
        )

    def _place(self, point: Point) -> int:
        return self.points.setdefault(point, len(self.points))

    def _shifted(self, known: dict[str, Worker]) -> list[Stay]:
        """What is promised as stays of shifts; a shift is made longer where somebody has begun outside of it."""
        begun = {(pin.visit, pin.part): pin for pin in self.pins if pin.begun}
        kept = []
        for worker, day, start, code, number in self.stays:
            if worker not in known:
                continue
            shifts = list(known[worker].shifts)
            places = [n for n, shift in enumerate(shifts) if shift.day == day]
            fits = [n for n in places if shifts[n].start <= start < shifts[n].end + shifts[n].overtime]
            if not fits and (code, number) in begun:
                known[worker] = _longer(known[worker], places, day, start, self.now)
                shifts = list(known[worker].shifts)
                fits = [
                    n
                    for n, shift in enumerate(shifts)
                    if shift.day == day and shift.start <= start < shift.end
                ]
            if fits:
                kept.append(Stay(worker, fits[0], start, code, number))
        return kept


def _series(group: list[Ask]) -> dict[str, Any]:
    """What keeps visits of a series apart; a half that is alone is of another one than whole visits."""
    free = group[0].free
    return {"series": f"{free.series}:{len(group)}", "apart": free.apart} if free else {}


def _tag(among: frozenset[str]) -> str:
    """What a worker of one of some organisations has, as a skill."""
    return "among:" + "|".join(sorted(among))


def _longer(worker: Worker, places: list[int], day: int, start: int, now: int) -> Worker:
    shifts = list(worker.shifts)
    if places:
        old = shifts[places[0]]
        shifts[places[0]] = Shift(day, min(old.start, start), max(old.end, start + 1, now + 1), DAY)
        shifts = [shift for n, shift in enumerate(shifts) if n not in places[1:]]
    else:
        shifts.append(Shift(day, start, max(start, now) + 1, DAY))
        shifts.sort(key=lambda one: (one.day, one.start))
    return replace(worker, shifts=tuple(shifts))
