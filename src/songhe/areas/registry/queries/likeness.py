"""Candidates for being one person, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.db.models import Q

from songhe.areas.registry.models import Person, State
from songhe.areas.registry.queries.secrets import secrets_of_many
from songhe.areas.registry.rules.likeness import Likeness, Traits, likeness
from songhe.engines.access.api import Scope

GROUP_MAX = 6
"""Groups with more members (a village office's number given for everybody) prove nothing."""

_SAME = {
    "name": "name_pinyin <> '' AND born IS NOT NULL",
    "phone": "phone_hash IS NOT NULL",
}
_BY = {"name": "name_pinyin, born", "phone": "phone_hash"}


def alike(person: Person, scope: Scope) -> list[tuple[Person, Likeness]]:
    """Persons in the scope who may be this one, the likeliest first."""
    same = Q(name_pinyin=person.name_pinyin, born=person.born) if person.born else Q(name=person.name)
    if person.phone_hash:
        same |= Q(phone_hash=bytes(person.phone_hash))
    if person.address_hash:
        same |= Q(address_hash=bytes(person.address_hash), name_pinyin=person.name_pinyin)
    rows = (
        Person.objects.within(scope).filter(same, state__in=[State.ALIVE, State.DEAD]).exclude(pk=person.pk)
    )
    found = [(other, like) for other, like in _compared(person, list(rows[:50])) if like.is_suspicious]
    return sorted(found, key=lambda pair: -pair[1].score)


def pairs(low: int, high: int) -> Iterator[tuple[UUID, UUID, Likeness]]:
    """Every suspicious pair living in a range of regions: same name and birthday, or same telephone."""
    seen: set[tuple[UUID, UUID]] = set()
    for kind, condition in _SAME.items():
        for group in _groups(kind, condition, low, high):
            rows = list(Person.everywhere.filter(pk__in=group))
            for place, one in enumerate(rows):
                for other, like in _compared(one, rows[place + 1 :]):
                    key = (min(one.id, other.id), max(one.id, other.id))
                    if like.is_suspicious and key not in seen:
                        seen.add(key)
                        yield (*key, like)


def _groups(kind: str, condition: str, low: int, high: int) -> list[list[UUID]]:
    """Ids that share the columns; at least one of them lacks an identity number or shares a telephone."""
    alone = "" if kind == "phone" else "AND bool_or(id_number_hash IS NULL OR phone_hash IS NOT NULL)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT array_agg(id) FROM registry_person WHERE region_id >= %s AND region_id < %s"  # noqa: S608  constants only
            f" AND state IN ('alive', 'dead') AND {condition} GROUP BY {_BY[kind]}"
            f" HAVING count(*) BETWEEN 2 AND %s {alone}",
            [low, high, GROUP_MAX],
        )
        return [row[0] for row in cursor.fetchall()]


def _compared(person: Person, others: list[Person]) -> Iterator[tuple[Person, Likeness]]:
    opened = secrets_of_many([person, *others])
    numbers = {key: secrets.id_number for key, secrets in opened.items()}
    one = _traits(person, numbers)
    for other in others:
        yield other, likeness(one, _traits(other, numbers))


def _traits(person: Person, numbers: dict[UUID, str]) -> Traits:
    return Traits(
        name=person.name,
        pinyin=person.name_pinyin,
        sex=person.sex,
        born=person.born,
        id_number=numbers.get(person.id, ""),
        phone=bytes(person.phone_hash) if person.phone_hash else None,
        address=bytes(person.address_hash) if person.address_hash else None,
    )
