"""Visits as finance and claims take them to be settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from songhe.areas.contracts.api import booked_under, release
from songhe.areas.providers.api import catalogue
from songhe.areas.visits.models import Visit, VisitState
from songhe.areas.visits.queries import chargeable, month_span
from songhe.engines.access.api import Scope, elevated


@dataclass(frozen=True, slots=True, kw_only=True)
class Settleable:
    """One visit that may be settled. ``minutes`` were worked; ``fen`` is the unit price of the catalogue, None where there is
    none. Under a contract its price of the day ``booked_on`` holds instead.

    Of a visit in vain ``minutes`` is the share of the promised minutes that is charged and ``percent`` that of the
    price; ``draws`` says whether the minutes are used from the grant.
    """

    visit_id: UUID
    order_id: UUID
    person_id: UUID
    organisation_id: UUID
    worker_id: UUID
    region_id: int
    item: str
    unit: str
    on: date
    promised: int
    minutes: int
    fen: int | None
    paid_by: str
    contract_id: UUID | None = None
    booked_on: date | None = None
    percent: int = 100
    draws: bool = True


def to_settle(scope: Scope, month: date, *, organisation_id: UUID | None = None) -> list[Settleable]:
    """Visits of a month that may be settled and are not, in the order of organisations and times."""
    first, after = month_span(month)
    rows = unsettled(scope).filter(arrived_at__gte=first, arrived_at__lt=after).select_related("order")
    if organisation_id:
        rows = rows.filter(organisation_id=organisation_id)
    found = list(rows.order_by("organisation_id", "arrived_at", "id"))
    booked = bookings(found)
    return [_settleable(visit, *booked[visit.pk]) for visit in found]


def unsettled(scope: Scope) -> QuerySet[Visit]:
    """Visits that may be settled and are not."""
    rows: QuerySet[Visit] = Visit.objects.within(scope)
    return rows.filter(chargeable(), settled_at=None, lapsed_at=None)


def give_up(visits: Sequence[UUID], *, at: datetime) -> None:
    """Visits that nobody claimed in time are not settled any more: they take no more of grants and contracts. They were given
    all the same, and count in every figure. Called inside the act of whoever settles."""
    with elevated():  # organisations own the rows
        Visit.everywhere.filter(pk__among=list(visits)).update(lapsed_at=at)
        release(orders_by_visit(visits).values(), at=at)


def bookings(visits: Iterable[Visit]) -> dict[UUID, tuple[UUID | None, date]]:
    """Under which contract and for which day each visit is booked. One in vain is booked by itself: its order may have gone to
    another organisation since."""
    rows = list(visits)
    vain = booked_under([visit.pk for visit in rows if visit.state == VisitState.IN_VAIN])
    return {visit.pk: vain.get(visit.pk) or _by_order(visit) for visit in rows}


def _by_order(visit: Visit) -> tuple[UUID | None, date]:
    order = visit.order
    gone = visit.state == VisitState.IN_VAIN and order.organisation_id != visit.organisation_id
    return None if gone else order.contract_id, timezone.localdate(order.wanted_from)


def _settleable(visit: Visit, contract_id: UUID | None, booked_on: date) -> Settleable:
    assert visit.arrived_at is not None
    vain = visit.state == VisitState.IN_VAIN
    item = catalogue().items.get(visit.item)
    return Settleable(
        visit_id=visit.pk,
        order_id=visit.order_id,
        person_id=visit.person_id,
        organisation_id=visit.organisation_id,
        worker_id=visit.worker_id,
        region_id=visit.region_id,
        item=visit.item,
        unit=item.unit if item else "",
        on=timezone.localdate(visit.arrived_at),
        promised=visit.promised_minutes,
        minutes=visit.settled_minutes,
        fen=item.fen if item else None,
        paid_by=visit.order.paid_by,
        contract_id=contract_id,
        booked_on=booked_on,
        percent=visit.charge_percent if vain else 100,
        draws=visit.charge_draws if vain else True,
    )


def orders_by_visit(visits: Iterable[UUID]) -> dict[UUID, UUID]:
    """Under which key each visit is booked on a contract: its order's, or its own where it was in vain."""
    with elevated():
        rows = Visit.everywhere.filter(pk__in=list(visits)).values_list("pk", "order_id", "state")
        return {pk: pk if state == VisitState.IN_VAIN else order for pk, order, state in rows}
