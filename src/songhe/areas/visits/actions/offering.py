"""Putting orders before organisations: handed over to one, or offered to several in waves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Organisation, Worker
from songhe.areas.visits import bidding
from songhe.areas.visits.actions.common import (
    TOPIC,
    call_off,
    leave_organisation,
    move_order,
    save_order,
    show_person,
    take_contract,
    tell,
)
from songhe.areas.visits.actions.informing import off_news
from songhe.areas.visits.actions.orders import serving
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import HELD, Offer, Order, OrderState, Result, Source
from songhe.core.ordering import wave
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.live.api import publish_to
from songhe.kit.fields import Field

To = Annotated[Organisation, Field(label=_("Organisation"))]
WIDEN = "visits.widen"
TOLD_WORKERS = 400


@act("hotline.dispatch")
def hand_over(order: Order, *, actor: Actor, at: datetime, organisation: To) -> Order:
    """Hand an order to an organisation, whose dispatcher sends somebody; a planned visit is called off."""
    return handed(order, organisation, "hand_over", actor=actor, at=at)


@act("hotline.dispatch")
def offer_order(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Put an order into the pool: the organisations that suit best are asked first, more of them later."""
    return offered(order, "offer", actor=actor, at=at)


@act("hotline.dispatch")
def recall_order(order: Order, *, actor: Actor, at: datetime) -> Order:
    """Take an order out of the pool again."""
    move_order(order, "recall", actor=actor, at=at)
    save_order(order)
    tell_offered(order, "recalled", at=at)
    drop_open(order, by=actor.name, at=at)
    tell(order, "recalled", at=at)
    return order


def handed(order: Order, organisation: Organisation, move: str, *, actor: Actor, at: datetime) -> Order:
    """Hand an order over by a move; whoever had it or was asked has it no more."""
    serving(organisation)
    if order.organisation_id == organisation.pk:
        raise Refused(
            "same", "This organisation has the order already. Choose another one.", field="organisation"
        )
    pooled = order.state == OrderState.OFFERED
    take_contract(order, organisation.pk, at=at)
    before = call_off(order, at=at)
    leave_organisation(order, at=at)
    order.organisation, order.worker = organisation, None
    move_order(order, move, actor=actor, at=at, note=organisation.name)
    save_order(order)
    if pooled:
        tell_offered(order, "taken", at=at)
    close(order, Result.WITHDRAWN, by=actor.name, at=at)
    with elevated():  # the offer belongs to the organisation
        Offer.everywhere.create(
            order=order, organisation=organisation, number=order.number, region_id=order.region_id, item=order.item, offered_at=at,
            answered_at=at, result=Result.HANDED, by=actor.name[:80],
        )  # fmt: skip
    show_person(order, organisation.pk, at=at)
    tell(order, "handed_over", at=at)
    off_news([before] if before else [], at=at)
    return order


def offered(order: Order, move: str, *, actor: Actor, at: datetime) -> Order:
    """Put an order into the pool by a move, and ask the first organisations."""
    before = call_off(order, at=at)
    contracts.release([order.pk], at=at)
    leave_organisation(order, at=at)
    close(order, Result.WITHDRAWN, by=actor.name, at=at)
    order.organisation, order.worker, order.contract, order.wave = None, None, None, 0
    move_order(order, move, actor=actor, at=at)
    if not next_wave(order, at=at):
        raise Refused(
            "nobody_can",
            "No organisation can take this order at that time. Agree another time, or hand it over by hand.",
        )
    save_order(order)
    tell(order, "offered", at=at)
    off_news([before] if before else [], at=at)
    return order


