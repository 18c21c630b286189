"""The time line: one lane for each worker, with shifts, visits, ways and breaks; what the template draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import worker_names
from songhe.areas.roster.models import Roster, RosterLine, State
from songhe.areas.roster.planning import Draft
from songhe.areas.visits.api import Visit, VisitState, person_names

EARLY, LATE = 7 * 60, 19 * 60
BEGUN = "begun"
NARROW = 30
WORDS: dict[str, tuple[str, Any]] = {
    "new": ("info", _("New")),
    "same": ("ok", _("As announced")),
    "changed": ("warn", _("Not as announced")),
    "begun": ("info", _("In service")),
    "planned": ("ok", _("Visit promised")),
    "done": ("muted", _("Done")),
    "in_vain": ("warn", _("Unsuccessful visit")),
    "missed": ("danger", _("Missed")),
    "skipped": ("danger", _("Not as planned")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One visit on a lane. ``x`` and ``wide`` are hundredths of a percent of the lane's width."""

    line: RosterLine
    name: str
    start: datetime
    end: datetime
    x: str
    wide: str
    tone: str
    word: str
    narrow: bool
    free: bool

    @property
    def told(self) -> str:
        """Everything about it in one sentence."""
        parts = [
            f"{self.start:%H:%M}–{self.end:%H:%M}",
            self.name,
            self.line.item_label,
            str(self.word),
        ]
        if self.line.pinned:
            parts.append(str(self.line.get_pinned_display()))
        if self.line.assumed:
            parts.append(gettext("place assumed"))
        if self.free:
            parts.append(gettext("day chosen"))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a lane: a shift, a break or a way."""

    x: str
    wide: str
    told: str = ""


@dataclass
class Lane:
    """One worker's day."""

    worker: UUID
    name: str
    bars: list[Bar] = field(default_factory=list)
    shifts: list[Span] = field(default_factory=list)
    rests: list[Span] = field(default_factory=list)
    ways: list[Span] = field(default_factory=list)
    travel: int = 0

    @property
    def service(self) -> int:
        """Minutes with persons."""
        return sum(bar.line.minutes for bar in self.bars)


@dataclass
class Scale:
    """From minutes of the day to the width of a lane."""

    since: int
    until: int

    def at(self, minute: int) -> str:
        """Where a minute lies."""
        part = (min(max(minute, self.since), self.until) - self.since) / (self.until - self.since)
        return f"{100 * part:.3f}%"

    def wide(self, since: int, until: int) -> str:
        """How wide a stretch is."""
        since, until = max(since, self.since), min(until, self.until)
        return f"{100 * max(until - since, 0) / (self.until - self.since):.3f}%"

    def span(self, since: int, until: int, told: str = "") -> Span:
        """A stretch."""
        return Span(self.at(since), self.wide(since, until), told)

    @property
    def hours(self) -> list[tuple[str, str]]:
        """Full hours with where they lie."""
        step = 60 if self.until - self.since <= 15 * 60 else 120
        return [(self.at(m), f"{m // 60}:00") for m in range(self.since, self.until, step)]


@dataclass
class Board:
    """One day of a roster."""

    day: date
    scale: Scale
    lanes: list[Lane]
    idle: int
    now: str | None


def lines_on(lines: list[RosterLine], day: date) -> list[RosterLine]:
    """Lines of a day, by start."""
    return [
        line for line in lines if line.starts_at is not None and timezone.localdate(line.starts_at) == day
    ]


def board(roster: Roster, draft: Draft, lines: list[RosterLine], day: date, at: datetime) -> Board:
    """What the time line of a day shows."""
    number = (day - roster.first).days
    found = lines_on(lines, day)
    scale = _scale(found)
    names = person_names(line.person_id for line in found)
    states, free = _states(roster, found), draft.facts.free
    lanes: dict[str, Lane] = {}
    working = [w for w in draft.problem.workers if any(shift.day == number for shift in w.shifts)]
    keys = {UUID(w.code) for w in working} | {line.worker_id for line in found if line.worker_id}
    called = worker_names(keys)
    for key in sorted(keys, key=lambda key: (called.get(key, ""), str(key))):
        lanes[str(key)] = Lane(key, called.get(key, "—"))
    for line in sorted(found, key=lambda one: (one.starts_at, one.pk)):
        lanes[str(line.worker_id)].bars.append(_bar(line, names, states, scale, line.order_id in free))
    for worker in working:
        _dress(lanes[worker.code], draft, worker, number, scale)
    local = timezone.localtime(at)
    now = scale.at(local.hour * 60 + local.minute) if local.date() == day else None
    return Board(day, scale, list(lanes.values()), len(draft.facts.idle), now)


