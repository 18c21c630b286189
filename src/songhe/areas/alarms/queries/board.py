"""What boards show: the open alarms of a scope in one question, the loudest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.db.models.lookups import IsNull
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
    """The first open alarms, and how many there are of each kind of waiting, those beyond the lines among them."""

    lines: tuple[Line, ...]
    ringing: int
    states: Counter[str]
    oldest: Line | None

    @property
    def open(self) -> int:
        """How many are open."""
        return sum(self.states.values())

    @property
    def more(self) -> int:
        """How many are open beyond the lines."""
        return max(self.open - len(self.lines), 0)

    @property
    def under_way(self) -> int:
        """How many have help sent or there."""
        return self.states[AlarmState.SENT] + self.states[AlarmState.ARRIVED]


def open_alarms(scope: Scope) -> QuerySet[Alarm]:
    """Open alarms, what rings first, then the most urgent, then the oldest."""
    rows: QuerySet[Alarm] = Alarm.objects.within(scope).filter(closed_at=None).select_related("person")
    return rows.order_by(IsNull(F("rings_from"), True), "-priority", "raised_at", "id")


def board(scope: Scope, *, at: datetime) -> Board:
    """The board of a scope."""
    found = open_alarms(scope)
    rows = list(found[:MOST])
    workers = worker_names(row.worker_id for row in rows if row.worker_id)
    states, ringing = _counts(found)
    waiting = [row for row in rows if row.state == AlarmState.RAISED]
    if sum(states.values()) > len(rows):  # the one that has waited longest may be a less urgent one
        waiting = list(found.filter(state=AlarmState.RAISED).order_by("raised_at")[:1])
    oldest = min(waiting, key=lambda one: one.raised_at, default=None)
    return Board(
        tuple(_line(row, workers, at) for row in rows),
        ringing,
        states,
        _line(oldest, workers, at) if oldest is not None else None,
    )


def _counts(rows: QuerySet[Alarm]) -> tuple[Counter[str], int]:
    """How many there are in each state, and how many of all ring."""
    sums = rows.order_by().values("state").annotate(n=Count("pk"), rings=Count("rings_from"))
    found = list(sums.values_list("state", "n", "rings"))
    return Counter({state: n for state, n, _rings in found}), sum(rings for _state, _n, rings in found)


def _line(row: Alarm, workers: Mapping[UUID, str], at: datetime) -> Line:
    worker = workers.get(row.worker_id, "") if row.worker_id else ""
    name = row.whom or worker or _("User unknown")
    return Line(row, name, full_name(row.region_id, below=3), max(at - row.raised_at, timedelta()))