def next_wave(order: Order, *, at: datetime) -> bool:
    """Ask the organisations of the next wave, and set the clock of the one after it; whether anybody was asked.

    A wave in which nobody is left to ask gives way to the next one at once.
    """
    waves = terms().waves
    with elevated():  # offers belong to the organisations
        asked = set(
            Offer.everywhere.filter(order=order)
            .exclude(result=Result.WITHDRAWN)
            .values_list("organisation_id", flat=True)
        )
        able = {
            one.organisation.pk: one.decision.value
            for one in bidding.proposals(order, at)
            if not one.decision.refused
        }
        found: list[UUID] = []
        while order.wave < len(waves) and not found:
            found = wave(list(able), asked, waves[order.wave].to)
            order.wave += 1
        Offer.everywhere.bulk_create(
            Offer(
                order=order, organisation_id=key, number=order.number, region_id=order.region_id, item=order.item, wave=order.wave,
                points=able[key], offered_at=at,
            )
            for key in found
        )  # fmt: skip
        order.save(update_fields=["wave"])
        priority = order.case.priority
    add_detail(wave=order.wave, asked=len(found))
    if order.wave < len(waves):
        later = at + timedelta(minutes=waves[order.wave - 1].next_minutes(priority))
        args = {"order": str(order.pk), "wave": order.wave}
        start(
            WIDEN,
            args,
            actor=SYSTEM,
            at=at,
            key=f"{order.pk}:{order.wave}",
            lane=Job.Lane.TIMER,
            run_at=later,
        )
    if found:
        tell_offered(order, "offered", at=at)
    return bool(found)


def widen(order_id: UUID, before: int, *, at: datetime) -> bool:
    """Ask more organisations where an order is still in the pool as it was; run by the clock."""
    with elevated():  # the clock acts for everybody
        order = Order.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
        if order.state != OrderState.OFFERED or order.wave != before:
            return False
        return _widened(order, actor=SYSTEM, at=at)


@act("hotline.dispatch")
def _widened(order: Order, *, actor: Actor, at: datetime) -> bool:
    return next_wave(order, at=at)


def offer_waiting(*, actor: Actor, at: datetime, most: int = 100) -> int:
    """Offer orders by themselves that nobody handed over in time; returns how many. Run by a periodic job."""
    done = 0
    with elevated():  # the clock acts for everybody
        rows = Order.everywhere.filter(state=OrderState.RECEIVED, organisation=None, placed_at__lte=at)
        rows = rows.exclude(source=Source.PLAN).filter(wanted_until__gt=at).select_related("case")
        for order in rows.order_by("-case__priority", "placed_at", "id")[:most]:
            minutes = terms().pool.auto_minutes(order.case.priority)
            if minutes is None or order.case.entered_at + timedelta(minutes=minutes) > at:
                continue
            try:
                offer_order(order, actor=actor, at=at)
            except Refused:
                continue  # nobody can: the desk has it, and the clock goes on
            done += 1
    return done


def close(order: Order, result: Result, *, by: str, at: datetime) -> None:
    """Say what came of everything that was offered and is not answered, and of whoever holds the order."""
    with elevated():  # offers belong to the organisations
        rows = Offer.everywhere.filter(order=order, result__in=[Result.OPEN, *HELD])
        rows.update(result=result, answered_at=at, by=by[:80])


def drop_open(order: Order, *, by: str, at: datetime, result: Result = Result.WITHDRAWN) -> None:
    """Say of every offer that is not answered that it is gone."""
    with elevated():  # offers belong to the organisations
        Offer.everywhere.filter(order=order, result=Result.OPEN).update(
            result=result, answered_at=at, by=by[:80]
        )


def tell_offered(order: Order, what: str, *, at: datetime) -> None:
    """Tell the pools that show an order: those of the organisations asked, and of their workers; nothing personal is sent."""
    payload = {"what": what, "order": str(order.pk), "number": order.number, "pool": True}
    with elevated():  # whom an order was offered to is not the actor's to see
        bodies = list(
            Offer.everywhere.filter(order=order, result=Result.OPEN).values_list("organisation_id", flat=True)
        )
        crew = Worker.everywhere.filter(organisation_id__in=bodies).order_by("pk")
        readers = dict.fromkeys(crew.values_list("pk", flat=True)[:TOLD_WORKERS], order.region_id)
    publish_to(TOPIC, readers | dict.fromkeys(bodies, order.region_id), payload, at=at)
