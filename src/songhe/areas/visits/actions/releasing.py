"""Orders that lose their contract because it ends early: they come back to be assigned anew, all of them in one act."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from songhe.areas.contracts import api as contracts
from songhe.areas.visits.actions.common import TOPIC, stamp
from songhe.areas.visits.actions.informing import off_news
from songhe.areas.visits.actions.orders import STAMPED
from songhe.areas.visits.models import (
    HELD,
    NOT_BEGUN,
    OPEN_STATES,
    OPEN_VISITS,
    Offer,
    Order,
    OrderState,
    Result,
    Visit,
    VisitState,
)
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Tie
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.cases.api import Case, move_cases
from songhe.engines.live.api import publish
from songhe.kit.days import begin_of, day_of

MOVE = "contract_ended"


def _beyond(contract: contracts.Contract, last: date) -> QuerySet[Order]:
    """Orders under a contract that nobody has begun and that would be served after a day: their window goes on, and nobody is
    sent before."""
    after = begin_of(last + timedelta(days=1))
    sent = Visit.everywhere.filter(order=OuterRef("pk"), state__in=OPEN_VISITS, starts_at__lt=after)
    rows: QuerySet[Order] = Order.everywhere.filter(contract=contract, state__in=NOT_BEGUN)
    return rows.filter(~Exists(sent), wanted_until__gt=after)


def _count(contract: contracts.Contract, last: date) -> int:
    return _beyond(contract, last).count()


def _let_go(contract: contracts.Contract, last: date, actor: Actor, at: datetime) -> int:
    orders = list(_beyond(contract, last).order_by("pk").select_for_update(no_key=True, of=("self",)))
    if not orders:
        return 0
    keys = [order.pk for order in orders]
    visits = _called_off(keys)
    contracts.release(keys, at=at)
    offers = Offer.everywhere.filter(order__id__among=keys, result__in=[Result.OPEN, *HELD])
    offers.update(result=Result.WITHDRAWN, answered_at=at, by=actor.name[:80])
    _move(orders, str(contract), actor=actor, at=at)
    _untie(visits, contract.organisation_id, {order.person_id for order in orders}, until=day_of(at))
    record_bulk("visits.let_go", model=Order, count=len(keys), digest=digest_of(keys), actor=actor, at=at)
    off_news(visits, at=at)
    for region, count in Counter(order.region_id for order in orders).items():
        news = {"what": MOVE, "orders": count}
        publish(TOPIC, region, news, at=at, holder_id=contract.organisation_id)
    return len(orders)


def _called_off(orders: Sequence[UUID]) -> list[Visit]:
    rows = Visit.everywhere.filter(order__id__among=orders, state__in=OPEN_VISITS)
    locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
    visits = list(locked.select_related("person", "worker").order_by("starts_at", "pk"))
    if len(visits) < rows.count():
        raise Refused("busy", "Somebody is changing this visit at this moment. Try again.")
    Visit.everywhere.filter(pk__among=[visit.pk for visit in visits]).update(state=VisitState.CANCELLED)
    return visits


def _move(orders: Sequence[Order], contract: str, *, actor: Actor, at: datetime) -> None:
    """Nobody has them; each is due when it was wanted."""
    locked = Case.everywhere.filter(pk__among=[order.case_id for order in orders]).order_by("pk")
    cases = {case.pk: case for case in locked.select_for_update(no_key=True, of=("self",))}
    for case in cases.values():
        case.holder_id = None
    move_cases(
        list(cases.values()),
        MOVE,
        actor=actor,
        at=at,
        notes=dict.fromkeys(cases, contract),
        due={order.case_id: max(order.wanted_from, at) for order in orders},
    )
    for order in orders:
        stamp(order, cases[order.case_id].flow, MOVE, at)
        order.state = OrderState(cases[order.case_id].state)
        order.organisation = order.worker = order.contract = None
    Order.everywhere.bulk_update(orders, [*STAMPED, "organisation", "worker", "contract"], batch_size=500)


def _untie(visits: Sequence[Visit], organisation_id: UUID, persons: set[UUID], *, until: date) -> None:
    """End the reach of the organisation and its workers to persons for whom they have nothing else to do, at once."""
    theirs: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for visit in visits:
        theirs[visit.worker_id].add(visit.person_id)
    kept = Order.everywhere.filter(organisation_id=organisation_id, state__in=OPEN_STATES)
    _end(organisation_id, Tie.Kind.ORGANISATION, persons, kept, until)
    for worker_id, some in theirs.items():
        _end(
            worker_id,
            Tie.Kind.WORKER,
            some,
            Visit.everywhere.filter(worker_id=worker_id, state__in=OPEN_VISITS),
            until,
        )


def _end(
    holder_id: UUID, kind: Tie.Kind, persons: set[UUID], kept: QuerySet[Order] | QuerySet[Visit], until: date
) -> None:
    more = set(kept.filter(person__id__among=list(persons)).values_list("person_id", flat=True))
    ties = Tie.everywhere.filter(holder_id=holder_id, kind=kind, until=None)
    ties.filter(person_id__in=persons - more).update(until=until)


contracts.when_cut(_count, _let_go)
