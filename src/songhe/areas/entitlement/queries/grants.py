"""Reads of grants: who has a right to what in a month, who is suspended then, what is owed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from songhe.areas.entitlement.models import Grant, GrantSpan, GrantState, HolderKind, Owed
from songhe.areas.entitlement.rules import Months, Stretch
from songhe.core.codes.region import span
from songhe.core.days import month_of
from songhe.engines.access.api import Scope


@dataclass(frozen=True, slots=True)
class InForce:
    """A grant that covers a month. ``suspended``: it is not paid for that month now; ``why`` says so."""

    grant: Grant
    suspended: bool
    why: str


@dataclass(frozen=True, slots=True)
class Arrears:
    """Suspended months of a grant that the next payment owes."""

    grant: Grant
    span_id: UUID
    months: Months


def in_force(month: date, region: int, scope: Scope) -> list[InForce]:
    """The grants of a region whose months cover a month, in the order of regions, and who is suspended then.

    A person who died before the month has no grant in it, whether or not it was stopped yet; nor has an entry that
    was merged into another.
    """
    first = month_of(month)
    spans = GrantSpan.everywhere.filter(grant=OuterRef("pk"), from_month__lte=first)
    spans = spans.filter(Q(until_month=None) | Q(until_month__gt=first)).order_by("-from_month")
    rows: Iterable[Any] = (
        Grant.objects.within(scope)
        .within_region(*span(region))
        .filter(from_month__lte=first)
        .filter(Q(until_month=None) | Q(until_month__gt=first))
        .exclude(person__died_on__lt=first)
        .exclude(person__state__in=["merged", "erased"])
        .annotate(state_then=Subquery(spans.values("state")[:1]), why_then=Subquery(spans.values("why")[:1]))
        .select_related("person", "policy")
        .order_by("region_id", "benefit", "id")
    )
    return [InForce(row, row.state_then == GrantState.SUSPENDED, row.why_then or "") for row in rows]


def arrears_due(region: int, scope: Scope) -> list[Arrears]:
    """Months of a region that were suspended and are owed, for the next payment to take."""
    rows = GrantSpan.objects.within(scope).within_region(*span(region)).filter(owed=Owed.OWED)
    rows = rows.select_related("grant", "grant__person").order_by("region_id", "from_month", "id")
    return [Arrears(row.grant, row.pk, Months(row.from_month, row.until_month)) for row in rows]


def grants_of(person_id: UUID) -> QuerySet[Grant]:
    """All grants of a person, the latest first."""
    rows: QuerySet[Grant] = Grant.everywhere.filter(person_id=person_id)
    return rows.order_by("-from_month", "benefit")


def open_grant(person_id: UUID, benefit: str, *, on: date) -> Grant | None:
    """The grant of a person that covers the month of a day or begins later."""
    first = month_of(on)
    rows = Grant.everywhere.filter(person_id=person_id, benefit=benefit, holder_kind=HolderKind.PERSON)
    lasting = Q(until_month=None) | (Q(until_month__gt=first) & Q(until_month__gt=F("from_month")))
    found: Grant | None = rows.filter(lasting).order_by("from_month").first()
    return found


def body_grant(holder_id: UUID, benefit: str, *, on: date) -> Grant | None:
    """The grant of a facility, an organisation or a worker that covers the month of a day or begins later."""
    first = month_of(on)
    rows = Grant.everywhere.filter(holder_id=holder_id, benefit=benefit)
    found: Grant | None = rows.filter(Q(until_month=None) | Q(until_month__gt=first)).first()
    return found


def stretches_of(grant: Grant) -> tuple[Stretch, ...]:
    """The states of a grant over its months, as rules take them."""
    rows = GrantSpan.everywhere.filter(grant=grant).order_by("from_month")
    return tuple(
        Stretch(Months(row.from_month, row.until_month), row.state, row.why, row.owed) for row in rows
    )
