"""Which organisations can take an order, and in which order they are asked: everything that speaks for or against each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from songhe.areas.contracts import api as contracts
from songhe.areas.providers.api import Organisation, State, Worker, catalogue, days_off
from songhe.areas.visits import quality, queries
from songhe.areas.visits.limits import terms
from songhe.areas.visits.models import Offer, Order, PaidBy, Result, Visit, VisitState
from songhe.areas.visits.nearness import minutes_to
from songhe.areas.visits.rules import Hand, can_go
from songhe.core.codes.region import CITY, COUNTY, at_level, span
from songhe.core.decision import Decision, Reason
from songhe.core.ordering import Bidder, ranked
from songhe.engines.access.api import elevated

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One organisation for an order: its points or why not, with the reasons, and its best worker."""

    organisation: Organisation
    decision: Decision[int]
    worker: Worker | None


def start_of(order: Order, at: datetime) -> datetime:
    """When somebody could begin at the soonest: as the person wants, and not in the past."""
    late = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond) + QUARTER
    return max(order.wanted_from, late) if at > order.wanted_from else order.wanted_from


def proposals(order: Order, at: datetime) -> list[Proposal]:
    """Organisations for an order, those to ask first at the head, those who cannot take it at the end."""
    with elevated():  # organisations are compared with one another; nothing of their work is shown
        bodies = _bodies(order)
        start = start_of(order, at)
        able, room = _crews(order, start, bodies)
        bidders = _bidders(order, at, bodies, able, room)
    found = ranked(bidders.items(), terms().weights)
    return [
        Proposal(bodies[key], decision, able[key][0][0] if able[key] else None) for key, decision in found
    ]


def _bodies(order: Order) -> dict[UUID, Organisation]:
    """Organisations for home services of the county, or under a contract that holds there."""
    low, high = span(at_level(order.region_id, CITY))
    rows = Organisation.everywhere.filter(kinds__contains=["home"], region_id__gte=low, region_id__lt=high)
    found = {row.pk: row for row in rows.exclude(state=State.CLOSED).order_by("pk")}
    day = timezone.localdate(order.wanted_from)
    here = {
        deal.organisation_id
        for deal in contracts.deals(contracts.live(found))
        if deal.covers(order.region_id, day)
    }
    county = span(at_level(order.region_id, COUNTY))
    return {key: row for key, row in found.items() if key in here or county[0] <= row.region_id < county[1]}


