"""Orders that end unserved, and those that are opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.visits.actions import offering
from songhe.areas.visits.actions.common import call_off, ended, move_order, save_order, tell, written
from songhe.areas.visits.actions.informing import duty_news, order_news
from songhe.areas.visits.actions.orders import From, Until, covered, not_twice, one_at_a_time
from songhe.areas.visits.limits import ending_choices, terms
from songhe.areas.visits.models import Order, OrderState, Result
from songhe.areas.visits.rules import check_window
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), size=200)]
Failed = Annotated[str, Field(label=_("Outcome"), choices=lambda row, user: ending_choices(failed=True))]
Needless = Annotated[str, Field(label=_("Outcome"), choices=lambda row, user: ending_choices(failed=False))]
NOT_NEEDED = "not_needed"


@act("hotline.cancel")
def cancel_order(
    order: Order, *, actor: Actor, at: datetime, reason: Reason, ending: Needless = NOT_NEEDED
) -> Order:
    """Cancel an order that needs not be served."""
    return end(order, "cancel", ending, reason, failed=False, actor=actor, at=at)


@act("visits.cancel")
def close_unserved(order: Order, *, actor: Actor, at: datetime, disposition: Failed, reason: Reason) -> Order:
    """Close an order that could not be served."""
    return end(order, "refuse", disposition, reason, failed=True, actor=actor, at=at)


@act("hotline.dispatch")
def reopen_order(
    order: Order, *, actor: Actor, at: datetime, wanted_from: From, wanted_until: Until, reason: Reason
) -> Order:
    """Open an order again that ended unserved; it is offered or handed over anew."""
    if order.state not in (OrderState.REFUSED, OrderState.CANCELLED):
        raise Refused("not_ended", "This order did not end unserved. Look at its state.")
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why)
    order.wanted_from, order.wanted_until = wanted_from, wanted_until
    check_window(wanted_from, wanted_until, minutes=order.minutes, at=at)
    with elevated():  # as with a new order
        one_at_a_time(order)
        not_twice(order)
        covered(order)
    offering.close(order, Result.WITHDRAWN, by=actor.name, at=at)
    order.disposition, order.organisation, order.worker, order.contract = "", None, None, None
    move_order(order, "reopen", actor=actor, at=at, note=why)
    save_order(order)
    tell(order, "reopened", at=at)
    return order


def end(
    order: Order, move: str, ending: str, reason: str, *, failed: bool, actor: Actor, at: datetime
) -> Order:
    """End an order unserved, for a reason of the data file."""
    rule = terms().endings.get(ending)
    if rule is None or rule.failed != failed:
        raise Refused(
            "outcome",
            "This outcome does not close an order in this way. Choose another one.",
            field="disposition" if failed else "ending",
        )
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why, ending=ending)
    before = call_off(order, at=at)
    ended(order, ending)
    move_order(order, move, actor=actor, at=at, note=why)
    save_order(order)
    offering.drop_open(order, by=actor.name, at=at)
    contracts.release([order.pk], at=at)
    if rule.provider:
        _note_refusal(order, why, by=actor.name, at=at)
    tell(order, "ended", at=at)
    order_news(order, "order_cancelled", at=at)
    if before is not None:
        duty_news(before, "off", at=at)
    return order


def _note_refusal(order: Order, why: str, *, by: str, at: datetime) -> None:
    """The organisation could not serve: that is kept with its contract."""
    kind, on = contracts.RemarkKind.REFUSAL, day_of(order.wanted_from)
    contracts.note(order.contract_id, kind, why, on=on, by=by, at=at, order_id=order.pk)
