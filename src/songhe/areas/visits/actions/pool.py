"""Taking orders out of the pool: whoever is first has it. Putting one back, or turning one down, is kept in the record."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Organisation, Worker
from songhe.areas.visits import quality, queries
from songhe.areas.visits.actions import offering
from songhe.areas.visits.actions.common import (
    TOPIC,
    call_off,
    leave_organisation,
    move_order,
    save_order,
    show_person,
    take_contract,
    tell,
    written,
)
from songhe.areas.visits.actions.dispatching import plan
from songhe.areas.visits.actions.informing import off_news
from songhe.areas.visits.actions.orders import serving
from songhe.areas.visits.limits import refusal_choices, refusal_name, terms
from songhe.areas.visits.models import HELD, NOT_BEGUN, SENT, Offer, Order, OrderState, Result, Visit
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.live.api import publish
from songhe.kit.clock import now
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Why = Annotated[str, Field(label=_("Reason"), choices=lambda row, user: refusal_choices())]
Priced = Annotated[str, Field(label=_("Reason"), choices=lambda row, user: priced(row), radio=True)]
Words = Annotated[str, Field(label=_("In words"), size=200)]


@act("visits.take", locks=False)
def take(offer: Offer, *, actor: Actor, at: datetime) -> Order:
    """Take an order for one's organisation; the first who commits has it."""
    order = _open_order(offer.order_id)
    _lock(offer)
    organisation = _within_limit(offer.organisation_id)
    take_contract(order, organisation.pk, at=at)
    order.organisation = organisation
    move_order(order, "take", actor=actor, at=at, note=organisation.name)
    _taken(order, offer, actor=actor, at=at)
    show_person(order, organisation.pk, at=at)
    return order


@act("visits.take", locks=False)
def take_to_go(worker: Worker, *, actor: Actor, at: datetime, offer: UUID) -> Visit:
    """Take an order as a worker, to go oneself at the first hour that suits the person and is free."""
    with elevated():  # an offer belongs to the organisation, in whose name the worker does not hold rows
        found = Offer.everywhere.filter(pk=offer, organisation_id=worker.organisation_id).first()
        if found is None:
            raise Refused("gone", "This order is not offered to you any more. Look at the pool again.")
        order = _open_order(found.order_id)
        _lock(found)
        _within_limit(worker.organisation_id)
        _own_limit(worker)
        starts_at = queries.earliest(worker, order, at)
        if starts_at is None:
            raise Refused("cannot_go", "You are not qualified or not free in the time that the person wants.")
        visit = plan(order, worker, starts_at, actor=actor, at=at)
        visit.accepted_at = at
        visit.save(update_fields=["accepted_at"])
        move_order(order, "take_to_go", actor=actor, at=at, passed={"qualified"}, note=worker.name)
        found.worker = worker
        _taken(order, found, actor=actor, at=at)
    return visit


@act("visits.take")
def put_back(order: Order, *, actor: Actor, at: datetime, reason: Priced, words: Words = "") -> Order:
    """Put a taken order back into the pool, where the others find it again; that stands in the organisation's record."""
    if order.state != OrderState.TAKEN:
        raise Refused("not_taken", "Only an order that was taken and not begun goes back to the pool.")
    _give_up(order, Result.PUT_BACK, reason, words, move="put_back", actor=actor, at=at)
    with elevated():  # the others' offers stand again
        Offer.everywhere.filter(order=order, result=Result.GONE).update(
            result=Result.OPEN, answered_at=None, by=""
        )
        if not Offer.everywhere.filter(order=order, result=Result.OPEN).exists():
            offering.next_wave(order, at=at)
    offering.tell_offered(order, "offered", at=at)
    return order


@act("visits.take")
def turn_down(order: Order, *, actor: Actor, at: datetime, reason: Priced, words: Words = "") -> Order:
    """Turn an order down that was handed over or taken; the desk finds somebody else, and it stands in the record."""
    if order.organisation_id is None or order.state not in NOT_BEGUN:
        raise Refused("not_yours", "This order cannot be turned down any more. Look at its state.")
    contract = order.contract_id
    _give_up(order, Result.REFUSED, reason, words, move="turn_down", actor=actor, at=at)
    if terms().refusals[reason].counts:
        said = " · ".join(part for part in (refusal_name(reason), words.strip()) if part)
        kind, on = contracts.RemarkKind.REFUSAL, day_of(order.wanted_from)
        contracts.note(contract, kind, said, on=on, by=actor.name, at=at, order_id=order.pk)
    return order


@act("visits.take")
def pass_on(offer: Offer, *, actor: Actor, at: datetime, reason: Why, words: Words = "") -> Offer:
    """Say that one does not take an order of the pool. It costs nothing; with nobody left to ask, more are asked at once."""
    if offer.result != Result.OPEN:
        raise Refused("answered", "This offer was answered already. Look at the pool again.")
    _known(reason)
    offer.result, offer.reason, offer.words = (
        Result.REFUSED,
        reason,
        written(words, field="words", most=200),
    )
    offer.answered_at, offer.by = at, actor.name[:80]
    offer.save()
    with elevated():  # whether others are asked is not this organisation's to see
        left = Offer.everywhere.filter(order_id=offer.order_id, result=Result.OPEN).exists()
        order = Order.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=offer.order_id)
        if not left and order.state == OrderState.OFFERED:
            offering.next_wave(order, at=at)
    return offer


