"""What can be done with an order, beside its state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.visits import actions
from songhe.areas.visits.models import TO_BEGIN, TO_FOLLOW_UP, Order, OrderState
from songhe.kit.clock import now
from songhe.kit.spec import verb

TO_SEND = (
    OrderState.RECEIVED,
    OrderState.TAKEN,
    OrderState.DISPATCHED,
    OrderState.ACCEPTED,
    OrderState.ON_THE_WAY,
)
ENDED = (OrderState.REFUSED, OrderState.CANCELLED)
UP_TO_ACCEPTED = (OrderState.DISPATCHED, OrderState.ACCEPTED)
PLANNED = (*UP_TO_ACCEPTED, OrderState.ON_THE_WAY)


def _in(*states: OrderState) -> Any:
    return lambda row, user: row.state in states


def _came_up(*states: OrderState) -> Any:
    return lambda row, user: bool(row.above) and row.state in states


def _to_turn_down(row: Order, user: Any) -> bool:
    held = row.organisation_id is not None
    return held and row.state in (OrderState.RECEIVED, OrderState.TAKEN, *UP_TO_ACCEPTED)


def soon(row: Order | None = None) -> dict[str, datetime]:
    """A window to start from: the next full hour, for three hours."""
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"wanted_from": start, "wanted_until": start + timedelta(hours=3)}


PLACING = [
    verb(
        actions.place_order,
        label=_("Take an order"),
        primary=True,
        icon="plus",
        initial=lambda row, user: soon(),
    ),
    verb(
        actions.plan_order,
        label=_("Plan a service"),
        labels={"organisation": _("Organisation")},
        on_row=False,
        icon="calendar",
        initial=lambda row, user: soon(),
    ),
]
ABOVE = [
    verb(
        actions.see_to,
        label=_("I will handle it"),
        primary=True,
        icon="check",
        when=lambda row, user: bool(row.above) and not row.seen_to_by and row.is_open,
    ),
    verb(
        actions.step_in_hand_over,
        label=_("Assign to an organisation"),
        when=_came_up(OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, OrderState.DISPATCHED),
    ),
    verb(
        actions.step_in_offer,
        label=_("Offer it again"),
        icon="refresh",
        when=_came_up(OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, OrderState.DISPATCHED),
    ),
    verb(
        actions.pass_up,
        label=_("Escalate it"),
        icon="arrow-up",
        when=lambda row, user: bool(row.above) and row.is_open,
    ),
    verb(
        actions.step_in_cancel,
        label=_("Cancel as the level above"),
        danger=True,
        when=_came_up(OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, *UP_TO_ACCEPTED),
    ),
]
FINDING = [
    verb(
        actions.hand_over,
        label=_("Hand to an organisation"),
        when=_in(OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN, OrderState.DISPATCHED),
    ),
    verb(
        actions.offer_order,
        label=_("Put into the pool"),
        icon="users",
        ask=_("The organisations that suit best are asked first; whoever takes it first has it."),
        when=_in(OrderState.RECEIVED, OrderState.TAKEN, OrderState.DISPATCHED),
    ),
    verb(actions.recall_order, label=_("Take out of the pool"), when=_in(OrderState.OFFERED)),
    verb(
        actions.put_back,
        label=_("Back to the pool"),
        danger=True,
        ask=_("It goes on your organisation's record; each reason says what it costs."),
        when=_in(OrderState.TAKEN),
    ),
    verb(
        actions.turn_down,
        label=_("Turn down"),
        danger=True,
        ask=_("It goes on your organisation's record; each reason says what it costs."),
        when=_to_turn_down,
    ),
]
SENDING = [
    verb(
        actions.dispatch,
        label=_("Dispatch"),
        primary=True,
        icon="route",
        when=_in(OrderState.RECEIVED, OrderState.TAKEN),
        initial=lambda row, user: {"starts_at": row.wanted_from},
    ),
    verb(
        actions.reassign,
        label=_("Reassign"),
        when=_in(*PLANNED),
        initial=lambda row, user: {"starts_at": row.wanted_from},
    ),
    verb(
        actions.change_window,
        label=_("Reschedule"),
        icon="clock",
        when=_in(OrderState.RECEIVED),
        initial=lambda row, user: {"wanted_from": row.wanted_from, "wanted_until": row.wanted_until},
    ),
    verb(actions.send_back, label=_("Back to dispatch"), when=_in(*PLANNED)),
]
AFTERWARDS = [
    verb(
        actions.agree,
        label=_("Accept the service"),
        primary=True,
        icon="check",
        ask=_("You confirm that the service was provided as it should be."),
        when=_in(OrderState.COMPLETED),
    ),
    verb(
        actions.follow_up,
        label=_("Follow up"),
        icon="phone",
        primary=True,
        when=_in(*TO_FOLLOW_UP),
    ),
    verb(
        actions.rate,
        label=_("Rate the service"),
        primary=True,
        done=_("Thank you. Your feedback goes to the organisation and the office."),
        when=_in(*TO_FOLLOW_UP),
    ),
    verb(
        actions.reopen_order,
        label=_("Reopen"),
        icon="refresh",
        when=_in(*ENDED),
        initial=lambda row, user: soon(),
    ),
    verb(actions.close_unserved, label=_("Close unserved"), danger=True, when=_in(*TO_BEGIN)),
    verb(
        actions.cancel_order,
        label=_("Cancel the order"),
        danger=True,
        when=_in(*TO_BEGIN),
    ),
]
ORDER_VERBS = [*PLACING, *ABOVE, *FINDING, *SENDING, *AFTERWARDS]
