"""One person as the agent needs it: who, at what risk, what is left this month, what runs, whom to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from songhe.areas.assessment.api import in_force
from songhe.areas.entitlement.api import HOME_SERVICE, Entitlement, account, entitled
from songhe.areas.hotline.models import Call, Complaint
from songhe.areas.providers.api import metres, places
from songhe.areas.registry.api import (
    Contact,
    Member,
    Person,
    Secrets,
    contact_phones,
    contacts_of,
    housemates,
    secrets_of,
    tags_on,
    terms,
)
from songhe.areas.stays.api import Lived, living_in, vacancies
from songhe.areas.visits.api import OPEN_STATES, Order, free_minutes, orders_of
from songhe.core.codes import at_level, mask, parse_phone, span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.regions.models import Level

OLD = 80


@dataclass(frozen=True, slots=True)
class Risk:
    """Something to know before speaking, with the tone of its weight."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Left:
    """What one benefit leaves this month: so much of what was granted, in its unit."""

    name: str
    unit: str
    granted: int
    left: int
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody to call. The number is masked until it is dialled."""

    key: str
    name: str
    relation: str
    phone: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the agent sees of a person."""

    person: Person
    age: int | None
    secrets: Secrets
    risks: list[Risk]
    left: list[Left]
    minutes_left: int
    open_orders: list[Order]
    orders: list[Order]
    lives: Lived | None
    kin: list[Kin]
    mates: list[Member]
    calls: list[Call]
    complaints: list[Complaint]
    level: str = ""
    alone: bool = field(default=False)


def standing(person: Person, scope: Scope, calls_scope: Scope, day: date) -> Standing:
    """One person as the agent needs it; entitlements are asked beyond the agent's scope and shown."""
    with elevated():  # what the person is granted, and whom to call, may lie with another region
        granted, secrets, minutes = entitled(person.pk, day), secrets_of(person), free_minutes(person.pk, day)
        left = [_left(person.pk, row, minutes) for row in granted]
        contacts = contacts_of(person)
        phones = contact_phones(contacts)
        home = housemates(person)
        mates, alone = [member for member in home if member.person_id != person.pk], len(home) == 1
        level = in_force([person.pk], day).get(person.pk)
        lives = living_in([person.pk], day).get(person.pk)
    orders = _orders(person.pk, scope.shared)
    level_text = str(level.get_level_display()) if level is not None else ""
    return Standing(
        person=person,
        age=person.age_on(day),
        secrets=secrets,
        risks=_risks(person, day, level_text, (level.level or 0) if level else 0, alone=alone),
        left=left,
        minutes_left=minutes,
        open_orders=[order for order in orders if order.state in OPEN_STATES],
        orders=[order for order in orders if order.state not in OPEN_STATES][:4],
        lives=lives,
        kin=[_kin(contact, phones.get(contact.pk, "")) for contact in contacts],
        mates=mates,
        calls=_calls(person.pk, calls_scope.shared),
        complaints=_open_complaints(person.pk, calls_scope.shared),
        level=level_text,
        alone=alone,
    )


@asked
def _orders(person: UUID, scope: Scope) -> QuerySet[Order]:
    return orders_of(person, scope)[:12]


@asked
def _calls(person: UUID, scope: Scope) -> QuerySet[Call]:
    rows: QuerySet[Call] = Call.objects.within(scope).filter(person=person)
    return rows.exclude(ended_at=None).order_by("-started_at")[:4]


@asked
def _open_complaints(person: UUID, scope: Scope) -> QuerySet[Complaint]:
    rows: QuerySet[Complaint] = Complaint.objects.within(scope).filter(person=person)
    rows = rows.exclude(state__in=[Complaint.State.CLOSED, Complaint.State.WITHDRAWN])
    return rows.order_by("opened_at")[:4]


def _left(person_id: UUID, row: Entitlement, minutes: int) -> Left:
    if row.rule == HOME_SERVICE:
        left = minutes
    else:
        found = account(person_id, row.rule, row.month)
        left = found.free if found else row.amount - row.returned
    return Left(row.name, row.unit, row.amount, left, row.assumed)


def _risks(person: Person, day: date, level: str, degree: int, *, alone: bool) -> list[Risk]:
    found: list[Risk] = []
    if not person.is_living:
        found.append(Risk(str(person.get_state_display()), "danger"))
    if degree >= 2:
        found.append(Risk(level, "danger" if degree >= 3 else "warn"))
    known = terms()
    held = tags_on([person.pk], day).get(person.pk, {})
    found += [Risk(known[code].label, known[code].tone) for code in held if code in known]
    if alone and not any(risk.text == gettext("Lives alone") for risk in found):
        found.append(Risk(gettext("Lives alone"), "warn"))
    age = person.age_on(day)
    if age is not None and age >= OLD:
        found.append(Risk(gettext("{n} years old").format(n=age), "info"))
    if person.is_provisional:
        found.append(Risk(gettext("Provisional: not identified yet"), "warn"))
    return found


def _kin(contact: Contact, phone: str) -> Kin:
    try:
        masked = parse_phone(phone).masked if phone else ""
    except Refused:
        masked = mask(phone)
    return Kin(
        f"kin:{contact.pk}", contact.name, str(contact.get_relation_display()), masked, contact.is_emergency
    )


@dataclass(frozen=True, slots=True)
class Near:
    """A canteen, or a site with free places, near a person: how far in metres, how much is free."""

    id: UUID
    name: str
    phone: str
    metres: int | None = None
    free: int | None = None


def canteens_near(person: Person, on: date, *, most: int = 3) -> list[Near]:
    """Where the person can eat nearby, in the town or street first and the county else."""
    home = secrets_of(person).place
    for low, high in _around(person.region_id):
        rows = places(low, high, on=on, service="meals", lean=True)
        found = [Near(row.id, row.name, row.phone, metres(row.point, home)) for row in rows]
        if found:
            return sorted(found, key=lambda one: (one.metres is None, one.metres or 0, one.name))[:most]
    return []


def vacancies_near(person: Person, on: date, *, most: int = 3) -> list[Near]:
    """Where a bed or a day place is free, in the person's town or street first and the county else."""
    (first, last), (low, high) = _around(person.region_id)
    rows = [row for row in vacancies(on, low=low, high=high) if row.free > 0]
    near = [row for row in rows if first <= row.region < last] or rows
    found = [Near(row.facility_id, row.name, row.phone, free=row.free) for row in near]
    return sorted(found, key=lambda one: (-(one.free or 0), one.name))[:most]


def _around(region: int) -> list[tuple[int, int]]:
    return [span(at_level(region, level)) for level in (Level.TOWN, Level.COUNTY)]
