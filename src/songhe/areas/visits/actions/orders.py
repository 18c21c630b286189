"""Placing, changing and ending orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Organisation, State, catalogue, item_choices
from songhe.areas.registry.api import Person
from songhe.areas.visits import queries
from songhe.areas.visits.actions.common import (
    call_off,
    day_of,
    ended,
    leave_organisation,
    move_order,
    save_order,
    sealed,
    take_contract,
    tell,
    written,
)
from songhe.areas.visits.models import OPEN_STATES, Disposition, Order, OrderState, PaidBy, Source
from songhe.areas.visits.rules import check_window
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, Tie, elevated, tie
from songhe.engines.acts.api import act, add_detail
from songhe.engines.cases.api import Case, Priority, move_cases, open_case
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field

Item = Annotated[str, Field(label=_("Service"), choices=lambda row, user: item_choices())]
From = Annotated[datetime, Field(label=_("Wanted from"))]
Until = Annotated[datetime, Field(label=_("Wanted until"))]
Payer = Annotated[PaidBy, Field(label=_("Paid by"))]
Note = Annotated[str, Field(label=_("Wishes"), long=True)]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]
Served = Annotated[Person, Field(label=_("Person"))]
To = Annotated[Organisation, Field(label=_("Organisation"))]
RATINGS = [
    (5, _("5 · Very good")),
    (4, _("4 · Good")),
    (3, _("3 · Fair")),
    (2, _("2 · Poor")),
    (1, _("1 · Bad")),
]
Rating = Annotated[int, Field(label=_("Rating"), choices=RATINGS, radio=True)]
UNSERVED = [d for d in Disposition if d not in (Disposition.COMPLETED, Disposition.DUPLICATE)]


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
    _serving(organisation)
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
    order.wanted_from, order.wanted_until = wanted_from, wanted_until
    if order.organisation_id is not None:
        take_contract(order, order.organisation_id, at=at)
    order.save()
    return order


@act("hotline.dispatch")
def hand_over(order: Order, *, actor: Actor, at: datetime, organisation: To) -> Order:
    """Hand an order to an organisation, whose dispatcher sends somebody; a planned visit is called off."""
    _serving(organisation)
    if order.organisation_id == organisation.pk:
        raise Refused(
            "same", "This organisation has the order already. Choose another one.", field="organisation"
        )
    take_contract(order, organisation.pk, at=at)
    call_off(order, at=at)
    leave_organisation(order, at=at)
    order.organisation, order.worker = organisation, None
    move_order(order, "hand_over", actor=actor, at=at, note=organisation.name)
    save_order(order)
    with elevated():  # the organisation's tie does not lie in the agent's or dispatcher's own scope
        tie(
            order.person_id,
            organisation.pk,
            Tie.Kind.ORGANISATION,
            region_id=order.region_id,
            since=day_of(at),
        )
    tell(order, "handed_over", at=at)
    return order


@act("hotline.cancel")
def cancel_order(
    order: Order, *, actor: Actor, at: datetime, reason: Reason, duplicate: bool = False
) -> Order:
    """Cancel an order at the person's wish, or because it was placed twice."""
    return _end(
        order,
        "cancel",
        Disposition.DUPLICATE if duplicate else Disposition.REFUSED,
        reason,
        actor=actor,
        at=at,
    )


@act("visits.cancel")
def close_unserved(
    order: Order,
    *,
    actor: Actor,
    at: datetime,
    disposition: Annotated[
        Disposition, Field(label=_("Outcome"), choices=[(d.value, d.label) for d in UNSERVED])
    ],
    reason: Reason,
) -> Order:
    """Close an order that could not be served."""
    if disposition not in UNSERVED:
        raise Refused(
            "outcome",
            "This outcome does not close an order unserved. Choose another one.",
            field="disposition",
        )
    return _end(order, "refuse", Disposition(disposition), reason, actor=actor, at=at)


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
        rows.update(state=OrderState.FOLLOWED_UP, followed_up_at=at)
    for order in orders:
        order.state, order.followed_up_at = OrderState.FOLLOWED_UP, at


def _rated(order: Order, move: str, rating: int, words: str, *, actor: Actor, at: datetime) -> Order:
    if not 1 <= rating <= 5:
        raise Refused("rating", "The rating is a number from 1 to 5.", field="rating")
    order.rating, order.followed_up_at = rating, at
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
    with elevated():  # one order at a time for a person, so that the same minutes are not promised twice
        Person.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
        _not_twice(order)
        _covered(order)
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
    return order


def _not_twice(order: Order) -> None:
    same = Order.everywhere.filter(person=order.person, item=order.item, state__in=OPEN_STATES)
    first = same.filter(wanted_from__lt=order.wanted_until, wanted_until__gt=order.wanted_from).first()
    if first is not None:
        raise Refused(
            "ordered_twice",
            "The same service is ordered for this time already ({number}). Change that order instead.",
            field="item",
            number=first.number,
        )


def _covered(order: Order) -> None:
    if order.paid_by != PaidBy.ENTITLEMENT:
        return
    left = queries.free_minutes(order.person_id, timezone.localdate(order.wanted_from))
    if left < order.minutes:
        raise Refused(
            "not_covered",
            "The entitlement of that month has {left} minutes left, and the service takes {minutes}. Choose that the "
            "person pays, or another month.",
            field="paid_by",
            left=left,
            minutes=order.minutes,
        )


def _end(
    order: Order, move: str, disposition: Disposition, reason: str, *, actor: Actor, at: datetime
) -> Order:
    why = written(reason, field="reason", most=200, needed=True)
    add_detail(reason=why)
    call_off(order, at=at)
    ended(order, disposition)
    move_order(order, move, actor=actor, at=at, note=why)
    save_order(order)
    contracts.release([order.pk], at=at)
    if disposition == Disposition.PROVIDER_UNAVAILABLE:
        _note_refusal(order, why, by=actor.name, at=at)
    tell(order, "ended", at=at)
    return order


def _note_refusal(order: Order, why: str, *, by: str, at: datetime) -> None:
    """The organisation could not serve: that is kept with its contract."""
    kind, on = contracts.RemarkKind.REFUSAL, day_of(order.wanted_from)
    contracts.note(order.contract_id, kind, why, on=on, by=by, at=at, order_id=order.pk)


def _source_of(actor: Actor) -> Source:
    if actor.id == SYSTEM.id or actor.may("hotline.answer"):
        return Source.HOTLINE
    return Source.VILLAGE if actor.may("registry.edit") else Source.FAMILY


def _serving(organisation: Organisation) -> None:
    if organisation.state != State.ACTIVE:
        raise Refused(
            "not_active",
            "This organisation does not operate at present. Choose another one.",
            field="organisation",
        )


def _still_open(order: Order) -> None:
    if not order.is_open:
        raise Refused("ended", "This order has ended. Place a new one.")


def settled_order(order_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Move an order to settled when its last visit was; called inside finance's own act."""
    with elevated():  # finance settles in its region, where the case may belong to an organisation
        order = Order.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
        if order.state in (OrderState.COMPLETED, OrderState.FOLLOWED_UP):
            move_order(order, "settle", actor=actor, at=at)
            order.settled_at = at
            order.save()
