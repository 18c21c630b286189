"""What a death does to orders: nobody is sent any more, and nobody is called back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from songhe.areas.registry.api import Death, Person, when_dead
from songhe.areas.visits.actions.ending import end
from songhe.areas.visits.actions.orders import pass_by
from songhe.areas.visits.models import TO_BEGIN, TO_FOLLOW_UP, Disposition, Order
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import act, add_detail


@when_dead
def end_for_the_dead(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Orders that nobody has begun to serve end, whoever asked for them; those served go on to settlement unasked.

    A worker who is there already checks out as ever.
    """
    rows = Order.everywhere.filter(person=person).order_by("pk")
    for order in rows.filter(state__in=TO_BEGIN):
        _end(order, actor=actor, at=at)
    if served := list(rows.filter(state__in=TO_FOLLOW_UP)):
        _leave_out(served, actor=actor, at=at)


@act("visits.cancel", verb="visits.end_for_the_dead")
def _end(order: Order, *, actor: Actor, at: datetime) -> Order:
    """The case is moved by the system: who confirms a death need not be the one who may refuse orders."""
    words = gettext("The person died.")
    return end(order, "refuse", Disposition.DECEASED, words, failed=True, actor=SYSTEM, at=at)


@act("hotline.draw", verb="visits.leave_out_the_dead")
def _leave_out(orders: Sequence[Order], *, actor: Actor, at: datetime) -> None:
    add_detail(orders=[order.number for order in orders])
    pass_by(orders, "leave_out", actor=SYSTEM, at=at)
