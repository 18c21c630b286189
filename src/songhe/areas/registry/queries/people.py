"""Questions about persons that other areas ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.registry.models import Contact, Death, Member, Move, Person, State, Suspect
from songhe.engines.access.api import Actor, Scope, asked


def alive_on(person: Person, day: date) -> bool:
    """Whether a person lived on a day; the day of death still counts, an unconfirmed report does not."""
    return person.alive_on(day)


def dead_by(persons: Iterable[UUID], day: date) -> set[UUID]:
    """Those of the persons who had died before a day."""
    rows = Person.everywhere.filter(pk__in=list(persons), died_on__lt=day)
    return set(rows.values_list("pk", flat=True))


def deaths_of(persons: Iterable[UUID]) -> dict[UUID, Death]:
    """Deaths of some persons that are reported and wait to be confirmed."""
    rows = Death.everywhere.filter(person_id__in=list(persons), state=Death.State.REPORTED)
    return {row.person_id: row for row in rows}


def suspected(persons: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Pairs to decide in which some persons may be the same as another, by person."""
    wanted = set(persons)
    rows = Suspect.everywhere.filter(
        Q(first__in=wanted) | Q(second__in=wanted), state=Suspect.State.OPEN
    ).values_list("pk", "first_id", "second_id")
    found: dict[UUID, list[UUID]] = {}
    for pair, one, other in rows.order_by("pk"):
        for key in {one, other} & wanted:
            found.setdefault(key, []).append(pair)
    return found


def kept(person: Person) -> Person:
    """The entry that stands for the person now, after any merges."""
    while person.merged_into_id is not None:
        person = Person.everywhere.get(pk=person.merged_into_id)
    return person


def living(scope: Scope) -> QuerySet[Person]:
    """Living persons in a scope."""
    rows: QuerySet[Person] = Person.objects.within(scope).filter(state=State.ALIVE)
    return rows


def housemates(person: Person) -> list[Member]:
    """Who lives with a person now, the person included."""
    return _members(person.pk)


@asked
def _members(person: UUID) -> QuerySet[Member]:
    own = Member.everywhere.filter(person=person, until=None).values("household_id")
    rows = Member.everywhere.filter(household_id__in=own, until=None).select_related("person")
    return rows.order_by("since", "id")


def homes_of(persons: Collection[UUID]) -> dict[UUID, UUID]:
    """The households in which persons live now, with one statement however many there are."""
    if not persons:
        return {}
    rows = Member.everywhere.filter(person__id__among=list(persons), until=None)
    return dict(rows.values_list("person_id", "household_id"))


def mates_of(person: UUID) -> QuerySet[Any, Any]:
    """The keys of those who live with a person now, the person left out."""
    own = Member.everywhere.filter(person=person, until=None).values("household_id")
    return (
        Member.everywhere.filter(household_id__in=own, until=None).exclude(person=person).values("person_id")
    )


def contacts_of(person: Person) -> list[Contact]:
    """Whom to call, in order."""
    return _contacts(person.pk)


@asked
def _contacts(person: UUID) -> QuerySet[Contact]:
    return Contact.everywhere.filter(person=person).order_by("rank", "id")


def open_suspects(scope: Scope) -> QuerySet[Suspect]:
    """Pairs to decide in a scope, the likeliest first."""
    rows: QuerySet[Suspect] = Suspect.objects.within(scope).filter(state=Suspect.State.OPEN)
    return rows.select_related("first", "second").order_by("-score", "id")


def arriving(scope: Scope, actor: Actor) -> QuerySet[Move]:
    """Transfers that the actor may accept: addressed to the scope and proposed by others."""
    inside = Q(pk__in=[])
    for low, high in scope.areas:
        inside |= Q(to_region_id__gte=low, to_region_id__lt=high)
    rows: QuerySet[Move] = Move.objects.within(scope).filter(inside, state=Move.State.PROPOSED)
    return rows.exclude(proposed_by_id=actor.id).order_by("proposed_at", "id")


def deaths_to_confirm(scope: Scope, actor: Actor) -> QuerySet[Death]:
    """Reports that the actor may confirm, which others made."""
    rows: QuerySet[Death] = Death.objects.within(scope).filter(state=Death.State.REPORTED)
    return rows.exclude(reported_by_id=actor.id).select_related("person").order_by("reported_at", "id")
