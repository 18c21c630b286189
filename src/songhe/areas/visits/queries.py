"""Reads of orders and visits that join or add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.contracts.api import Stage, booked_under, charged_to
from songhe.areas.entitlement.api import HOME_SERVICE, remaining_minutes, takes
from songhe.areas.providers.api import Worker, catalogue, days_off, employed, metres
from songhe.areas.registry.api import Person, secrets_of
from songhe.areas.visits.limits import outcomes, overtime_minutes
from songhe.areas.visits.models import (
    OPEN_STATES,
    OPEN_VISITS,
    TO_FOLLOW_UP,
    Conflict,
    ConflictState,
    Correction,
    Incident,
    IncidentState,
    Order,
    OrderState,
    PaidBy,
    SeenAs,
    Visit,
    VisitState,
    Vital,
)
from songhe.areas.visits.rules import STALE, Hand, Stay, can_go
from songhe.core.codes import Point
from songhe.core.days import month_after, month_of
from songhe.core.decision import Decision, refuse
from songhe.engines.access.api import Scope, elevated
from songhe.kit.days import begin_of, span_of

CANDIDATES_MAX = 60
QUARTER = timedelta(minutes=15)
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


def home_of(order: Order) -> Point | None:
    """Where the person lives; compared with workers' bases, never shown."""
    with elevated():
        return secrets_of(order.person).place


def candidates(order: Order, scope: Scope, starts_at: datetime) -> list[Candidate]:
    """Workers in a scope for an order at a time, each with every reason for or against."""
    day = timezone.localdate(starts_at)
    rows = employed(scope, day, organisation_id=order.organisation_id)
    workers = list(rows.order_by("name", "id")[:400])
    busy = busy_of([worker.pk for worker in workers], day)
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
    return _judged(worker, order, starts_at, busy_of([worker.pk], day)[worker.pk], home_of(order), away=away)


def earliest(worker: Worker, order: Order, at: datetime) -> datetime | None:
    """The first quarter of an hour in the wanted time at which a worker can go within his or her hours; None where there is none."""
    start = order.wanted_from
    if start < at:
        start = at.replace(minute=0, second=0, microsecond=0)
        while start < at:
            start += QUARTER
    home, known = home_of(order), {}
    while start + timedelta(minutes=order.minutes) <= order.wanted_until:
        day = timezone.localdate(start)
        if day not in known:
            known[day] = (busy_of([worker.pk], day)[worker.pk], worker.pk in days_off([worker.pk], day))
        busy, away = known[day]
        within = worker.employed(day) and worker.hours.cover(timezone.localtime(start), order.minutes)
        if within and not _judged(worker, order, start, busy, home, away=away).refused:
            return start
        start += QUARTER
    return None


def _judged(
    worker: Worker, order: Order, starts_at: datetime, busy: list[Stay], home: Point | None, *, away: bool
) -> Decision[int]:
    known = catalogue()
    local, hours = timezone.localtime(starts_at), worker.hours
    hand = Hand(
        skilled=known.able(worker.skills, known.item(order.item)),
        certified=worker.certified(local.date()),
        on_shift=hours.cover(local, order.minutes, overtime_minutes()) and not away,
        busy=[(timezone.localtime(a), timezone.localtime(b)) for a, b in busy],
        metres=metres(worker.point, home),
        visits_that_day=len(busy),
        overtime=not hours.cover(local, order.minutes),
    )
    return can_go(hand, (starts_at, starts_at + timedelta(minutes=order.minutes)))


def busy_of(worker_ids: Iterable[UUID], day: date) -> defaultdict[UUID, list[Stay]]:
    """Open visits by worker around a day, whoever they are with."""
    start, end = span_of(day)
    out: defaultdict[UUID, list[Stay]] = defaultdict(list)
    with elevated():
        rows = Visit.everywhere.filter(worker_id__in=list(worker_ids), state__in=OPEN_VISITS)
        rows = rows.filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at")
        for worker_id, since, until in rows.values_list("worker_id", "starts_at", "ends_at"):
            out[worker_id].append((since, until))
    return out


