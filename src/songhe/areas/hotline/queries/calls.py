"""Reads for the desk, the lists and the figures of the hotline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from songhe.areas.entitlement.api import Entitlement, entitled
from songhe.areas.hotline.models import Call, Complaint, Outcome
from songhe.areas.providers.api import Organisation, State
from songhe.areas.registry.api import Person, Secrets, by_phone, search, secrets_of
from songhe.areas.stays.api import Lived, living_in
from songhe.areas.visits.api import Order, candidates, free_minutes, orders_of, to_follow_up
from songhe.engines.access.api import Actor, Scope, elevated

FOUND_MAX = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """What the agent sees of a person: entitlements of the month, minutes left, orders, masked contact."""

    person: Person
    age: int | None
    secrets: Secrets
    entitlements: list[Entitlement]
    minutes_left: int
    orders: list[Order]
    lives: Lived | None


def callers(number: str, scope: Scope) -> list[Person]:
    """Persons whom the number may belong to, or about whom its owner calls."""
    return by_phone(number, scope)[:FOUND_MAX] if number else []


def found(words: str, scope: Scope) -> list[Person]:
    """Persons by name, pinyin, identity or telephone number."""
    clean = " ".join(words.replace("\0", "").split())
    return list(search(Person.objects.within(scope), clean, scope)[:FOUND_MAX]) if clean else []


def standing(person: Person, scope: Scope, day: date) -> Standing:
    """One person as the agent needs it; entitlements are asked beyond the agent's scope and shown."""
    with elevated():
        granted = entitled(person.pk, day)
        secrets = secrets_of(person)
    return Standing(
        person=person,
        age=person.age_on(day),
        secrets=secrets,
        entitlements=granted,
        minutes_left=free_minutes(person.pk, day),
        orders=list(orders_of(person.pk, scope)[:5]),
        lives=living_in([person.pk], day).get(person.pk),
    )


def organisations(scope: Scope) -> QuerySet[Organisation]:
    """Operating organisations that give home services."""
    rows: QuerySet[Organisation] = Organisation.objects.within(scope).filter(state=State.ACTIVE)
    return rows.filter(kinds__contains=["home"]).order_by("name", "id")


def nearest_organisation(order: Order, actor: Actor) -> Organisation | None:
    """The organisation of the nearest worker who is qualified and free when the window begins; None where nobody is."""
    for candidate in candidates(order, actor.scope("providers.view"), order.wanted_from):
        if not candidate.decision.refused:
            return (
                Organisation.objects.within(actor.scope("providers.view"))
                .filter(pk=candidate.worker.organisation_id)
                .first()
            )
    return None


def due(scope: Scope) -> QuerySet[Order]:
    """Served orders nobody has called about yet, the oldest first."""
    return to_follow_up(scope)


def tries(order_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How often an order's person was called and not reached."""
    rows = Call.everywhere.filter(order_id__in=list(order_ids), outcome=Outcome.NO_CONTACT).order_by()
    counted: Any = rows.values_list("order_id").annotate(n=Count("pk"))
    return dict(counted)


def open_calls(actor_id: UUID) -> QuerySet[Call]:
    """An agent's calls that are not closed."""
    rows: QuerySet[Call] = Call.everywhere.filter(agent_id=actor_id, ended_at=None)
    return rows.order_by("-started_at", "id")


def complaints_by(writer: UUID, scope: Scope, *, most: int = 20) -> list[Complaint]:
    """What somebody complained about in writing, the latest first."""
    rows = Complaint.objects.within(scope).filter(by_id=writer)
    return list(rows.order_by("-opened_at", "id")[:most])


def open_complaints(scope: Scope) -> QuerySet[Complaint]:
    """Complaints that wait for somebody, the oldest first."""
    rows: QuerySet[Complaint] = Complaint.objects.within(scope)
    return rows.exclude(state__in=[Complaint.State.CLOSED, Complaint.State.WITHDRAWN]).order_by(
        "opened_at", "id"
    )