def _scale(lines: list[RosterLine]) -> Scale:
    starts = [timezone.localtime(line.starts_at) for line in lines if line.starts_at]
    ends = [timezone.localtime(line.ends_at) for line in lines if line.starts_at]
    first = min([EARLY, *(60 * one.hour for one in starts)])
    last = max([LATE, *(60 * one.hour + 60 for one in ends)])
    if any(end.date() > start.date() for start, end in zip(starts, ends, strict=True)):
        last = 24 * 60
    return Scale(first, min(last, 24 * 60))


def _states(roster: Roster, lines: list[RosterLine]) -> dict[UUID, str]:
    """Where the visits of a published roster stand, by order."""
    if roster.state not in (State.PUBLISHED, State.PUBLISHING, State.SUPERSEDED):
        return {}
    rows = Visit.objects.here().filter(order_id__in=[line.order_id for line in lines])
    rows = rows.exclude(state=VisitState.CANCELLED).order_by("starts_at")
    return dict(rows.values_list("order_id", "state"))


def _bar(line: RosterLine, names: dict[UUID, str], states: dict[UUID, str], scale: Scale, free: bool) -> Bar:
    start, end = timezone.localtime(line.starts_at), timezone.localtime(line.ends_at)
    first = start.hour * 60 + start.minute
    tone, word = WORDS[state_of(line, states)]
    wide = scale.wide(first, first + line.minutes)
    return Bar(
        line=line,
        name=names.get(line.person_id, "—"),
        start=start,
        end=end,
        x=scale.at(first),
        wide=wide,
        tone=tone,
        word=word,
        narrow=line.minutes < NARROW,
        free=free,
    )


def state_of(line: RosterLine, states: dict[UUID, str]) -> str:
    """How a line stands, as a key of ``WORDS``; ``states`` holds its visit's, by order."""
    if line.outcome == "skipped":
        return "skipped"
    if line.order_id in states:
        return BEGUN if states[line.order_id] == VisitState.ARRIVED else states[line.order_id]
    if line.begun:
        return BEGUN
    if line.told_visit_id is None:
        return "new"
    return "changed" if line.changed else "same"


def _dress(lane: Lane, draft: Draft, worker: Any, number: int, scale: Scale) -> None:
    """Shifts, breaks and ways of a lane."""
    minutes = draft.problem.travel.minutes(worker.mode)
    visits = {visit.code: visit for visit in draft.problem.visits}
    for place, shift in enumerate(worker.shifts):
        if shift.day != number:
            continue
        lane.shifts.append(scale.span(shift.start, shift.end))
        for rest in draft.plan.breaks.get((worker.code, place), ()):
            long = shift.rest.minutes if shift.rest else 0
            lane.rests.append(scale.span(rest.start, rest.start + long, gettext("Break")))
        stays = draft.plan.tours.get((worker.code, place), ())
        stops = [(worker.start, shift.start)]
        for stay in stays:
            way = int(minutes[stops[-1][0], visits[stay.visit].place])
            lane.travel += way
            if way:
                lane.ways.append(scale.span(stay.start - way, stay.start, gettext("{n} min").format(n=way)))
            stops.append((visits[stay.visit].place, stay.start + visits[stay.visit].tasks[stay.part].minutes))
        if stays:
            home = int(minutes[stops[-1][0], worker.start if worker.end is None else worker.end])
            lane.travel += home
            lane.ways.append(scale.span(stops[-1][1], stops[-1][1] + home, gettext("{n} min").format(n=home)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One worker's day in a week."""

    day: date
    count: int
    minutes: int
    free: int


def week(
    roster: Roster, lines: list[RosterLine], free: Container[UUID]
) -> tuple[list[date], list[tuple[str, UUID, list[Cell]]]]:
    """Days, and for each worker how many visits and minutes there are on each, and of how many the day was chosen."""
    days = [roster.first + timedelta(days=n) for n in range(roster.days)]
    sums: defaultdict[UUID, dict[date, tuple[int, int, int]]] = defaultdict(dict)
    for line in lines:
        if line.worker_id and line.starts_at:
            day = timezone.localdate(line.starts_at)
            count, minutes, chosen = sums[line.worker_id].get(day, (0, 0, 0))
            chosen += line.order_id in free
            sums[line.worker_id][day] = count + 1, minutes + line.minutes, chosen
    names = worker_names(sums)
    rows = [
        (names.get(key, "—"), key, [Cell(day, *found.get(day, (0, 0, 0))) for day in days])
        for key, found in sums.items()
    ]
    return days, sorted(rows, key=lambda row: (row[0], str(row[1])))


__all__ = ["Bar", "Board", "Lane", "board", "lines_on", "week"]