def priced(row: Order) -> list[tuple[str, str]]:
    """Reasons for a form, each with what giving the order up for it costs: said before, not afterwards."""
    if row.organisation_id is None:
        return refusal_choices()
    now_ = quality.standings([row.organisation_id], now())[row.organisation_id]
    later = now_.with_one_more()
    cost = gettext("counts: quality {now} → {later}").format(
        now=now_.mark if now_.mark is not None else "—", later=later.mark if later.mark is not None else "—"
    )
    if later.below_bar:
        cost += " · " + gettext("below {bar} nothing is offered any more").format(bar=terms().pool.bar)
    free = gettext("does not count")
    return [
        (code, f"{words} ({cost if terms().refusals[code].counts else free})")
        for code, words in refusal_choices()
    ]


def _open_order(order_id: UUID) -> Order:
    """The order of an offer, locked before anything else, so that of many takers one is first and none waits for ever."""
    with elevated():  # whom it is offered to may not see it yet
        order: Order = Order.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.state != OrderState.OFFERED:
        raise Refused("taken", "Somebody else was quicker: this order is taken. Look at the pool again.")
    return order


def _lock(offer: Offer) -> None:
    with elevated():  # as above
        offer.refresh_from_db(from_queryset=Offer.everywhere.select_for_update(no_key=True, of=("self",)))
    if offer.result != Result.OPEN:
        raise Refused("gone", "This order is not offered to you any more. Look at the pool again.")


def _within_limit(organisation_id: UUID) -> Organisation:
    """Refuse hoarding: who has taken and not sent anybody takes no more. The lock keeps two from counting at once."""
    most = terms().pool.most_taken
    with elevated():  # its own row is not what a worker sees
        organisation: Organisation = Organisation.everywhere.select_for_update(no_key=True, of=("self",)).get(
            pk=organisation_id
        )
        serving(organisation)
        held = Order.everywhere.filter(organisation_id=organisation_id, state=OrderState.TAKEN).count()
    if held >= most:
        raise Refused(
            "hoarding",
            "Your organisation has taken {held} orders and sent nobody yet; at most {most} are allowed. Send somebody first.",
            held=held,
            most=most,
        )
    return organisation


def _own_limit(worker: Worker) -> None:
    most = terms().pool.most_taken_worker
    held = Offer.everywhere.filter(worker=worker, result=Result.TAKEN, order__state__in=SENT).count()
    if held >= most:
        raise Refused(
            "hoarding_worker",
            "You have taken {held} orders and not begun them; at most {most} are allowed. Begin one first.",
            held=held,
            most=most,
        )


def _taken(order: Order, offer: Offer, *, actor: Actor, at: datetime) -> None:
    """Write who has it; from everybody else's pool it disappears."""
    save_order(order)
    offering.tell_offered(order, "taken", at=at)
    with elevated():  # the others' offers are not the taker's to see
        offer.result, offer.answered_at, offer.by = Result.TAKEN, at, actor.name[:80]
        offer.save()
    offering.drop_open(order, by="", at=at, result=Result.GONE)
    add_detail(offer=str(offer.pk), wave=offer.wave)
    tell(order, "taken", at=at)


def _known(reason: str) -> None:
    if reason not in terms().refusals:
        raise Refused("no_such_reason", "There is no such reason. Choose one from the list.", field="reason")


def _give_up(
    order: Order, result: Result, reason: str, words: str, *, move: str, actor: Actor, at: datetime
) -> None:
    _known(reason)
    assert order.organisation_id is not None  # whoever gives up an order has it
    said = written(words, field="words", most=200)
    add_detail(reason=reason)
    visit = call_off(order, at=at)
    contracts.release([order.pk], at=at)
    with elevated():  # the organisation gives away what it holds
        held = Offer.everywhere.filter(order=order, result__in=HELD).first()
        offer = held or Offer(
            order=order, organisation_id=order.organisation_id, number=order.number, region_id=order.region_id, item=order.item,
            offered_at=order.placed_at,
        )  # fmt: skip
        offer.result, offer.reason, offer.words = result, reason, said
        offer.counts, offer.answered_at, offer.by = terms().refusals[reason].counts, at, actor.name[:80]
        offer.save()
    leave_organisation(order, at=at)
    note = " · ".join(part for part in (refusal_name(reason), said) if part)
    before = order.organisation_id
    order.organisation, order.worker, order.contract = None, None, None
    move_order(order, move, actor=actor, at=at, note=note)
    save_order(order)
    tell(order, move, at=at)
    off_news([visit] if visit else [], at=at)
    publish(TOPIC, order.region_id, {"what": move, "order": str(order.pk)}, at=at, holder_id=before)
