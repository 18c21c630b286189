"""Finding persons by name, pinyin, initials, identity number or telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.registry.models import Contact, Person, PersonToken
from songhe.areas.registry.queries.hashes import id_hashes, phone_hashes
from songhe.core.codes import parse_id, parse_phone, span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, query_tokens
from songhe.engines.access.api import Scope
from songhe.engines.vault.api import tokens

FOUND_MAX = 200
"""A search by name shows at most so many persons, in the order of regions; a region filter narrows first."""

Ranges = tuple[tuple[int, int], ...]
_DIGITS = re.compile(r"[\d\sXx()+.-]+")


def search(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    """The persons that the words find: digits are an identity or telephone number, all else a name.

    One or two characters, full pinyin, initials and surnames are looked up as tokens with the region's range
    first, so that the cost follows what is found and not how many persons there are.
    """
    plain = halfwidth(words)
    if any(sign.isdecimal() for sign in plain):
        return rows.filter(_by_number(plain))
    wanted = query_tokens(words)
    if not wanted:
        return rows.none()
    hashes = [tokens("name", word) for word in wanted]
    ranges = _ranges(rows, scope)
    if ranges is not None:
        ids = _carriers(hashes, ranges)
        shown = ids if len(ids) <= FOUND_MAX else _passing(rows, ids, scope)
        if len(ids) <= FOUND_MAX or len(shown) > FOUND_MAX // 2:
            return rows.filter(pk__among=shown[:FOUND_MAX])
    found = rows.filter(_inside("tokens__region_id", ranges), tokens__token__in=hashes[0])
    for other in hashes[1:]:
        found = found.filter(Exists(_also(other, region_id=OuterRef("region_id"), person_id=OuterRef("id"))))
    few = found.order_by("tokens__region_id", "tokens__person_id").values("pk")[:FOUND_MAX]
    return rows.filter(pk__in=few)


def of_persons(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    """Rows whose person the words find, as far as the scope reaches the person."""
    return rows.filter(person_id__in=search(Person.objects.within(scope), words, scope).values("pk"))


def numbered(rows: QuerySet[Any], words: str, scope: Scope) -> QuerySet[Any]:
    """The row of this number, else those whose person the words find: each has its index, both at once have none."""
    found = rows.filter(number=words.strip().upper())
    return found if found.exists() else of_persons(rows, words, scope)


def _carriers(hashes: list[list[int]], ranges: Ranges) -> list[UUID]:
    """Who carries all tokens, from the index of tokens alone; one more than is shown tells that there are too many."""
    found = PersonToken.objects.filter(_inside("region_id", ranges), token__in=hashes[0])
    for other in hashes[1:]:
        found = found.filter(
            Exists(_also(other, region_id=OuterRef("region_id"), person_id=OuterRef("person_id")))
        )
    return list(found.order_by("region_id", "person_id").values_list("person_id", flat=True)[: FOUND_MAX + 1])


def _passing(rows: QuerySet[Any], ids: list[UUID], scope: Scope) -> list[UUID]:
    """Those whom the list's other filters let pass; a list without any asks nothing."""
    region = rows._hints.get("region_span")  # type: ignore[attr-defined]
    whole = Person.objects.within(scope)
    if rows.query.where == (_spanned(whole, *region) if region else whole).query.where:
        return ids
    return list(rows.filter(pk__among=ids).values_list("pk", flat=True))


def _spanned(rows: QuerySet[Any], low: int, high: int) -> QuerySet[Any]:
    return rows.filter(region_id__gte=low, region_id__lt=high)


def _also(hashes: list[int], **outer: OuterRef) -> QuerySet[PersonToken]:
    return PersonToken.objects.filter(token__in=hashes, **outer)


def narrowed(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The region filter of a list of persons; tells the search about it, so that tokens are read inside it only."""
    low, high = span(int(value))
    found = _spanned(rows, low, high)
    found._hints = {**found._hints, "region_span": (low, high)}  # type: ignore[attr-defined]
    return found


def by_phone(number: str, scope: Scope) -> list[Person]:
    """Persons whose own number or whose contact's number this is: who may be calling.

    Contacts are read first: as a subquery in an OR they would keep both indexes from being used.
    """
    try:
        hashes = phone_hashes(parse_phone(number).number)
    except Refused:
        return []
    kin = Contact.objects.within(scope).filter(phone_hash__in=hashes).values_list("person_id", flat=True)
    rows = Person.objects.within(scope).filter(Q(phone_hash__in=hashes) | Q(pk__in=list(kin[:FOUND_MAX])))
    return list(rows.exclude(state__in=["merged", "erased"]).order_by("name_pinyin")[:20])


def by_id_number(number: str, scope: Scope) -> Person | None:
    """The person with an identity number, inside the scope. Raises Refused for what is no number."""
    found = parse_id(number, field="id_number").number
    row: Person | None = Person.objects.within(scope).filter(id_number_hash__in=id_hashes(found)).first()
    return row


def by_id_numbers(numbers: Iterable[str], scope: Scope) -> dict[str, Person]:
    """Persons of a scope by their identity numbers, found by keyed hash; numbers of nobody there are absent."""
    wanted = {hashed: number for number in set(numbers) for hashed in id_hashes(number)}
    rows = Person.objects.within(scope).filter(id_number_hash__among=list(wanted))
    return {wanted[bytes(row.id_number_hash or b"")]: row for row in rows}


def by_id_hashes(hashes: Iterable[bytes], scope: Scope) -> dict[bytes, Person]:
    """Persons of a scope by the keyed hashes of their identity numbers; those of nobody there are absent."""
    rows = Person.objects.within(scope).filter(id_number_hash__among=[bytes(one) for one in hashes])
    return {bytes(row.id_number_hash or b""): row for row in rows}


def _by_number(text: str) -> Q:
    nobody = Q(pk__in=[])
    if not _DIGITS.fullmatch(text):
        return nobody
    try:
        return Q(id_number_hash__in=id_hashes(parse_id(text).number))
    except Refused:
        pass
    try:
        return Q(phone_hash__in=phone_hashes(parse_phone(text).number))
    except Refused:
        return nobody


def _ranges(rows: QuerySet[Any], scope: Scope) -> Ranges | None:
    """Where to read tokens: in the filtered region or the scope; None for tied readers, who are few rows anyway."""
    if scope.bounds or not scope.areas:
        return None
    hint = rows._hints.get("region_span")  # type: ignore[attr-defined]
    return (hint,) if hint else scope.areas


def _inside(column: str, ranges: Ranges | None) -> Q:
    if ranges is None:
        return Q()
    found = Q(pk__in=[])
    for low, high in ranges:
        found |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
    return found
