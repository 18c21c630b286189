"""What follows when an order waits too long: a warning to whoever has it, then up the network, level by level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.grid import api as grid
from songhe.areas.registry.api import Person
from songhe.areas.visits.actions import offering
from songhe.areas.visits.actions.common import TOPIC, tell
from songhe.areas.visits.actions.ending import NOT_NEEDED, Needless, Reason, end
from songhe.areas.visits.actions.offering import To
from songhe.areas.visits.models import OPEN_STATES, SENT, Order
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Late, when_late
from songhe.engines.live.api import publish_to
from songhe.engines.notices.api import About, Recipient
from songhe.engines.notices.api import tell as notify
from songhe.kit.fields import Field

RIGHT = "visits.escalated"


@when_late("order")
def follow(late: Late) -> str:
    """Keep with the order what its clock says, and tell whoever has it from now on; returns their names."""
    with elevated():  # the clock acts for everybody
        order = Order.everywhere.select_for_update(no_key=True, of=("self",)).filter(case=late.case).first()
        if order is None:
            return ""
        if late.rule is None:
            return _warn(order, due=late.case.due_at, at=late.at)
        return raised(order, late.rule.level, at=late.at) if late.rule.level else ""


def raised(order: Order, level: str, *, at: datetime) -> str:
    """Give an order to a level of the network, or to the first above it at which somebody answers; returns who that is."""
    person = Person.everywhere.get(pk=order.person_id)
    steps = grid.ladder(person, at)
    found = _reached(steps, level, order.above)
    if found is None:
        return ""
    names = ", ".join(one.name for one in found.on_duty)
    order.above, order.above_at = found.level, at
    order.above_region = found.region_id if found.post_id else None
    order.above_names = " · ".join(part for part in (found.post, names) if part)[:200]
    users = grid.answering(found)
    order.above_users = [str(one) for one in users]
    order.seen_to_by, order.seen_to_at = "", None
    order.save()
    _notify(
        "order_late", order, users, due=None, at=at, key=f"late:{order.case_id}:{found.level}:{at:%y%m%d%H%M}"
    )
    publish_to(
        TOPIC, dict.fromkeys(users, order.region_id), {"what": "escalated", "order": str(order.pk)}, at=at
    )
    tell(order, "escalated", at=at, level=found.level)
    return order.above_names


def _reached(steps: Sequence[grid.Step], level: str, before: str) -> grid.Step | None:
    """The level asked for, never below one that has the order already; where nobody answers there, the first above it that
    does, and the last of all where nobody does. A level that the city does not have is the one after ``before``."""
    codes = [one.level for one in steps]
    start = codes.index(before) if before in codes else 0
    if level in codes:
        start = max(start, codes.index(level))
    above = steps[start:]
    return next((one for one in above if one.on_duty), above[-1] if above else None)


def _warn(order: Order, *, due: datetime | None, at: datetime) -> str:
    order.warned_at = at
    order.save(update_fields=["warned_at"])
    holder = order.worker_id if order.state in SENT else order.organisation_id
    right = "visits.accept" if order.state in SENT else "visits.assign"
    users = grid.users_of([holder], right) if holder else []
    _notify("order_due", order, users, due=due, at=at, key=f"due:{order.case_id}:{at:%y%m%d%H%M}")
    readers = dict.fromkeys([holder] if holder else [], order.region_id)
    publish_to(TOPIC, readers, {"what": "warned", "order": str(order.pk)}, at=at)
    tell(order, "warned", at=at)
    return ""


def _notify(
    template: str, order: Order, users: Iterable[UUID], *, due: datetime | None, at: datetime, key: str
) -> None:
    words: dict[str, object] = {"number": order.number, "service": order.item_label}
    if due is not None:
        words["due"] = due
    about = About(person_id=order.person_id, holder_id=order.organisation_id, url=f"/orders/{order.pk}/")
    to = [Recipient(user_id=one) for one in users]
    if to:
        notify(to, template, words, region_id=order.region_id, at=at, key=key, about=about)


@act("visits.escalated")
def see_to(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Say that one sees to an order that came up to one's level."""
    _came_up(order)
    order.seen_to_by, order.seen_to_at = actor.name[:80], at
    order.save(update_fields=["seen_to_by", "seen_to_at"])
    tell(order, "seen_to", at=at)
    return order


@act("visits.escalated")
def pass_up(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Give an order on to the next level without waiting for the clock."""
    _came_up(order)
    return _passed(order, at=at)


@act("visits.escalated")
def step_in_hand_over(order: Order, *, actor: Actor, at: datetime, organisation: To) -> Order:
    """Assign an order that came up to an organisation."""
    _came_up(order)
    return offering.handed(order, organisation, "step_in_hand_over", actor=actor, at=at)


@act("visits.escalated")
def step_in_offer(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Offer an order that came up to everybody again."""
    _came_up(order)
    return offering.offered(order, "step_in_offer", actor=actor, at=at)


@act("visits.escalated")
def step_in_cancel(
    order: Order, *, actor: Actor, at: datetime, reason: Reason, ending: Needless = NOT_NEEDED
) -> Order:
    """Cancel an order that came up and needs not be served."""
    _came_up(order)
    return end(order, "step_in_cancel", ending, reason, failed=False, actor=actor, at=at)


@act("grid.help")
def neighbour_answers(
    helper: grid.Helper,
    *,
    actor: Actor,
    at: datetime,
    order: UUID,
    can: Annotated[bool, Field(label=_("I will handle it"))],
) -> Order:
    """A good neighbour says whether he or she sees to an order that came up; who cannot gives it on at once."""
    with elevated():  # a neighbour does not see orders; this one asks for the neighbour by name
        found = Order.everywhere.select_for_update(no_key=True, of=("self",)).filter(pk=order).first()
        if found is None or str(actor.id) not in found.above_users or found.state not in OPEN_STATES:
            raise Refused("gone", "This order no longer needs you. Thank you.")
        add_detail(order=str(found.pk), can=can)
        if not can:
            return _passed(found, at=at)
        found.seen_to_by, found.seen_to_at = helper.name[:80], at
        found.save(update_fields=["seen_to_by", "seen_to_at"])
        tell(found, "seen_to", at=at)
    return found


def _passed(order: Order, *, at: datetime) -> Order:
    with elevated():  # whoever stands above is not the giver's to see
        codes = [one.level for one in grid.ladder(Person.everywhere.get(pk=order.person_id), at)]
        place = codes.index(order.above) + 1 if order.above in codes else 0
        if place >= len(codes):
            raise Refused("highest", "There is no level above yours. Handle it, or cancel the order.")
        raised(order, codes[place], at=at)
    add_detail(level=order.above)
    return order


def _came_up(order: Order) -> None:
    if not order.above or order.state not in OPEN_STATES:
        raise Refused("not_escalated", "This order was not escalated to your level. Look at its state.")
