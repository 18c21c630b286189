"""Grants of a region in columns, as payment runs take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from songhe.areas.entitlement.models import Grant, GrantSpan, GrantState, HolderKind, Owed
from songhe.areas.entitlement.rules.readings import Array
from songhe.core.codes.region import span
from songhe.engines.access.copying import copied, open_until

STATES: Final = (GrantState.IN_FORCE, GrantState.SUSPENDED, GrantState.STOPPED)
OWED: Final = (Owed.NO, Owed.OWED, Owed.PAID)


@dataclass(frozen=True, slots=True)
class Granted:
    """Grants in the order of their ids, and their spans. Months count from year 0; an open end is far away.

    ``benefit`` is a place in the codes asked for. ``span_grant`` is the id of a span's grant, ``span_state`` a place
    in ``STATES`` and ``span_owed`` one in ``OWED``.
    """

    ids: Array
    person: Array
    region: Array
    benefit: Array
    start: Array
    stop: Array
    span_ids: Array
    span_grant: Array
    span_state: Array
    span_owed: Array
    span_start: Array
    span_stop: Array


def of_persons(region: int, benefits: Sequence[str]) -> QuerySet[Any]:
    """The grants to persons of a region for some benefits, in the scope that is entered."""
    rows = Grant.objects.here().within_region(*span(region))
    return rows.filter(holder_kind=HolderKind.PERSON, benefit__in=benefits)


def granted(region: int, benefits: Sequence[str]) -> Granted:
    """All grants to persons of a region for some benefits, whether in force or over."""
    rows = of_persons(region, benefits)
    grants = copied(
        rows.annotate(which=_place("benefit", benefits), stop=open_until("until_month")).order_by("id"),
        id="uuid",
        person_id="uuid",
        region_id="bigint",
        which="bigint",
        from_month="date",
        stop="date",
    )
    spans = GrantSpan.objects.here().filter(grant__in=rows)
    told = copied(
        spans.annotate(
            which=_place("state", STATES), then=_place("owed", OWED), stop=open_until("until_month")
        ).order_by("from_month", "id"),
        id="uuid",
        grant_id="uuid",
        which="bigint",
        then="bigint",
        from_month="date",
        stop="date",
    )
    return Granted(
        ids=grants["id"],
        person=grants["person_id"],
        region=grants["region_id"],
        benefit=grants["which"],
        start=_months(grants["from_month"]),
        stop=_months(grants["stop"]),
        span_ids=told["id"],
        span_grant=told["grant_id"],
        span_state=told["which"],
        span_owed=told["then"],
        span_start=_months(told["from_month"]),
        span_stop=_months(told["stop"]),
    )


def _place(column: str, words: Sequence[str]) -> Case:
    whens = [When(Q(**{column: word}), then=Value(place)) for place, word in enumerate(words)]
    return Case(*whens, default=Value(-1), output_field=IntegerField())


def _months(days: Array) -> Array:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
