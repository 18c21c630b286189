"""What the desk tells the telephone line below it: where a call is opened, and what a shift leaves open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from songhe.areas.alarms.api import Alarm
from songhe.areas.hotline import queries
from songhe.areas.hotline.models import Call
from songhe.areas.lines.api import left_open, opener
from songhe.areas.visits.api import OPEN_STATES, Order
from songhe.core.labels import Label
from songhe.engines.access.api import Scope


@opener
def _opened_at(session_id: UUID) -> str:
    return reverse("hotline.line", args=[session_id])


@left_open("05.alarms", Label("Open alarms", "未结束的报警"))
def _alarms(scope: Scope, at: datetime) -> int:
    return Alarm.objects.within(scope).filter(closed_at=None).count()


@left_open("20.calls", Label("Calls not closed at the desk", "未办结的来电"))
def _calls(scope: Scope, at: datetime) -> int:
    return Call.objects.within(scope).filter(ended_at=None).count()


@left_open("30.orders", Label("Open orders", "未完工单"))
def _orders(scope: Scope, at: datetime) -> int:
    return Order.objects.within(scope).filter(state__in=OPEN_STATES).count()


@left_open("40.complaints", Label("Open complaints", "未办结的投诉"))
def _complaints(scope: Scope, at: datetime) -> int:
    return queries.open_complaints(scope).count()


@left_open("50.follow_ups", Label("Follow-up calls due", "待回访"))
def _follow_ups(scope: Scope, at: datetime) -> int:
    return queries.due_now(scope, at).count()
