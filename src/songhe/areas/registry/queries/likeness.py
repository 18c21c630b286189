"""Candidates for being one person, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from uuid import UUID

from django.db import connection
from django.db.models import Q

from songhe.areas.registry.models import Person, State
from songhe.areas.registry.queries.secrets import id_numbers_of
from songhe.areas.registry.rules.likeness import Likeness, Traits, likeness
from songhe.engines.access.api import Scope

GROUP_MAX = 6
"""Groups with more members (a village office's number given for everybody) prove nothing."""
GROUPS_AT_ONCE = 500
"""In one transaction."""

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
    others = list(rows[:50])
    traits = _traits_of([person, *others])
    found = [(other, likeness(traits[person.id], traits[other.id])) for other in others]
    return sorted((pair for pair in found if pair[1].is_suspicious), key=lambda pair: -pair[1].score)


def groups(low: int, high: int) -> list[tuple[UUID, ...]]:
    """Who shares a name and birthday, or a telephone, in a range of regions; each group once."""
    found = (group for kind, condition in _SAME.items() for group in _groups(kind, condition, low, high))
    return list(dict.fromkeys(tuple(sorted(group)) for group in found))


def pairs(groups: Iterable[tuple[UUID, ...]]) -> Iterator[tuple[UUID, UUID, Likeness]]:
    """Every suspicious pair within these groups; whoever was merged or erased since they were formed is passed over."""
    wanted = sorted({pair for group in groups for pair in combinations(group, 2)})
    keys = {key for pair in wanted for key in pair}
    traits = _traits_of(Person.everywhere.filter(pk__in=keys, state__in=[State.ALIVE, State.DEAD]))
    for one, other in wanted:
        if one in traits and other in traits:
            like = likeness(traits[one], traits[other])
            if like.is_suspicious:
                yield one, other, like


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


def _traits_of(persons: Iterable[Person]) -> dict[UUID, Traits]:
    rows = list(persons)
    numbers = id_numbers_of(rows)
    return {
        row.id: Traits(
            name=row.name,
            pinyin=row.name_pinyin,
            sex=row.sex,
            born=row.born,
            id_number=numbers.get(row.id, ""),
            phone=bytes(row.phone_hash) if row.phone_hash else None,
            address=bytes(row.address_hash) if row.address_hash else None,
        )
        for row in rows
    }
