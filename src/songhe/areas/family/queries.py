"""What a relative sees of the persons whose relative he or she is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from songhe.areas.alarms.api import Alarm, lately_of
from songhe.areas.care.api import still_open
from songhe.areas.entitlement.api import remaining_minutes
from songhe.areas.providers.api import Organisation, worker_names
from songhe.areas.registry.api import Person
from songhe.areas.stays.api import Attendance, Stay, StayState, days_of, living_in, stays_of
from songhe.areas.visits.api import (
    TO_FOLLOW_UP,
    Order,
    OrderState,
    Visit,
    VisitState,
    free_minutes,
    in_plain_words,
)
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import Scope, current, elevated

LOOKED_FOR = (OrderState.RECEIVED, OrderState.OFFERED, OrderState.TAKEN)
NEXT, LATELY = 8, 10
PERSONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One visit as the family reads it."""

    visit: Visit
    worker: str
    organisation: str
    phone: str
    may_rate: bool
    may_accept: bool
    on_the_way: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Hours of home service of a month, in minutes: still there, and not yet promised."""

    first: date
    left: int
    free: int


@dataclass(slots=True)
class Relative:
    """One person with what is to come and what was."""

    person: Person
    months: list[Month]
    coming: list[Came] = field(default_factory=list)
    lately: list[Came] = field(default_factory=list)
    waiting: list[tuple[Order, str, bool]] = field(default_factory=list)
    stay: Stay | None = None
    place: str = ""
    days: list[Attendance] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def next(self) -> Came | None:
        """Who comes next."""
        return self.coming[0] if self.coming else None


def relatives(scope: Scope, at: datetime, *, alarms: Scope | None = None) -> list[Relative]:
    """The persons of a relative's scope, by name, each with visits, orders and hours. ``alarms``: the scope of their alarms."""
    persons = list(Person.objects.within(scope).order_by("name_pinyin", "id")[:PERSONS])
    found = {person.pk: Relative(person, _months(person.pk, at)) for person in persons}
    for came in _came(scope, found, at):
        part = found[came.visit.person_id]
        to_come = came.visit.state in (VisitState.PLANNED, VisitState.ARRIVED)
        (part.coming if to_come else part.lately).append(came)
    orders = Order.objects.within(scope).filter(person_id__in=list(found), state__in=LOOKED_FOR)
    waiting = list(orders.order_by("wanted_from", "id"))
    unsure = still_open(waiting) if waiting else ()
    for order in waiting:
        found[order.person_id].waiting.append((order, in_plain_words(order), order.pk in unsure))
    _cared(found, at)
    if alarms is not None:
        for key, rows in lately_of(list(found), alarms, since=at - timedelta(days=62)).items():
            found[key].alarms = rows
    for part in found.values():
        part.coming = sorted(part.coming, key=lambda one: one.visit.starts_at)[:NEXT]
        part.lately = part.lately[:LATELY]
    return list(found.values())


def _cared(found: dict[UUID, Relative], at: datetime) -> None:
    """Where each lives and which days they were at a centre; rows of the relative's own scope."""
    day = timezone.localdate(at)
    scope = current()
    for key, lives in living_in(list(found), day).items():
        found[key].place = lives.facility
        found[key].stay = stays_of(key, scope).exclude(state=StayState.ENDED).first()
    for key, part in found.items():
        part.days = list(days_of(key, scope, day - timedelta(days=14))[:LATELY])


def _months(person_id: UUID, at: datetime) -> list[Month]:
    """This month and the next."""
    this = month_of(timezone.localdate(at))
    with elevated():  # the account is the person's own
        return [
            Month(first, remaining_minutes(person_id, first), free_minutes(person_id, first))
            for first in (this, month_after(this))
        ]


def _came(scope: Scope, persons: Collection[UUID], at: datetime) -> list[Came]:
    rows = Visit.objects.within(scope).filter(person_id__in=list(persons))
    rows = rows.exclude(state=VisitState.CANCELLED).filter(starts_at__gte=at - timedelta(days=62))
    visits = list(rows.select_related("order").order_by("-starts_at", "id")[: 60 * max(1, len(persons))])
    workers = worker_names(visit.worker_id for visit in visits)
    with elevated():  # the office's telephone is no secret to whom it serves
        offices = Organisation.everywhere.in_bulk({visit.organisation_id for visit in visits})
    latest: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        latest[visit.order_id].append(visit)
    return [
        Came(
            visit=visit,
            worker=workers.get(visit.worker_id, "—"),
            organisation=offices[visit.organisation_id].name,
            phone=offices[visit.organisation_id].phone,
            may_accept=visit.order.state == OrderState.COMPLETED and latest[visit.order_id][0] is visit,
            on_the_way=visit.order.state == OrderState.ON_THE_WAY and latest[visit.order_id][0] is visit,
            may_rate=visit.order.state in TO_FOLLOW_UP and latest[visit.order_id][0] is visit,
        )
        for visit in visits
    ]
