"""Grants of a region in columns, as payment runs take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from songhe.areas.entitlement.models import Grant, GrantSpan, GrantState, HolderKind, Owed
from songhe.areas.entitlement.rules.readings import Array
from songhe.areas.registry.api import Fact, Member
from songhe.core.codes.region import span
from songhe.engines.access.copying import copied, open_until
from songhe.engines.acts.api import persons_touched

STATES: Final = (GrantState.IN_FORCE, GrantState.SUSPENDED, GrantState.STOPPED)
OWED: Final = (Owed.NO, Owed.OWED, Owed.PAID)


@dataclass(frozen=True, slots=True)
class Granted:
    """Grants in the order of their ids, and their spans. Months count from year 0; an open end is far away.

    ``person`` is the id under which what is known is found: the person's, and for bodies the grant's own.
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


BODIES: Final = (HolderKind.FACILITY, HolderKind.ORGANISATION, HolderKind.WORKER)


def of_bodies(region: int, benefits: Sequence[str]) -> QuerySet[Any]:
    """The grants to facilities, organisations and workers of a region for some benefits, in the scope entered."""
    rows = Grant.objects.here().within_region(*span(region))
    return rows.filter(holder_kind__in=BODIES, benefit__in=benefits)


def of_persons(region: int, benefits: Sequence[str], persons: Sequence[UUID] | None = None) -> QuerySet[Any]:
    """The grants to persons of a region, or to some of them, for some benefits, in the scope that is entered."""
    rows = Grant.objects.here().within_region(*span(region))
    rows = rows.filter(holder_kind=HolderKind.PERSON, benefit__in=benefits)
    return rows if persons is None else rows.filter(person__id__among=persons)


def with_news(region: int, since: datetime) -> list[UUID]:
    """Persons of a region of whom something was recorded since a moment, and everybody who lives or lived with them."""
    low, high = span(region)
    facts = Fact.objects.here().within_region(low, high)
    told = facts.filter(Q(recorded_at__gt=since) | Q(recorded_until__gt=since))
    granted_anew = Grant.objects.here().within_region(low, high).filter(changed_at__gt=since)
    touched = {
        *told.values_list("person_id", flat=True),
        *granted_anew.exclude(person_id=None).values_list("person_id", flat=True),
        *persons_touched(since, low, high),
    }
    homes = Member.objects.here().within_region(low, high)
    shared = homes.filter(person__id__among=list(touched)).values("household_id")
    return sorted(touched | set(homes.filter(household_id__in=shared).values_list("person_id", flat=True)))


def granted(region: int, benefits: Sequence[str], persons: Sequence[UUID] | None = None) -> Granted:
    """All grants to persons of a region, or to some of them, for some benefits, whether in force or over."""
    return columns_of(of_persons(region, benefits, persons), benefits, "person_id")


def columns_of(rows: QuerySet[Any], benefits: Sequence[str], holder: str) -> Granted:
    """Grants and their spans in columns; ``holder`` names the id under which what is known of them is found."""
    grants = copied(
        rows.annotate(which=_place("benefit", benefits), stop=open_until("until_month")).order_by("id"),
        id="uuid",
        **({} if holder == "id" else {holder: "uuid"}),
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
        person=grants[holder],
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
