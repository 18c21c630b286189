"""What boards show: the open alarms of a scope in one question, the loudest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from songhe.areas.alarms.models import Alarm, AlarmState
from songhe.areas.providers.api import worker_names
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import full_name

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm as a board shows it."""

    alarm: Alarm
    name: str
    place: str
    waits: timedelta

    @property
    def rings(self) -> bool:
        """Whether it asks for somebody now."""
        return self.alarm.rings_from is not None


@dataclass(frozen=True, slots=True)
class Board:
    """Open alarms with how many there are of each kind of waiting."""

    lines: tuple[Line, ...]
    ringing: int
    states: Counter[str]
    oldest: Line | None

    @property
    def open(self) -> int:
        """How many are open."""
        return sum(self.states.values())

    @property
    def under_way(self) -> int:
        """How many have help sent or there."""
        return self.states[AlarmState.SENT] + self.states[AlarmState.ARRIVED]


def open_alarms(scope: Scope) -> QuerySet[Alarm]:
    """Open alarms, what rings first, then the most urgent, then the oldest."""
    rows: QuerySet[Alarm] = Alarm.objects.within(scope).filter(closed_at=None).select_related("person")
    return rows.order_by(F("rings_from").asc(nulls_last=True), "-priority", "raised_at", "id")


def board(scope: Scope, *, at: datetime) -> Board:
    """The board of a scope."""
    rows = list(open_alarms(scope)[:MOST])
    workers = worker_names(row.worker_id for row in rows if row.worker_id)
    lines = sorted((_line(row, workers, at) for row in rows), key=_order)
    ringing = [one for one in lines if one.rings]
    waiting = [one for one in lines if one.alarm.state == AlarmState.RAISED]
    return Board(
        tuple(lines),
        len(ringing),
        Counter(row.state for row in rows),
        min(waiting, key=lambda one: one.alarm.raised_at, default=None),
    )


def _order(one: Line) -> tuple[bool, int, datetime]:
    return not one.rings, -one.alarm.priority, one.alarm.raised_at


def _line(row: Alarm, workers: Mapping[UUID, str], at: datetime) -> Line:
    name = (
        row.person.name if row.person is not None else workers.get(row.worker_id, "") if row.worker_id else ""
    )
    name = name or _("Nobody known")
    return Line(row, name, full_name(row.region_id, below=3), max(at - row.raised_at, timedelta()))