def visits_on(scope: Scope, day: date) -> QuerySet[Visit]:
    """Visits of a scope promised for a local day, in order."""
    start, end = span_of(day)
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(starts_at__gte=start, starts_at__lt=end)
    return rows.order_by("starts_at", "id")


def shift_of(scope: Scope, at: datetime) -> QuerySet[Visit]:
    """Visits of a scope promised for today, and before them those of the night before that nobody has ended: a worker's
    night does not end at midnight."""
    start, end = span_of(timezone.localdate(at))
    today = Q(starts_at__gte=start, starts_at__lt=end)
    night = Q(starts_at__lt=start, ends_at__gte=at - STALE, state__in=OPEN_VISITS)
    return Visit.objects.within(scope).filter(today | night).order_by("starts_at", "id")


def to_dispatch(scope: Scope) -> QuerySet[Order]:
    """Orders without a worker that are in nobody's pool, the most urgent first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(
        state__in=[OrderState.RECEIVED, OrderState.TAKEN]
    )
    return rows.order_by("-case__priority", "wanted_from", "id")


def to_follow_up(scope: Scope) -> QuerySet[Order]:
    """Orders served and not yet asked about, the oldest first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(state__in=TO_FOLLOW_UP)
    return rows.order_by("completed_at", "id")


def orders_of(person_id: UUID, scope: Scope) -> QuerySet[Order]:
    """The orders of a person that a scope reaches, the latest first."""
    rows: QuerySet[Order] = Order.objects.within(scope).filter(person_id=person_id)
    return rows.order_by("-wanted_from", "id")


def free_minutes(person_id: UUID, month: date, *, own: int = 0) -> int:
    """Minutes of a month's entitlement that can still be ordered: granted, not used, not promised by open orders and
    not owed for visits that wait for settlement; ``own`` of those do not count. Asked beyond the reader's scope: other
    organisations' orders count."""
    left = remaining_minutes(person_id, month)
    return max(left + own - taken_minutes([person_id], month).get(person_id, 0), 0) if left > 0 else 0


@takes(HOME_SERVICE)
def taken_minutes(persons: Collection[UUID], month: date) -> dict[UUID, int]:
    """Minutes of persons' grants of a month that are promised or given and not settled yet."""
    taken: Counter[UUID] = Counter()
    for (person_id, _stage), minutes in taken_by_stage(persons, month).items():
        taken[person_id] += minutes
    return dict(taken)


def taken_by_stage(persons: Collection[UUID], month: date) -> dict[tuple[UUID, str], int]:
    """The same by person and whether ``promised`` or ``given``. An order under a contract takes what the contract charges
    for it, any other what it lasts."""
    first, after = month_span(month)
    paid = {"person__id__among": list(persons), "paid_by": PaidBy.ENTITLEMENT}
    taken = Counter(charged_to(persons, timezone.localdate(first), timezone.localdate(after)))
    with elevated():
        wanted = Order.everywhere.filter(
            contract=None, state__in=OPEN_STATES, wanted_from__gte=first, wanted_from__lt=after, **paid
        )
        given = Visit.everywhere.filter(
            person__id__among=list(persons),
            order__paid_by=PaidBy.ENTITLEMENT,
            settled_at=None,
            lapsed_at=None,
            rejected_at=None,
        )
        given = given.filter(arrived_at__gte=first, arrived_at__lt=after)
        vain = list(
            given.filter(state=VisitState.IN_VAIN, charge_draws=True).values_list(
                "pk", "person_id", "charge_minutes"
            )
        )
        booked = booked_under([pk for pk, *_rest in vain])
        given = given.filter(state=VisitState.DONE, order__contract=None)
        for stage, rows in (
            (Stage.PROMISED, wanted.values_list("person_id", "minutes")),
            (Stage.GIVEN, given.values_list("person_id", "minutes")),
            (Stage.GIVEN, [(person, minutes) for pk, person, minutes in vain if pk not in booked]),
        ):
            for person_id, minutes in rows:
                taken[person_id, str(stage)] += minutes or 0
    return dict(taken)


def month_span(month: date) -> Stay:
    """The moments of a local month, half-open."""
    return begin_of(month_of(month)), begin_of(month_after(month))


