"""What goes otherwise than published during the day, so that somebody proposes how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from songhe.areas.roster.models import Outcome, Roster, RosterLine, State
from songhe.areas.roster.queries import OVERRUN, Facts
from songhe.areas.visits.api import VisitState

PUBLISHED = (Outcome.SENT, Outcome.MOVED, Outcome.SAME)


@dataclass(frozen=True, slots=True)
class Happening:
    """One visit that runs over by some ``minutes``, needs not be done any more, has nobody again, or whose worker is away."""

    what: str  # over, cancelled, back, away
    line: RosterLine
    minutes: int = 0


def happened(roster: Roster, lines: Sequence[RosterLine], facts: Facts, at: datetime) -> list[Happening]:
    """Everything on a published roster's days that a new proposal would take up."""
    if roster.state != State.PUBLISHED or roster.last < timezone.localdate(at):
        return []
    able = {(one.code, shift.day) for one in facts.built.problem.workers for shift in one.shifts}
    unwanted = {one.code: one.forbidden for one in facts.built.problem.visits}
    return [
        found
        for line in lines
        if line.outcome in PUBLISHED and line.worker_id and not _over(line, at)
        for found in _of(line, facts, (able, unwanted), at)
    ]


def _over(line: RosterLine, at: datetime) -> bool:
    """Whether the day of a line is over."""
    return line.starts_at is None or timezone.localdate(line.starts_at) < timezone.localdate(at)


def _of(
    line: RosterLine,
    facts: Facts,
    known: tuple[set[tuple[str, int]], dict[str, frozenset[str]]],
    at: datetime,
) -> Iterator[Happening]:
    able, unwanted = known
    key = str(line.order_id)
    visit = facts.visits.get(key)
    if visit is None:
        if key in facts.orders:
            yield Happening("back", line)
        elif line.order.state in ("cancelled", "refused"):
            yield Happening("cancelled", line)
    elif visit.state == VisitState.ARRIVED and visit.arrived_at is not None:
        ends = visit.arrived_at + timedelta(minutes=visit.promised_minutes)
        ends = at + timedelta(minutes=OVERRUN) if at > ends else ends
        late = int((ends - visit.ends_at).total_seconds()) // 60
        if late >= OVERRUN:
            yield Happening("over", line, late)
    else:
        worker, day = str(visit.worker_id), (timezone.localdate(visit.starts_at) - facts.built.first).days
        if (worker, day) not in able or worker in unwanted.get(line.code, frozenset()):
            yield Happening("away", line)
