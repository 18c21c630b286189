"""Finding persons by name, pinyin, initials, identity number or telephone number."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.registry.models import Contact, Person, PersonToken
from songhe.areas.registry.queries.secrets import id_hashes, phone_hashes
from songhe.core.codes import parse_id, parse_phone, span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, query_tokens
from songhe.engines.access.api import Scope
from songhe.engines.vault.api import tokens

FOUND_MAX = 400
"""A search by name shows at most so many persons, in the order of regions; a region filter narrows first."""

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
    found = rows
    for place, word in enumerate(wanted):
        hashes = tokens("name", word)
        if place == 0:
            found = found.filter(_in_ranges(rows, scope), tokens__token__in=hashes)
        else:
            found = found.filter(
                Exists(
                    PersonToken.objects.filter(
                        token__in=hashes, region_id=OuterRef("region_id"), person_id=OuterRef("id")
                    )
                )
            )
    few = found.order_by("tokens__region_id", "tokens__person_id").values("pk")[:FOUND_MAX]
    return rows.filter(pk__in=few)


def narrowed(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The region filter of a list of persons; tells the search about it, so that tokens are read inside it only."""
    low, high = span(int(value))
    found = rows.filter(region_id__gte=low, region_id__lt=high)
    found._hints = {**found._hints, "region_span": (low, high)}  # type: ignore[attr-defined]
    return found


def by_phone(number: str, scope: Scope) -> list[Person]:
    """Persons whose own number or whose contact's number this is: who may be calling."""
    try:
        hashes = phone_hashes(parse_phone(number).number)
    except Refused:
        return []
    kin = Contact.objects.within(scope).filter(phone_hash__in=hashes).values("person_id")
    rows = Person.objects.within(scope).filter(Q(phone_hash__in=hashes) | Q(pk__in=kin))
    return list(rows.exclude(state__in=["merged", "erased"]).order_by("name_pinyin")[:20])


def by_id_number(number: str, scope: Scope) -> Person | None:
    """The person with an identity number, inside the scope. Raises Refused for what is no number."""
    found = parse_id(number, field="id_number").number
    row: Person | None = Person.objects.within(scope).filter(id_number_hash__in=id_hashes(found)).first()
    return row


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


def _in_ranges(rows: QuerySet[Any], scope: Scope) -> Q:
    """The token's region inside the filtered region or the scope; tied readers are narrow enough without."""
    hint = rows._hints.get("region_span")  # type: ignore[attr-defined]
    if hint:
        return Q(tokens__region_id__gte=hint[0], tokens__region_id__lt=hint[1])
    if scope.bounds or not scope.areas:
        return Q()
    found = Q(pk__in=[])
    for low, high in scope.areas:
        found |= Q(tokens__region_id__gte=low, tokens__region_id__lt=high)
    return found