def charged() -> Q:
    """Visits that ended and are charged: given, or in vain with a share."""
    return Q(state=VisitState.DONE) | Q(state=VisitState.IN_VAIN, charge_percent__gt=0)


def countable() -> Q:
    """Visits that were given: done, and without flags or verified."""
    return Q(state=VisitState.DONE) & _sound()


def chargeable() -> Q:
    """Visits that may be settled: countable, and those in vain of which a share is charged."""
    return charged() & _sound()


def _sound() -> Q:
    """Not rejected, and without flags or verified."""
    return Q(rejected_at=None) & (Q(flags=[]) | Q(verified_at__isnull=False))


def changed_by_hand(visits: Iterable[UUID]) -> dict[UUID, datetime]:
    """When somebody last entered a visit's times by hand or took a phone's over, by visit."""
    keys = list(visits)
    with elevated():  # asked by whoever compares visits
        entered = Correction.everywhere.filter(visit_id__in=keys).values_list("visit_id", "at")
        taken = Conflict.everywhere.filter(visit_id__in=keys, state=ConflictState.ACCEPTED)
        found = [*entered, *taken.values_list("visit_id", "decided_at")]
    return {
        visit_id: at for at, visit_id in sorted((at, visit_id) for visit_id, at in found if at is not None)
    }


def waiting_for_check(scope: Scope) -> QuerySet[Visit]:
    """Ended visits with flags that nobody has verified; of those in vain only what is charged matters."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(charged(), verified_at=None, rejected_at=None)
    return rows.exclude(flags=[]).order_by("left_at", "id")


def missed(scope: Scope, since: datetime) -> QuerySet[Visit]:
    """Visits to which nobody came since a moment, the latest first."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(state=VisitState.MISSED, starts_at__gte=since)
    return rows.order_by("-starts_at", "id")


def to_look_after(scope: Scope) -> QuerySet[Visit]:
    """Visits whose person did not open the door and whom nobody has seen since, the latest first."""
    rows: QuerySet[Visit] = Visit.objects.within(scope).filter(waits_to_be_seen())
    return rows.order_by("-arrived_at", "id")


def waits_to_be_seen() -> Q:
    """Visits whose person did not open the door and was not found since."""
    codes = [code for code, rule in outcomes().items() if rule.look]
    return Q(state=VisitState.IN_VAIN, outcome__in=codes, seen_as__in=["", SeenAs.NOT_FOUND])


def vitals_to_look_at(scope: Scope) -> QuerySet[Vital]:
    """Values outside their bounds at which nobody has looked, the latest first."""
    rows: QuerySet[Vital] = Vital.objects.within(scope).filter(is_outside=True, handled_at=None)
    return rows.order_by("-taken_at", "id")


def last_outside(
    persons: Iterable[UUID], organisations: Iterable[UUID], since: datetime
) -> dict[UUID, Vital]:
    """The latest values outside their bounds by person since a moment, measured by these organisations; a worker sees
    them for the persons of the day, whoever of the organisation measured them."""
    with elevated():
        rows = Vital.everywhere.filter(person_id__in=list(persons), organisation_id__in=list(organisations))
        rows = rows.filter(is_outside=True, taken_at__gte=since).order_by("taken_at")
        return {row.person_id: row for row in rows}


def to_decide(scope: Scope) -> QuerySet[Conflict]:
    """Conflicts that nobody has decided, the oldest first."""
    rows: QuerySet[Conflict] = Conflict.objects.within(scope).filter(state=ConflictState.OPEN)
    return rows.order_by("received_at", "id")


def conflicts_of_day(scope: Scope, since: datetime) -> QuerySet[Conflict]:
    """A worker's own conflicts: those that wait, and those decided since a moment."""
    waits = Q(state=ConflictState.OPEN) | Q(decided_at__gte=since)
    rows: QuerySet[Conflict] = Conflict.objects.within(scope).filter(waits)
    return rows.order_by("-received_at", "id")


def incidents_open(scope: Scope) -> QuerySet[Incident]:
    """Incidents that are not closed, the most pressing and the longest waiting first."""
    rows: QuerySet[Incident] = Incident.objects.within(scope).exclude(state=IncidentState.CLOSED)
    return rows.order_by("-case__priority", "reported_at", "id")
