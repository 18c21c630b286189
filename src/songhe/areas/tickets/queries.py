"""Reads of cases that 12345 sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from songhe.areas.hotline.api import Complaint
from songhe.areas.tickets.models import OPEN, CaseExtension, CaseState, CityCase, CityMessage, Outgoing
from songhe.areas.visits.api import Order
from songhe.engines.access.api import Scope
from songhe.engines.vault.api import open_keys, reveal_with


def words_of_order(order: Order) -> str:
    """How an order stands, for 12345, which reads Chinese."""
    from django.utils.translation import override

    with override("zh-hans"):
        return f"服务工单 {order.number}：{order.get_state_display()}"


def to_take_up(scope: Scope) -> QuerySet[CityCase]:
    """Cases that nobody has taken up, the most urgent first."""
    rows: QuerySet[CityCase] = CityCase.objects.within(scope).filter(state=CaseState.RECEIVED)
    return rows.order_by("due_at", "id")


def in_hands_of(agent_id: UUID, scope: Scope) -> QuerySet[CityCase]:
    """Cases that somebody handles, the next deadline first."""
    rows: QuerySet[CityCase] = CityCase.objects.within(scope).filter(
        state=CaseState.IN_HAND, handler_id=agent_id
    )
    return rows.order_by("due_at", "id")


def overdue(scope: Scope, at: datetime) -> QuerySet[CityCase]:
    """Cases whose deadline has passed without an answer, and those that are near it."""
    rows: QuerySet[CityCase] = CityCase.objects.within(scope).filter(state__in=OPEN, due_at__lt=at)
    return rows.order_by("due_at", "id")


def near(scope: Scope, at: datetime) -> QuerySet[CityCase]:
    """Cases of which people were warned and whose deadline has not passed."""
    rows: QuerySet[CityCase] = CityCase.objects.within(scope).filter(
        state__in=OPEN, warned_at__isnull=False, due_at__gte=at
    )
    return rows.order_by("due_at", "id")


def supervised(scope: Scope) -> QuerySet[CityCase]:
    """Cases under supervision."""
    rows: QuerySet[CityCase] = CityCase.objects.within(scope).filter(
        state__in=OPEN, level=CityCase.Level.SUPERVISED
    )
    return rows.order_by("due_at", "id")


def to_approve(scope: Scope, user_id: UUID) -> QuerySet[CaseExtension]:
    """Extensions that somebody else asked for."""
    rows: QuerySet[CaseExtension] = CaseExtension.objects.within(scope).filter(
        state=CaseExtension.State.ASKED
    )
    return rows.exclude(asked_by_id=user_id).select_related("case").order_by("asked_at", "id")


def messages_of(row: CityCase) -> list[tuple[CityMessage, str, Outgoing | None]]:
    """Everything that went to and fro, the latest first, with what became of ours."""
    found = list(CityMessage.everywhere.filter(case=row).order_by("-at", "-id")[:100])
    out = {one.message_id: one for one in Outgoing.everywhere.filter(message__in=found)}
    keys = open_keys([row.pk])
    if row.pk not in keys:
        return []
    return [(one, reveal_with(keys[row.pk], row.pk, one.words_sealed), out.get(one.pk)) for one in found]


def complaint_of(row: CityCase) -> Complaint | None:
    """The complaint that came out of the case's call."""
    return Complaint.everywhere.filter(call_id=row.call_id).first() if row.call_id else None


def of_call(call_id: UUID) -> CityCase | None:
    """The case of 12345 for which a call was opened."""
    return CityCase.everywhere.filter(call_id=call_id).first()


def of_order(order_id: UUID) -> CityCase | None:
    """The case of 12345 an order came from."""
    return CityCase.everywhere.filter(call__order_id=order_id).first()
