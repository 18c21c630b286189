"""The person accepts a service: signed at the door, by the family, or as nobody objects for some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from songhe.areas.visits.actions.common import move_order, save_order, tell
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import AcceptedBy, Order, OrderState, Visit
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act

SIGN = "visits.check_out"


@act("visits.rate")
def agree(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Say for the person that the service was given as it should be."""
    if order.state != OrderState.COMPLETED:
        raise Refused("not_done", "This order is not awaiting acceptance. Look at its state.")
    return _accepted(order, "agree", AcceptedBy.FAMILY, actor=actor, at=at)


def signed(order: Order, visit: Visit, *, actor: Actor, at: datetime) -> None:
    """What was signed at the door is accepted as soon as the service is done; called inside the visit's own act."""
    if order.state == OrderState.COMPLETED and visit.confirmed_by and actor.may(SIGN):
        done = order.completed_at or at
        moment = max(visit.confirmed_at or done, done)
        _accepted(order, "sign", AcceptedBy(visit.confirmed_by), actor=actor, at=at, happened=moment)


def agree_overdue(*, actor: Actor, at: datetime, most: int = 500) -> int:
    """Accept what nobody objected to for some days; returns how many. Run by a periodic job."""
    late = at - timedelta(days=terms().accept_after_days)
    with elevated():  # the clock acts for everybody
        rows = Order.everywhere.filter(state=OrderState.COMPLETED, completed_at__lte=late)
        due = list(rows.order_by("completed_at")[:most])
        for order in due:
            _agreed(order, actor=actor, at=at)
    return len(due)


@act("hotline.follow_up")
def _agreed(order: Order, *, actor: Actor, at: datetime) -> Order:
    if order.state != OrderState.COMPLETED:
        return order
    return _accepted(order, "agree_later", AcceptedBy.TIME, actor=actor, at=at)


def _accepted(
    order: Order, move: str, by: AcceptedBy, *, actor: Actor, at: datetime, happened: datetime | None = None
) -> Order:
    order.confirmed_by = by
    move_order(order, move, actor=actor, at=at, note=str(by.label), happened=happened)
    save_order(order)
    tell(order, "confirmed", at=at)
    return order
