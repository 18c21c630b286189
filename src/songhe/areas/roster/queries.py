"""Reads for rosters: everything that a plan is made from, and what there is to be seen of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.care.api import choices, wished_hours
from songhe.areas.contracts.api import deals, live
from songhe.areas.providers.api import Worker, employed, middles
from songhe.areas.registry.api import secrets_of_many
from songhe.areas.roster.hands import Hands
from songhe.areas.roster.limits import ground
from songhe.areas.roster.models import Days, News, Roster, RosterLine, State
from songhe.areas.roster.rules import Ask, Builder, Built, Free, Told
from songhe.areas.visits.api import Order, OrderState, PaidBy, Visit, VisitState
from songhe.core.codes import Point
from songhe.engines.access.api import Scope, elevated
from songhe.kit.days import span_of

TO_PLAN = (
    OrderState.RECEIVED,
    OrderState.TAKEN,
    OrderState.DISPATCHED,
    OrderState.ACCEPTED,
    OrderState.ON_THE_WAY,
    OrderState.IN_SERVICE,
)
PRIORITIES = {3: 0, 2: 1}
"""Places among the prices of what is left undone, by the case's priority; all others come last."""
OVERRUN = 10
"""Minutes that a visit which lasts longer than promised is taken to last still."""


Span = tuple[datetime, datetime]


@dataclass
class Facts:
    """What a plan is made from. ``assumed``: orders of persons whose place is not known; ``wishes``: from when until when
    orders are wished to begin, where that may be missed; ``free``: orders whose day a week's plan chooses."""

    built: Built
    orders: dict[str, Order]
    visits: dict[str, Visit]
    workers: dict[str, Worker]
    points: dict[str, Point] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    idle: tuple[UUID, ...] = ()
    wishes: dict[UUID, Span] = field(default_factory=dict)
    free: dict[UUID, Free] = field(default_factory=dict)


def facts(roster: Roster, at: datetime) -> Facts:
    """Everything about a roster's span as it stands now.

    Read beyond the planner's scope where a plan needs it: where persons live, and what workers are promised to others.
    """
    with elevated():
        orders = _orders(roster)
        visits = _open_visits(orders)
        workers = _workers(roster)
        points, assumed = _places(orders)
        bases = middles({worker.region_id for worker in workers if worker.point is None})
        known = _known(orders, at)
        over = _left_running(visits.values())
        among, wishes, free = _among(orders, workers), wished_hours(orders), _free(roster, orders)
        asks = [
            replace(
                _ask(order, visits.get(order.pk), points[order.pk], at),
                known=known[order.person_id],
                among=among.get(order.pk),
                wish=wishes.get(order.pk),
                free=free.get(order.pk),
            )
            for order in orders
            if order.pk not in over
        ]
        hands = Hands(roster, workers, bases, at, {order.pk for order in orders}).made()
    local = timezone.localtime(at)
    built = Builder(ground(), roster.first, roster.days, local, hands, asks, region=roster.region_id).build()
    return Facts(
        built,
        {str(order.pk): order for order in orders},
        {str(key): visit for key, visit in visits.items()},
        {str(worker.pk): worker for worker in workers},
        {str(key): point for key, point in points.items()},
        frozenset(str(key) for key in assumed),
        tuple(UUID(hand.key) for hand in hands if not hand.duties),
        wishes,
        free,
    )


def _free(roster: Roster, orders: Sequence[Order]) -> dict[UUID, Free]:
    """Orders whose day is left to the planner, in a plan of a week."""
    if roster.days == Days.DAY:
        return {}
    return {
        key: Free(
            frozenset((day - roster.first).days for day in choice.days), str(choice.series), choice.apart
        )
        for choice in choices(orders, roster.first, roster.last)
        for key in choice.orders
    }


