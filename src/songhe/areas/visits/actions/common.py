"""What several verbs of orders and visits share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Worker
from songhe.areas.visits import queries
from songhe.areas.visits.models import (
    OPEN_STATES,
    OPEN_VISITS,
    STAMPS,
    Order,
    OrderState,
    PaidBy,
    Visit,
    VisitState,
)
from songhe.core.flow import Flow
from songhe.core.ordering import moments_after
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Tie, elevated, tie, untie
from songhe.engines.cases.api import Case, move_case
from songhe.engines.live.api import publish
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of

TOPIC = "visits"


def written(text: str, *, field: str, most: int = 2000, needed: bool = False) -> str:
    """Words ready to be stored; refused where they are needed and missing, or too many."""
    clean = normalise(text, lines=True, field=field)
    if needed and not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def sealed(person_id: UUID, text: str) -> bytes:
    """Words sealed with the person's key; nothing stays nothing."""
    return seal(person_id, text) if text else b""


def move_order(
    order: Order,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    note: str = "",
    happened: datetime | None = None,
) -> None:
    """Move the order's case, mirror its state and stamp its moments; ``happened``: when, where not now.

    The case is read beyond the actor's scope: whoever may act on the order acts on its case, and a case is not
    shown to workers by itself.
    """
    with elevated():
        case = Case.everywhere.get(pk=order.case_id)
        if case.holder_id != order.organisation_id:
            case.holder_id = order.organisation_id
            case.save(update_fields=["holder_id"])
        move_case(case, code, actor=actor, at=at, passed=passed, note=note)
    stamp(order, case.flow, code, happened or at)
    order.state = OrderState(case.state)


def stamp(order: Order, way: Flow, code: str, at: datetime) -> None:
    """Enter the moments of a move from the order's present state; it goes its ordinary way again."""
    for name, moment in moments_after(way, order.state, code, order.moments, at).items():
        setattr(order, STAMPS[name], moment)
    order.warned_at = order.above_at = order.seen_to_at = order.above_region = None
    order.above = order.above_names = order.seen_to_by = ""
    order.above_users = []


def take_contract(order: Order, organisation_id: UUID, *, at: datetime) -> None:
    """Put an order that a grant pays for under a contract of the organisation that takes it; refused where none holds it,
    or where the contract charges more for it than the grant has left.

    What it took under another contract is free again.
    """
    bare = order.contract_id is None and not order._state.adding
    contracts.release([order.pk], at=at)
    order.contract_id = None
    if order.paid_by != PaidBy.ENTITLEMENT:
        return
    ask = contracts.Ask(
        key=order.pk,
        organisation_id=organisation_id,
        person_id=order.person_id,
        region=order.region_id,
        item=order.item,
        on=day_of(order.wanted_from),
        minutes=order.minutes,
    )
    taken = contracts.take(ask, at=at)
    order.contract_id = taken.contract_id
    charged = taken.amount.minutes
    if charged > order.minutes:
        within_grant(order, charged, own=charged + (order.minutes if bare else 0))


def within_grant(order: Order, minutes: int, *, own: int = 0) -> None:
    """Refuse an order that takes more minutes than the month's grant has left; ``own`` are counted of it there already."""
    with elevated():  # a grant is one, whoever else takes of it
        left = queries.free_minutes(order.person_id, day_of(order.wanted_from), own=own)
    if left < minutes:
        raise Refused(
            "not_covered",
            "The entitlement of that month has {left} minutes left, and the service takes {minutes}. Choose that the "
            "person pays, or another month.",
            field="paid_by",
            left=left,
            minutes=minutes,
        )


def save_order(order: Order) -> None:
    """Save an order that the actor may be giving away: to another organisation, or back without a worker."""
    with elevated():
        order.save()


def order_of(visit: Visit) -> Order:
    """The visit's order, locked; whoever acts on a visit acts on its order."""
    with elevated():
        found: Order = Order.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=visit.order_id)
    return found


def call_off(order: Order, *, at: datetime) -> Visit | None:
    """End the order's planned visit and return it, if there is one; a visit under way cannot be called off."""
    with elevated():
        rows = Visit.everywhere.filter(order=order, state__in=OPEN_VISITS)
        visit = rows.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
        if visit is None:
            if rows.exists():
                raise Refused("busy", "Somebody is changing this visit at this moment. Try again.")
            return None
        if visit.state == VisitState.ARRIVED:
            raise Refused(
                "under_way", "The worker is there already. Wait for the check-out, or correct the visit."
            )
        visit.state = VisitState.CANCELLED
        visit.save()
        release(visit, at=at)
    return visit


def release(visit: Visit, *, at: datetime) -> None:
    """End the worker's reach to the person, unless another visit is to come: at once where the visit was cancelled, else
    tomorrow, for what is still to be written about it."""
    ends = day_of(at) if visit.state == VisitState.CANCELLED else day_of(at) + timedelta(days=1)
    with elevated():
        more = Visit.everywhere.filter(
            worker_id=visit.worker_id, person_id=visit.person_id, state__in=OPEN_VISITS
        )
        if not more.exclude(pk=visit.pk).exists():
            untie(visit.person_id, visit.worker_id, kind=Tie.Kind.WORKER, until=ends)


def reach(order: Order, worker: Worker, *, at: datetime) -> None:
    """Let the worker and the organisation see the person; neither tie lies in the dispatcher's own scope."""
    with elevated():
        for holder, kind in ((worker.pk, Tie.Kind.WORKER), (worker.organisation_id, Tie.Kind.ORGANISATION)):
            tie(order.person_id, holder, kind, region_id=order.region_id, since=day_of(at))


def show_person(order: Order, organisation_id: UUID, *, at: datetime) -> None:
    """Let the organisation see the person; its tie does not lie in the actor's own scope."""
    with elevated():
        tie(
            order.person_id,
            organisation_id,
            Tie.Kind.ORGANISATION,
            region_id=order.region_id,
            since=day_of(at),
        )


def leave_organisation(order: Order, *, at: datetime) -> None:
    """End the former organisation's reach to the person at once where it has no other open order of the person."""
    if order.organisation_id is None:
        return
    with elevated():
        more = Order.everywhere.filter(
            person_id=order.person_id, organisation_id=order.organisation_id, state__in=OPEN_STATES
        )
        if not more.exclude(pk=order.pk).exists():
            untie(
                order.person_id,
                order.organisation_id,
                kind=Tie.Kind.ORGANISATION,
                until=day_of(at),
            )


def tell(order: Order, what: str, *, at: datetime, **more: Any) -> None:
    """Tell open boards; nothing personal is sent."""
    payload = {"what": what, "order": str(order.pk), "number": order.number, "state": order.state, **more}
    publish(TOPIC, order.region_id, payload, at=at, holder_id=order.organisation_id)


def ended(order: Order, disposition: str) -> None:
    """Enter how an order ended."""
    order.disposition = disposition
