"""Placing and changing orders, and what the person says about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Organisation, State, catalogue, item_choices
from songhe.areas.registry.api import Person
from songhe.areas.visits.actions.common import (
    move_order,
    save_order,
    sealed,
    stamp,
    take_contract,
    tell,
    within_grant,
    written,
)
from songhe.areas.visits.actions.informing import order_news
from songhe.areas.visits.models import (
    OPEN_STATES,
    STAMPS,
    TO_FOLLOW_UP,
    Order,
    OrderState,
    PaidBy,
    Source,
)
from songhe.areas.visits.rules import check_window
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, Tie, elevated
from songhe.engines.acts.api import act
from songhe.engines.cases.api import Case, Priority, move_cases, open_case
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

STAMPED = (
    "state", *STAMPS.values(), "warned_at", "above", "above_region", "above_names", "above_users", "above_at", "seen_to_by",
    "seen_to_at",
)  # fmt: skip
"""What a move of many orders writes."""
Item = Annotated[str, Field(label=_("Service"), choices=lambda row, user: item_choices())]
From = Annotated[datetime, Field(label=_("Wanted from"))]
Until = Annotated[datetime, Field(label=_("Wanted until"))]
Payer = Annotated[PaidBy, Field(label=_("Paid by"))]
Note = Annotated[str, Field(label=_("Wishes"), long=True)]
Served = Annotated[Person, Field(label=_("Person"))]
RATINGS = [
    (5, _("5 · Very good")),
    (4, _("4 · Good")),
    (3, _("3 · Fair")),
    (2, _("2 · Poor")),
    (1, _("1 · Bad")),
]
Rating = Annotated[int, Field(label=_("Rating"), choices=RATINGS, radio=True)]


@act("hotline.create")
def place_order(
    *,
    actor: Actor,
    at: datetime,
    person: Served,
    item: Item,
    wanted_from: From,
    wanted_until: Until,
    paid_by: Payer,
    note: Note = "",
) -> Order:
    """Take an order for a person; the organisation and the worker come later."""
    order = Order(
        person=person, item=item, wanted_from=wanted_from, wanted_until=wanted_until, paid_by=paid_by
    )
    order.source = _source_of(actor)
    return _placed(order, note, actor=actor, at=at)


@act("visits.plan")
def plan_order(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    person: Served,
    item: Item,
    wanted_from: From,
    wanted_until: Until,
    paid_by: Payer,
) -> Order:
    """Plan a service that one's own organisation gives to a person it serves."""
    if not Tie.persons_of([organisation.pk]).filter(person_id=person.pk).exists():
        raise Refused(
            "not_served",
            "Your organisation does not serve this person. Ask the hotline for an order.",
            field="person",
        )
    order = Order(
        person=person, item=item, wanted_from=wanted_from, wanted_until=wanted_until, paid_by=paid_by
    )
    order.source, order.organisation = Source.PLAN, organisation
    serving(organisation)
    return _placed(order, "", actor=actor, at=at)


@act("hotline.edit")
def change_window(
    order: Order, *, actor: Actor, at: datetime, wanted_from: From, wanted_until: Until
) -> Order:
    """Agree another time with the person; a planned visit is called off."""
    _still_open(order)
    check_window(wanted_from, wanted_until, minutes=order.minutes, at=at)
    if order.state != OrderState.RECEIVED:
        raise Refused(
            "planned", "A worker is planned. Reassign the order, or send it back to dispatch first."
        )
    month = _month(order)
    order.wanted_from, order.wanted_until = wanted_from, wanted_until
    if _month(order) != month:
        with elevated():  # as with a new order
            one_at_a_time(order)
            covered(order)
    if order.organisation_id is not None:
        take_contract(order, order.organisation_id, at=at)
    order.save()
    return order


@act("hotline.follow_up")
def follow_up(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    rating: Rating,
    words: Annotated[str, Field(label=_("In the person's words"), long=True)] = "",
) -> Order:
    """Enter what the person says about a service that was given: 1 (bad) to 5 (very good)."""
    return _rated(order, "follow_up", rating, words, actor=actor, at=at)


@act("visits.rate")
def rate(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    rating: Rating,
    words: Annotated[str, Field(label=_("In your own words"), long=True)] = "",
) -> Order:
    """Say how a service was, in place of being called: 1 (bad) to 5 (very good)."""
    return _rated(order, "rate", rating, words, actor=actor, at=at)