def _orders(roster: Roster) -> list[Order]:
    """Orders that may be served in the span and those with a visit in it; of the organisation, or of the region."""
    since, until = span_of(roster.first, roster.days)
    rows = Order.everywhere.filter(state__in=TO_PLAN)
    wanted = Q(wanted_from__lt=until, wanted_until__gt=since)
    if roster.organisation_id:
        rows = rows.filter(wanted, organisation_id=roster.organisation_id)
    else:
        low, high = roster.region_id, roster.region.upper
        rows = rows.filter(wanted, region_id__gte=low, region_id__lt=high)
    found = list(rows.select_related("person", "case").order_by("number"))
    elsewhere = set(
        Visit.everywhere.filter(order__in=found, state__in=[VisitState.PLANNED, VisitState.ARRIVED])
        .exclude(starts_at__gte=since, starts_at__lt=until)
        .values_list("order_id", flat=True)
    )
    return [order for order in found if order.pk not in elsewhere]


def _open_visits(orders: Sequence[Order]) -> dict[UUID, Visit]:
    rows = Visit.everywhere.filter(order__in=orders, state__in=[VisitState.PLANNED, VisitState.ARRIVED])
    return {visit.order_id: visit for visit in rows.order_by("starts_at")}


def _left_running(visits: Iterable[Visit]) -> set[UUID]:
    """Orders whose visit was begun and never ended, as the same worker has begun another one since."""
    latest: dict[UUID, Visit] = {}
    over: set[UUID] = set()
    for visit in sorted(visits, key=lambda one: one.arrived_at or one.starts_at):
        if visit.state == VisitState.ARRIVED:
            if visit.worker_id in latest:
                over.add(latest[visit.worker_id].order_id)
            latest[visit.worker_id] = visit
    return over


def _workers(roster: Roster) -> list[Worker]:
    scope = Scope.EVERYTHING
    if not roster.organisation_id:
        scope = scope.narrowed(roster.region_id, roster.region.upper)
    rows = employed(scope, roster.first, organisation_id=roster.organisation_id, last=roster.last)
    return list(rows.order_by("name", "id"))


def _places(orders: Sequence[Order]) -> tuple[dict[UUID, Point], set[UUID]]:
    """Where each order's person lives, by order; the village's middle where that is not known."""
    persons = {order.person_id: order.person for order in orders}
    secrets = secrets_of_many(persons.values())
    known = {key: found.place for key, found in secrets.items() if found.place is not None}
    lost = {order.region_id for order in orders if order.person_id not in known}
    guess = middles(lost) if lost else {}
    near = next(iter(known.values()), Point(0.0, 0.0))
    points: dict[UUID, Point] = {}
    assumed: set[UUID] = set()
    for order in orders:
        place = known.get(order.person_id)
        if place is None:
            assumed.add(order.pk)
            place = guess.get(order.region_id, near)
        points[order.pk] = place
    return points, assumed


def _known(orders: Sequence[Order], at: datetime) -> defaultdict[UUID, frozenset[str]]:
    """Workers who were with each person lately."""
    since = at - timedelta(days=ground().known_days)
    rows = Visit.everywhere.filter(
        person_id__in={order.person_id for order in orders}, state=VisitState.DONE, starts_at__gte=since
    )
    out: defaultdict[UUID, set[str]] = defaultdict(set)
    for person_id, worker_id in rows.values_list("person_id", "worker_id").distinct():
        out[person_id].add(str(worker_id))
    return defaultdict(frozenset, {key: frozenset(found) for key, found in out.items()})


def _among(orders: Sequence[Order], workers: Sequence[Worker]) -> dict[UUID, frozenset[str]]:
    """Of orders that a grant pays for and nobody has taken: the organisations with a contract for place, day and service."""
    free = [
        order for order in orders if order.organisation_id is None and order.paid_by == PaidBy.ENTITLEMENT
    ]
    if not free:
        return {}
    found = deals(live({worker.organisation_id for worker in workers}))
    out = {}
    for order in free:
        on = timezone.localdate(order.wanted_from)
        held = (deal for deal in found if deal.covers(order.region_id, on) and deal.tariff(order.item, on))
        out[order.pk] = frozenset(str(deal.organisation_id) for deal in held)
    return out


