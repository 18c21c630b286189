"""When jobs that come back are due: every so many minutes, or at an hour of the city's clock."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from django.utils import timezone

from songhe.engines.access.actor import SYSTEM
from songhe.engines.jobs.models import Schedule
from songhe.engines.jobs.registry import KINDS, Kind
from songhe.engines.jobs.start import start

DAY, ON_TIME = timedelta(days=1), timedelta(hours=1)


def start_periodic(at: datetime) -> None:
    """Start what is due. A night that was missed is caught up with, unless the last run is less than a day old."""
    kinds = {kind.name: kind for kind in KINDS.values() if kind.every_minutes or kind.daily}
    known = Schedule.objects.in_bulk(kinds)
    fresh = [Schedule(kind=name, next_at=at) for name in kinds if name not in known]
    Schedule.objects.bulk_create(fresh, ignore_conflicts=True)
    for row in [*known.values(), *fresh]:
        if row.next_at <= at:
            _due(row, kinds[row.kind], at)


def _due(row: Schedule, kind: Kind, at: datetime) -> None:
    missed = kind.daily is not None and at - row.next_at > ON_TIME
    runs = not (missed and row.ran_at and at - row.ran_at < DAY)
    mine = Schedule.objects.filter(kind=row.kind, next_at=row.next_at)  # of several workers one is the first
    if mine.update(next_at=next_after(kind, at), ran_at=at if runs else row.ran_at) and runs:
        start(kind.name, actor=SYSTEM, at=at, key="periodic")


def next_after(kind: Kind, at: datetime, *, zone: tzinfo | None = None) -> datetime:
    """The next time after a moment. Where clocks are put forward over the hour it is the same time without that; an hour
    that comes twice counts once."""
    if kind.daily is None:
        return at + timedelta(minutes=kind.every_minutes or 1)
    zone = zone or timezone.get_default_timezone()
    today = at.astimezone(zone).date()
    days = (datetime.combine(today + timedelta(days=n), kind.daily, tzinfo=zone) for n in (0, 1))
    return next(moment for moment in days if moment.timestamp() > at.timestamp())
