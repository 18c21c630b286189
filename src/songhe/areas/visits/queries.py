"""Reads of orders and visits that join or add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.contracts.api import charged_to
from songhe.areas.entitlement.api import remaining_minutes
from songhe.areas.providers.api import Worker, catalogue, days_off, employed, metres
from songhe.areas.registry.api import Person, secrets_of
from songhe.areas.visits.models import OPEN_STATES, OPEN_VISITS, Order, OrderState, PaidBy, Visit, VisitState
from songhe.areas.visits.rules import Hand, Stay, can_go
from songhe.core.codes import Point
from songhe.core.decision import Decision, refuse
from songhe.engines.access.api import Scope, elevated

CANDIDATES_MAX = 60
Row = TypeVar("Row", Order, Visit)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One worker and whether he or she can be sent."""

    worker: Worker
    decision: Decision[int]

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Those who can go first, nearest first."""
        return (self.decision.refused, self.decision.value or 0, str(self.worker.pk))


def person_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of persons; known to whoever may see the order or visit, also when the tie to the person has ended."""
    wanted = {found for found in ids if found}
    if not wanted:
        return {}
    with elevated():
        return dict(Person.everywhere.filter(pk__in=wanted).values_list("pk", "name"))


def who_and_what(found: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Each row with “name · service”, the names read at once."""
    names = person_names(row.person_id for row in found)
    for row in found:
        yield row, f"{names.get(row.person_id, '')} · {row.item_label}"


def day_span(day: date) -> Stay:
    """The moments of a local day, half-open."""
    start = timezone.make_aware(datetime.combine(day, time(0)))
    return start, start + timedelta(days=1)


def home_of(order: Order) -> Point | None:
    """Where the person lives; compared with workers' bases, never shown."""
    with elevated():
        return secrets_of(order.person).place


def candidates(order: Order, scope: Scope, starts_at: datetime) -> list[Candidate]:
    """Workers in a scope for an order at a time, each with every reason for or against."""
    day = timezone.localdate(starts_at)
    rows = employed(scope, day, organisation_id=order.organisation_id)
    workers = list(rows.order_by("name", "id")[:400])
    busy = _busy([worker.pk for worker in workers], day)
    away = days_off([worker.pk for worker in workers], day)
    home = home_of(order)
    found = [
        Candidate(worker, _judged(worker, order, starts_at, busy[worker.pk], home, away=worker.pk in away))
        for worker in workers
    ]
    return sorted(found, key=lambda candidate: candidate.rank)[:CANDIDATES_MAX]


def can_send(worker: Worker, order: Order, starts_at: datetime) -> Decision[int]:
    """Whether one worker can be sent; asked again under the worker's lock."""
    day = timezone.localdate(starts_at)
    if not worker.employed(day):
        return refuse("Is not employed on that day.", code="cannot_go", rule="employed")
    away = worker.pk in days_off([worker.pk], day)
    return _judged(worker, order, starts_at, _busy([worker.pk], day)[worker.pk], home_of(order), away=away)


def _judged(
    worker: Worker, order: Order, starts_at: datetime, busy: list[Stay], home: Point | None, *, away: bool
) -> Decision[int]:
    known = catalogue()
    local = timezone.localtime(starts_at)
    hand = Hand(
        skilled=known.able(worker.skills, known.item(order.item)),
        certified=worker.certified(local.date()),
        on_shift=worker.hours.cover(local, order.minutes) and not away,
        busy=[(timezone.localtime(a), timezone.localtime(b)) for a, b in busy],
        metres=metres(worker.point, home),
        visits_that_day=len(busy),
    )
    return can_go(hand, (starts_at, starts_at + timedelta(minutes=order.minutes)))


def _busy(worker_ids: Iterable[UUID], day: date) -> defaultdict[UUID, list[Stay]]:
    """Open visits by worker around a day, whoever they are with."""
    start, end = day_span(day)
    out: defaultdict[UUID, list[Stay]] = defaultdict(list)
    with elevated():
        rows = Visit.everywhere.filter(worker_id__in=list(worker_ids), state__in=OPEN_VISITS)
        rows = rows.filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at")
        for worker_id, since, until in rows.values_list("worker_id", "starts_at", "ends_at"):
            out[worker_id].append((since, until))
    return out


def visits_on(scope: Scope, day: date) -> QuerySet[Visit]:
    """Visits of a scope promised for a local day, in order."""
    start, end = day_span(day)
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(starts_at__gte=start, starts_at__lt=end)
    return rows.order_by("starts_at", "id")


def to_dispatch(scope: Scope) -> QuerySet[Order]:
    """Orders without a worker, the most urgent first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(state=OrderState.RECEIVED)
    return rows.order_by("-case__priority", "wanted_from", "id")


def to_follow_up(scope: Scope) -> QuerySet[Order]:
    """Orders served and not yet asked about, the oldest first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(state=OrderState.COMPLETED)
    return rows.order_by("completed_at", "id")


def orders_of(person_id: UUID, scope: Scope) -> QuerySet[Order]:
    """The orders of a person that a scope reaches, the latest first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(person_id=person_id)
    return rows.order_by("-wanted_from", "id")


def free_minutes(person_id: UUID, month: date) -> int:
    """Minutes of a month's entitlement that can still be ordered: granted, not used, not promised by open orders and
    not owed for visits that wait for settlement. Asked beyond the reader's scope: other organisations' orders count."""
    return max(remaining_minutes(person_id, month) - taken_minutes([person_id], month).get(person_id, 0), 0)


def taken_minutes(persons: Collection[UUID], month: date) -> dict[UUID, int]:
    """Minutes of persons' grants of a month that are promised or given and not settled yet.

    An order under a contract takes what the contract charges for it, any other what it lasts.
    """
    first, after = month_span(month)
    paid = {"person__id__among": list(persons), "contract": None, "paid_by": PaidBy.ENTITLEMENT}
    taken = Counter(charged_to(persons, timezone.localdate(first), timezone.localdate(after)))
    with elevated():
        wanted = Order.everywhere.filter(
            state__in=OPEN_STATES, wanted_from__gte=first, wanted_from__lt=after, **paid
        )
        given = Visit.everywhere.filter(
            person__id__among=list(persons),
            order__contract=None,
            order__paid_by=PaidBy.ENTITLEMENT,
            settled_at=None,
        )
        given = given.filter(state=VisitState.DONE, arrived_at__gte=first, arrived_at__lt=after)
        for rows in (wanted, given):
            for person_id, minutes in rows.values_list("person_id", "minutes"):
                taken[person_id] += minutes or 0
    return dict(taken)


def month_span(month: date) -> Stay:
    """The moments of a local month, half-open."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return day_span(first)[0], day_span(after)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settleable:
    """One visit that may be settled. ``minutes`` were worked; ``fen`` is the unit price of the catalogue, None where there is
    none. Under a contract its price of the day ``booked_on`` holds instead."""

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


def countable() -> Q:
    """Visits that may be settled: done, not rejected, and without flags or verified."""
    sure = Q(flags=[]) | Q(verified_at__isnull=False)
    return Q(state=VisitState.DONE, rejected_at=None) & sure


def to_settle(scope: Scope, month: date, *, organisation_id: UUID | None = None) -> list[Settleable]:
    """Visits of a month that may be settled and are not, in the order of organisations and times."""
    first, after = month_span(month)
    rows = Visit.objects.within(scope).filter(countable(), settled_at=None)
    rows = rows.filter(arrived_at__gte=first, arrived_at__lt=after).select_related("order")
    if organisation_id:
        rows = rows.filter(organisation_id=organisation_id)
    return [_settleable(visit) for visit in rows.order_by("organisation_id", "arrived_at", "id")]


def _settleable(visit: Visit) -> Settleable:
    assert visit.arrived_at is not None
    assert visit.minutes is not None
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
        minutes=visit.minutes,
        fen=item.fen if item else None,
        paid_by=visit.order.paid_by,
        contract_id=visit.order.contract_id,
        booked_on=timezone.localdate(visit.order.wanted_from),
    )


def orders_by_visit(visits: Iterable[UUID]) -> dict[UUID, UUID]:
    """The order of each visit; whoever settles a visit settles its order."""
    with elevated():
        return dict(Visit.everywhere.filter(pk__in=list(visits)).values_list("pk", "order_id"))


def waiting_for_check(scope: Scope) -> QuerySet[Visit]:
    """Done visits with flags that nobody has verified."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(
        state=VisitState.DONE, verified_at=None, rejected_at=None
    )
    return rows.exclude(flags=[]).order_by("left_at", "id")


def missed(scope: Scope, since: datetime) -> QuerySet[Visit]:
    """Visits to which nobody came since a moment, the latest first."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(state=VisitState.MISSED, starts_at__gte=since)
    return rows.order_by("-starts_at", "id")