def pass_by(orders: Sequence[Order], move: str, *, actor: Actor, at: datetime) -> None:
    """Let served orders go on to settlement without a word of the person: not drawn (``leave_out``), or not reached
    (``unreachable``). Called inside the hotline's own act."""
    with elevated():  # the cases belong to the organisations
        locked = Case.everywhere.filter(pk__in=[order.case_id for order in orders]).order_by("pk")
        cases = list(locked.select_for_update(no_key=True, of=("self",)))
        move_cases(cases, move, actor=actor, at=at)
        rows = Order.everywhere.filter(pk__in=[order.pk for order in orders])
        rows.update(state=OrderState.FOLLOWED_UP)
    for order in orders:
        order.state = OrderState.FOLLOWED_UP


def _rated(order: Order, move: str, rating: int, words: str, *, actor: Actor, at: datetime) -> Order:
    if not 1 <= rating <= 5:
        raise Refused("rating", "The rating is a number from 1 to 5.", field="rating")
    order.rating = rating
    order.words_sealed = sealed(order.person_id, written(words, field="words"))
    move_order(order, move, actor=actor, at=at)
    save_order(order)
    return order


def _placed(order: Order, note: str, *, actor: Actor, at: datetime) -> Order:
    person, item = order.person, catalogue().item(order.item)
    if not person.is_living:
        raise Refused(
            "not_living",
            "No service can be ordered for this person any more. Look at the person's page.",
            field="person",
        )
    order.id, order.region_id, order.minutes = uuid7(), person.region_id, item.minutes
    check_window(order.wanted_from, order.wanted_until, minutes=order.minutes, at=at)
    with elevated():  # what others ordered for the person counts
        one_at_a_time(order)
        not_twice(order)
        covered(order)
        if order.organisation_id is not None:
            take_contract(order, order.organisation_id, at=at)
    order.placed_by_id, order.placed_by_name, order.placed_at = actor.id, actor.name[:80], at
    order.note_sealed = sealed(person.pk, written(note, field="note"))
    with elevated():  # the case carries no person, so that only the order decides who sees it
        case = open_case(
            "order",
            region_id=order.region_id,
            holder_id=order.organisation_id,
            about=order,
            actor=actor,
            at=at,
            priority=Priority.URGENT if item.help == "urgent" else Priority.NORMAL,
        )
    order.case, order.number, order.state = case, case.number, OrderState(case.state)
    order.save(force_insert=True)
    tell(order, "placed", at=at)
    order_news(order, "order_taken", at=at)
    return order


def one_at_a_time(order: Order) -> None:
    """Hold the person, so that the same minutes are not promised twice meanwhile."""
    Person.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=order.person_id)


def _month(order: Order) -> date:
    return timezone.localdate(order.wanted_from).replace(day=1)


def not_twice(order: Order) -> None:
    """Refuse an order that is there already."""
    same = Order.everywhere.filter(person=order.person, item=order.item, state__in=OPEN_STATES)
    first = (
        same.exclude(pk=order.pk)
        .filter(wanted_from__lt=order.wanted_until, wanted_until__gt=order.wanted_from)
        .first()
    )
    if first is not None:
        raise Refused(
            "ordered_twice",
            "The same service is ordered for this time already ({number}). Change that order instead.",
            field="item",
            number=first.number,
        )


def covered(order: Order) -> None:
    """Refuse an order that the month's grant does not hold."""
    if order.paid_by == PaidBy.ENTITLEMENT:
        within_grant(order, order.minutes)


def _source_of(actor: Actor) -> Source:
    if actor.id == SYSTEM.id or actor.may("hotline.answer"):
        return Source.HOTLINE
    return Source.VILLAGE if actor.may("registry.edit") else Source.FAMILY


def serving(organisation: Organisation) -> None:
    """Refuse an organisation that does not operate."""
    if organisation.state != State.ACTIVE:
        raise Refused(
            "not_active",
            "This organisation does not operate at present. Choose another one.",
            field="organisation",
        )


def _still_open(order: Order) -> None:
    if not order.is_open:
        raise Refused("ended", "This order has ended. Place a new one.")


def settle_orders(orders: Collection[UUID], *, actor: Actor, at: datetime) -> None:
    """Move orders to settled whose last visit was, in a few statements for all; called inside finance's own act."""
    with elevated():  # finance settles in its region, where the case may belong to an organisation
        rows = Order.everywhere.filter(pk__in=orders, state__in=[*TO_FOLLOW_UP, OrderState.FOLLOWED_UP])
        found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        locked = Case.everywhere.filter(pk__in=[order.case_id for order in found]).order_by("pk")
        cases = {case.pk: case for case in locked.select_for_update(no_key=True, of=("self",))}
        for order in found:
            cases[order.case_id].holder_id = order.organisation_id
        move_cases(list(cases.values()), "settle", actor=actor, at=at)
        for order in found:
            case = cases[order.case_id]
            stamp(order, case.flow, "settle", at)
            order.state = OrderState(case.state)
        Order.everywhere.bulk_update(found, STAMPED, batch_size=500)
