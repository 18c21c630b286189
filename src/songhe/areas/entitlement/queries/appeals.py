"""Reads of appeals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from songhe.areas.entitlement.models import Appeal, AppealState, Application, Grant
from songhe.areas.entitlement.terms import book
from songhe.engines.access.api import Scope


def appealable(decided_at: datetime | None, today: date) -> bool:
    """Whether a decision may still be appealed against: within so many days after its own."""
    return decided_at is not None and today <= appeal_until(decided_at)


def appeal_until(decided_at: datetime) -> date:
    """The last day on which a decision may be appealed against."""
    return timezone.localdate(decided_at) + timedelta(days=book().appeals.days)


def open_appeal(about: Application | Grant) -> Appeal | None:
    """The appeal against a decision that waits to be heard."""
    rows = Appeal.everywhere.filter(state=AppealState.FILED)
    rows = rows.filter(application=about) if isinstance(about, Application) else rows.filter(grant=about)
    found: Appeal | None = rows.first()
    return found


def to_hear(scope: Scope) -> QuerySet[Appeal]:
    """Appeals of a scope that wait to be heard, the oldest deadline first."""
    rows: QuerySet[Appeal] = Appeal.objects.within(scope).filter(state=AppealState.FILED)
    return rows.select_related("person", "application", "grant").order_by("due_at", "id")
