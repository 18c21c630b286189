"""Orders that somebody has to look at: offered to one, due soon, overdue, escalated, late at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.visits.limits import limits
from songhe.areas.visits.models import (
    OPEN_STATES,
    SENT,
    TO_BEGIN,
    Offer,
    Order,
    OrderState,
    Result,
    Visit,
    VisitState,
)
from songhe.core.codes import span
from songhe.engines.access.api import Actor, Scope, elevated

WAITING = (OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, OrderState.DISPATCHED)
FIRST = ("-case__priority", "case__due_at", "id")


def due_soon(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Orders of which somebody was warned and that are not overdue yet."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(
        warned_at__isnull=False, above="", state__in=WAITING
    )
    return rows.filter(case__due_at__gt=at).order_by(*FIRST)


def overdue(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Orders past their deadline that did not go up yet."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(above="", state__in=WAITING)
    return rows.filter(case__due_at__lte=at).order_by(*FIRST)


def escalated(scope: Scope) -> QuerySet[Order]:
    """Orders that went up the network."""
    rows: QuerySet[Order] = Order.objects.within(scope).exclude(above="").filter(state__in=TO_BEGIN)
    return rows.order_by("seen_to_at", *FIRST)


def late_at_door(scope: Scope, at: datetime) -> QuerySet[Order]:
    """Orders with a worker who should be there and is not."""
    late = at - timedelta(minutes=limits().late_minutes)
    missing = Visit.objects.within(scope).filter(
        state=VisitState.PLANNED, starts_at__lt=late, ends_at__gt=at - timedelta(hours=12)
    )
    rows: QuerySet[Order] = Order.objects.within(scope).filter(
        state__in=SENT, pk__in=missing.values("order_id")
    )
    return rows.order_by("wanted_from", "id")


def come_up_to(user: Actor) -> QuerySet[Order]:
    """Orders for which this user answers now: on duty at the level, or the level is the user's own region."""
    scope = user.scope("visits.escalated")
    own = [low for low, high in scope.areas if span(low) == (low, high)]
    mine = Q(above_region__in=own) | Q(above_users__contains=[str(user.id)])
    return escalated(scope).filter(mine)


def come_up_to_neighbour(user_id: UUID) -> list[Order]:
    """Orders of elders near by that came up to a good neighbour, by name."""
    with elevated():  # a neighbour does not see orders; these ask for the neighbour by name
        rows = Order.everywhere.exclude(above="").filter(
            above_users__contains=[str(user_id)], state__in=OPEN_STATES
        )
        return list(rows.order_by("above_at", "id")[:20])


def open_offers(organisation_ids: Sequence[UUID]) -> QuerySet[Offer]:
    """What is in the pool for some organisations, the most urgent first. Asked beyond the reader's scope, as a worker holds no
    rows in the organisation's name; of the person nothing is shown but the village."""
    rows: QuerySet[Offer] = Offer.everywhere.filter(
        organisation_id__in=list(organisation_ids), result=Result.OPEN, order__state=OrderState.OFFERED
    )
    return rows.select_related("order", "order__case").order_by(
        "-order__case__priority", "order__wanted_from", "id"
    )


def not_begun(scope: Scope) -> QuerySet[Order]:
    """Orders that were taken from the pool and have nobody yet."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(state=OrderState.TAKEN)
    return rows.order_by("taken_at", "id")


def to_accept(scope: Scope) -> QuerySet[Order]:
    """Services that were given and wait for the person or the family to accept them."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(state=OrderState.COMPLETED)
    return rows.order_by("-completed_at", "id")
