"""What work came to: hours, punctuality, continuity; each count with what it is counted against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from songhe.areas.roster.rules.ground import Ground

DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit that was due: given, in vain or missed. Times are local; ``minutes`` were spent with the person."""

    worker: str
    person: str
    promised: datetime
    arrived: datetime | None
    left: datetime | None
    minutes: int
    state: str


@dataclass(slots=True)
class Tally:
    """Counts and minutes of somebody's month; see ``WorkMonth``."""

    visits: int = 0
    due: int = 0
    punctual: int = 0
    known: int = 0
    knowable: int = 0
    service: int = 0
    travel: int = 0
    paid: int = 0

    def add(self, other: Self) -> None:
        """Take another's in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def tallied(stops: Iterable[Stop], since: datetime, ground: Ground, grace: int) -> dict[str, Tally]:
    """What each worker's visits promised from ``since`` on came to; earlier ones only tell who knows whom."""
    out: defaultdict[str, Tally] = defaultdict(Tally)
    lately = timedelta(days=ground.known_days)
    pairs: dict[tuple[str, str], datetime] = {}
    persons: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    ordered = sorted(stops, key=lambda one: (one.promised, one.worker, one.person))
    for stop in ordered:
        if stop.promised >= since:
            _count(stop, out[stop.worker], grace)
            if stop.state == DONE and _within(stop, persons.get(stop.person), lately):
                out[stop.worker].knowable += 1
                out[stop.worker].known += _within(stop, pairs.get((stop.person, stop.worker)), lately)
        if stop.state == DONE:
            pairs[stop.person, stop.worker] = persons[stop.person] = stop.promised
    for stop in sorted(
        (one for one in ordered if one.arrived and one.left), key=lambda one: (one.arrived, one.left)
    ):
        before = last.get(stop.worker)
        if stop.promised >= since and before and stop.arrived and before.date() == stop.arrived.date():
            gap = int((stop.arrived - before).total_seconds()) // 60
            out[stop.worker].travel += gap if 0 < gap <= ground.longest_leg else 0
        last[stop.worker] = stop.left or stop.promised
    return dict(out)


def _count(stop: Stop, tally: Tally, grace: int) -> None:
    tally.due += 1
    tally.punctual += stop.arrived is not None and stop.arrived <= stop.promised + timedelta(minutes=grace)
    if stop.state == DONE:
        tally.visits += 1
        tally.service += stop.minutes


def _within(stop: Stop, before: datetime | None, lately: timedelta) -> bool:
    return before is not None and stop.promised - before <= lately


def paid_day(start: int, end: int, rest: int | None, ground: Ground) -> int:
    """Minutes that are paid of a day worked from one minute until another, without the break."""
    usual = ground.break_minutes if end - start >= ground.break_shift else 0
    return max(0, end - start - (usual if rest is None else rest))
