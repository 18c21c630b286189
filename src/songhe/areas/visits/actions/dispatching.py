"""Sending somebody: dispatch, reassign, back to dispatch, accept, decline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker
from songhe.areas.visits import queries
from songhe.areas.visits.actions.common import (
    call_off,
    move_order,
    order_of,
    reach,
    release,
    save_order,
    take_contract,
    tell,
    written,
)
from songhe.areas.visits.actions.informing import duty_news, family_news
from songhe.areas.visits.models import SENT, TO_BEGIN, Order, OrderState, Visit, VisitState
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), size=200)]
StartsAt = Annotated[datetime, Field(label=_("Promised from"))]
Sent = Annotated[Worker, Field(label=_("Worker"))]


@act("visits.assign")
def dispatch(order: Order, *, actor: Actor, at: datetime, worker: Sent, starts_at: StartsAt) -> Visit:
    """Send a worker who is qualified and free; the worker then sees the person and the order."""
    visit = plan(order, worker, starts_at, actor=actor, at=at)
    move_order(order, "dispatch", actor=actor, at=at, passed={"qualified"}, note=worker.name)
    save_order(order)
    tell(order, "dispatched", at=at)
    family_news(visit, "new", at=at)
    duty_news(visit, "new", at=at)
    return visit


@act("visits.assign")
def reassign(
    order: Order, *, actor: Actor, at: datetime, worker: Sent, starts_at: StartsAt, reason: Reason
) -> Visit:
    """Send another worker, or the same at another time."""
    why = written(reason, field="reason", most=200, needed=True)
    before = call_off(order, at=at)
    visit = plan(order, worker, starts_at, actor=actor, at=at)
    move_order(order, "reassign", actor=actor, at=at, passed={"qualified"}, note=why)
    save_order(order)
    tell(order, "reassigned", at=at)
    family_news(visit, "moved", at=at)
    duty_news(visit, "new", at=at)
    if before is not None:
        duty_news(before, "off", at=at)
    return visit


@act("visits.assign")
def send_back(order: Order, *, actor: Actor, at: datetime, reason: Reason) -> Order:
    """Call the planned visit off and put the order back to dispatch."""
    why = written(reason, field="reason", most=200, needed=True)
    before = call_off(order, at=at)
    order.worker = None
    move_order(order, "return", actor=actor, at=at, note=why)
    save_order(order)
    tell(order, "sent_back", at=at)
    if before is not None:
        family_news(before, "off", at=at)
        duty_news(before, "off", at=at)
    return order


@act("visits.accept")
def accept(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    phone_at: datetime | None = None,
) -> Visit:
    """Say yes to a visit."""
    _planned(visit)
    visit.accepted_at = min(device_at or at, at)
    visit.save()
    order = order_of(visit)
    move_order(order, "accept", actor=actor, at=at, happened=visit.accepted_at)
    save_order(order)
    tell(order, "accepted", at=at)
    return visit


@act("visits.check_in")
def depart(
    visit: Visit,
    *,
    actor: Actor,
    at: datetime,
    device_at: datetime | None = None,
    phone_at: datetime | None = None,
) -> Visit:
    """Set out for the person; whoever has not said yes before does so by it."""
    _planned(visit)
    order = order_of(visit)
    if order.state == OrderState.ON_THE_WAY:
        raise Refused("under_way", "You are on the way already. Check in when you are there.")
    if order.state not in SENT:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
    left = min(device_at or at, at)
    if visit.accepted_at is None:
        visit.accepted_at = left
        visit.save(update_fields=["accepted_at"])
        move_order(order, "accept", actor=actor, at=at, happened=left)
    move_order(order, "depart", actor=actor, at=at, happened=left)
    save_order(order)
    tell(order, "departed", at=at)
    return visit


@act("visits.decline")
def decline(visit: Visit, *, actor: Actor, at: datetime, reason: Reason) -> Visit:
    """Say no to a visit; the order goes back to dispatch."""
    _planned(visit)
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why)
    visit.state = VisitState.CANCELLED
    visit.save()
    order = order_of(visit)
    order.worker = None
    move_order(order, "decline", actor=actor, at=at, note=why)
    save_order(order)
    release(visit, at=at)
    tell(order, "declined", at=at)
    return visit


def plan(order: Order, worker: Sent, starts_at: datetime, *, actor: Actor, at: datetime) -> Visit:
    """Plan a visit of a worker who can go, under the worker's lock; whoever sends its worker takes the order."""
    if order.organisation_id not in (None, worker.organisation_id):
        raise Refused(
            "other_organisation",
            "This worker belongs to another organisation. Choose one of your own.",
            field="worker",
        )
    ends_at = starts_at + timedelta(minutes=order.minutes)
    _in_window(order, starts_at, ends_at)
    with elevated():  # a lock on the worker's row keeps two dispatchers from promising the same hour
        locked = Worker.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=worker.pk)
        queries.can_send(locked, order, starts_at).or_refuse()
        visit = Visit(
            order=order,
            person_id=order.person_id,
            region_id=order.region_id,
            organisation_id=locked.organisation_id,
            worker=locked,
            item=order.item,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        visit.save(force_insert=True)
    if order.organisation_id is None:  # whoever sends its worker takes the order
        take_contract(order, locked.organisation_id, at=at)
    order.worker, order.organisation_id = locked, locked.organisation_id
    reach(order, locked, at=at)
    add_detail(worker=str(locked.pk), starts_at=starts_at.isoformat())
    return visit


def _in_window(order: Order, starts_at: datetime, ends_at: datetime) -> None:
    if order.state not in TO_BEGIN:
        raise Refused("not_to_dispatch", "This order is not waiting to be dispatched. Look at its state.")
    if starts_at < order.wanted_from or ends_at > order.wanted_until:
        raise Refused(
            "outside_window",
            "That lies outside the time the person wants. Choose another time, or agree a new window first.",
            field="starts_at",
        )


def _planned(visit: Visit) -> None:
    if visit.state != VisitState.PLANNED:
        raise Refused("not_planned", "This visit is no longer planned. Look at it again.")