def _crews(
    order: Order, start: datetime, bodies: Collection[UUID]
) -> tuple[dict[UUID, list[tuple[Worker, int | None]]], dict[UUID, int]]:
    """Workers who can go at a time with their minutes to the home, the nearest first, and percent of the day that is free."""
    local = timezone.localtime(start)
    workers = list(_employed(bodies, start))
    ids = [worker.pk for worker in workers]
    busy, away, known = queries.busy_of(ids, local.date()), days_off(ids, local.date()), catalogue()
    item, stay = known.item(order.item), (start, start + timedelta(minutes=order.minutes))
    able: defaultdict[UUID, list[Worker]] = defaultdict(list)
    hours: Counter[UUID] = Counter()
    taken: Counter[UUID] = Counter()
    for worker in workers:
        off = worker.pk in away
        hand = Hand(
            skilled=known.able(worker.skills, item), certified=worker.certified(local.date()),
            on_shift=worker.hours.cover(local, order.minutes) and not off, busy=busy[worker.pk], metres=None,
        )  # fmt: skip
        if hand.skilled and not off:
            hours[worker.organisation_id] += _day_minutes(worker, local)
            taken[worker.organisation_id] += sum(
                int((b - a).total_seconds()) // 60 for a, b in busy[worker.pk]
            )
        if not can_go(hand, stay).refused:
            able[worker.organisation_id].append(worker)
    near = _near(order, [one for rows in able.values() for one in rows])
    room = {key: max(0, 100 * (hours[key] - taken[key]) // hours[key]) if hours[key] else 0 for key in bodies}
    return {key: _nearest_first(able[key], near) for key in bodies}, room


def _nearest_first(rows: Sequence[Worker], near: dict[UUID, int]) -> list[tuple[Worker, int | None]]:
    found = [(one, near.get(one.pk)) for one in rows]
    return sorted(found, key=lambda one: (one[1] is None, one[1] or 0, str(one[0].pk)))


def _employed(bodies: Collection[UUID], start: datetime) -> Iterable[Worker]:
    day = timezone.localdate(start)
    rows = Worker.everywhere.filter(organisation_id__in=list(bodies))
    return (worker for worker in rows.order_by("pk") if worker.employed(day))


def _day_minutes(worker: Worker, local: datetime) -> int:
    hours = worker.hours
    if local.isoweekday() not in hours.days or local.date() in hours.off:
        return 0
    return (hours.until.hour - hours.since.hour) * 60 + hours.until.minute - hours.since.minute


def _near(order: Order, workers: Sequence[Worker]) -> dict[UUID, int]:
    home = queries.home_of(order)
    if home is None:
        return {}
    placed = [(one.pk, one.point, one.travels) for one in workers if one.point is not None]
    return minutes_to(home, order.region_id, placed)


def _bidders(
    order: Order,
    at: datetime,
    bodies: dict[UUID, Organisation],
    able: dict[UUID, list[tuple[Worker, int | None]]],
    room: dict[UUID, int],
) -> dict[UUID, Bidder]:
    marks, against, means = quality.standings(bodies, at), _refused(order), _means(order, bodies)
    visits, offers, share = _visits(order), _offers(bodies, at), _shares(bodies)
    total = sum(offers.values())
    out = {}
    for key, row in bodies.items():
        crew, (refusal, left) = able[key], means[key]
        out[key] = Bidder(
            minutes=crew[0][1] if crew else None, free=len(crew), room=room[key], means=left, quality=marks[key].mark,
            below_bar=marks[key].below_bar, visits=visits[key], offers=100 * offers[key] // total if total else 0,
            share=share.get(key, 0), contract=refusal, suspended=row.state != State.ACTIVE, refused=key in against,
        )  # fmt: skip
    return out if total else {key: replace(one, offers=one.share) for key, one in out.items()}


def _means(order: Order, bodies: Collection[UUID]) -> dict[UUID, tuple[Reason | None, int | None]]:
    """Why no contract covers the order, and how much is left of the one that does; nothing where the person pays."""
    if order.paid_by != PaidBy.ENTITLEMENT:
        return dict.fromkeys(bodies, (None, None))
    asks = [
        contracts.Ask(
            key=key, organisation_id=key, person_id=order.person_id, region=order.region_id, item=order.item,
            on=timezone.localdate(order.wanted_from), minutes=order.minutes,
        )
        for key in bodies
    ]  # fmt: skip
    found = contracts.preview(asks)
    rows = {one.value.contract_id for one in found.values() if one.value and one.value.contract_id}
    held = contracts.standings(contracts.Contract.everywhere.filter(pk__in=rows))
    out: dict[UUID, tuple[Reason | None, int | None]] = {}
    for key, decision in found.items():
        if decision.value is None:
            out[key] = decision.reasons[-1], None
        else:
            contract = decision.value.contract_id
            left = 100 - held[contract].percent if contract else None
            full = Reason("The contract is used up.", "means")
            out[key] = (full if left is not None and left <= 0 else None), left
    return out


def _visits(order: Order) -> Counter[UUID]:
    rows = Visit.everywhere.filter(person_id=order.person_id, state=VisitState.DONE).order_by()
    return Counter(dict(rows.values_list("organisation_id").annotate(n=Count("pk"))))


def _offers(bodies: Collection[UUID], at: datetime) -> Counter[UUID]:
    first, after = queries.month_span(timezone.localdate(at))
    rows = Offer.everywhere.filter(
        organisation_id__in=list(bodies), offered_at__gte=first, offered_at__lt=after
    )
    return Counter(dict(rows.order_by().values_list("organisation_id").annotate(n=Count("pk"))))


def _shares(bodies: Collection[UUID]) -> dict[UUID, int]:
    """Percent of the money of all their contracts that each one's make up."""
    money: Counter[UUID] = Counter()
    for row in contracts.live(bodies):
        money[row.organisation_id] += row.ceiling_fen
    total = sum(money.values())
    return {key: 100 * fen // total for key, fen in money.items()} if total else {}


def _refused(order: Order) -> set[UUID]:
    rows = Offer.everywhere.filter(Q(result=Result.REFUSED) | Q(result=Result.PUT_BACK), order=order)
    return set(rows.values_list("organisation_id", flat=True))
