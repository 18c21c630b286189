"""Shifts: which one is on, and what is still to be signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from songhe.areas.lines.models import Handover, Shift
from songhe.engines.access.api import Scope

GRACE = timedelta(minutes=30)


def on_duty(scope: Scope, at: datetime) -> Shift | None:
    """The shift that is on."""
    rows = Shift.objects.within(scope).filter(begins_at__lte=at, ends_at__gt=at)
    return rows.order_by("region_id", "begins_at").first()


def to_hand_over(agent_id: UUID, scope: Scope, at: datetime) -> QuerySet[Shift]:
    """Shifts of an agent that end soon or have ended, and were not handed over."""
    given = Handover.everywhere.filter(shift=OuterRef("pk"))
    rows: QuerySet[Shift] = Shift.objects.within(scope).filter(
        ends_at__lte=at + GRACE, ends_at__gt=at - timedelta(days=2), agents__contains=[[str(agent_id)]]
    )
    return rows.filter(~Exists(given)).order_by("ends_at")


def to_take_over(agent_id: UUID, scope: Scope, at: datetime) -> QuerySet[Handover]:
    """What was handed over and nobody has signed for."""
    rows: QuerySet[Handover] = Handover.objects.within(scope).filter(
        taken_at=None, given_at__gt=at - timedelta(days=2)
    )
    return rows.exclude(given_by_id=agent_id).order_by("given_at")