def _ask(order: Order, visit: Visit | None, point: Point, at: datetime) -> Ask:
    told = None
    if visit is not None:
        begun = visit.state == VisitState.ARRIVED and visit.arrived_at is not None
        start = visit.arrived_at if begun and visit.arrived_at else visit.starts_at
        minutes = visit.promised_minutes
        if begun:
            gone = int((at - start).total_seconds()) // 60
            minutes = max(minutes, gone + OVERRUN) if gone > minutes else minutes
        told = Told(
            worker=str(visit.worker_id),
            start=timezone.localtime(start).replace(second=0, microsecond=0),
            minutes=minutes,
            begun=begun,
        )
    return Ask(
        key=str(order.pk),
        number=order.number,
        item=order.item,
        minutes=order.minutes,
        since=timezone.localtime(order.wanted_from),
        until=timezone.localtime(order.wanted_until),
        place=point,
        organisation=str(order.organisation_id) if order.organisation_id else "",
        gender=order.gender,
        language=order.language.strip().lower(),
        preferred=frozenset(map(str, order.preferred)),
        unwanted=frozenset(map(str, order.unwanted)),
        pair=str(order.pair) if order.pair else "",
        gap=(order.gap_least, order.gap_most),
        priority=PRIORITIES.get(order.case.priority, 2),
        told=told,
    )


def lines_of(roster: Roster) -> QuerySet[RosterLine]:
    """A roster's lines in their order."""
    rows: QuerySet[RosterLine] = RosterLine.everywhere.filter(roster=roster)
    return rows.order_by("starts_at", "code", "part", "id")


def lines_before(roster: Roster) -> list[RosterLine]:
    """Lines of the plan that a roster was made from."""
    return list(lines_of(roster.origin)) if roster.origin else []


def rosters_of(scope: Scope, first: date) -> QuerySet[Roster]:
    """Rosters that cover a day, the newest first."""
    rows: QuerySet[Roster] = Roster.objects.within(scope).filter(
        first__lte=first, first__gt=first - timedelta(days=7)
    )
    return rows.order_by("-made_at", "id")


def drafts_since(roster: Roster) -> QuerySet[Roster]:
    """Drafts of the same days, found or looked for, that were made after a roster was published."""
    rows: QuerySet[Roster] = Roster.everywhere.filter(
        first=roster.first,
        days=roster.days,
        region_id=roster.region_id,
        state__in=[State.DRAFT, State.PLANNING],
    )
    if roster.published_at is None:
        return rows.none()
    own = Q(organisation_id=roster.organisation_id) if roster.organisation_id else Q(organisation=None)
    return rows.filter(own, made_at__gt=roster.published_at).order_by("-made_at", "id")


def is_published(organisation_id: UUID, day: date) -> bool:
    """Whether a published roster of an organisation covers a day."""
    rows = Roster.everywhere.filter(organisation_id=organisation_id, state=State.PUBLISHED, first__lte=day)
    return any(roster.last >= day for roster in rows.filter(first__gt=day - timedelta(days=7)))


def to_be_planned(organisation_ids: Iterable[UUID], day: date) -> int:
    """Orders of organisations that are wanted on a day and have no worker."""
    since, until = span_of(day)
    rows = Order.everywhere.filter(
        organisation_id__in=list(organisation_ids), state__in=[OrderState.RECEIVED, OrderState.TAKEN]
    )
    return rows.filter(wanted_from__lt=until, wanted_until__gt=since).count()


def news_of(scope: Scope) -> QuerySet[News]:
    """What a reader was told and has not put away, the newest first."""
    rows: QuerySet[News] = News.objects.within(scope).filter(to_id__in=scope.holders, seen_at=None)
    return rows.order_by("-at", "id")
