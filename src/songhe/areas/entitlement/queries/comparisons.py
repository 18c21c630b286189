"""Reads of lists of other departments and of what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.entitlement.models import DepartmentList, Grant, GrantState, Mismatch, MismatchState
from songhe.core.days import month_of
from songhe.engines.access.api import Scope


def newest_list(source: str, region: int) -> DepartmentList | None:
    """The newest list of a kind for a region."""
    rows = DepartmentList.everywhere.filter(source=source, region_id=region)
    found: DepartmentList | None = rows.order_by("-as_of").first()
    return found


def with_grants(persons: Iterable[UUID], day: date) -> set[UUID]:
    """Those of some persons who have a grant that still runs after the month of a day."""
    rows = Grant.everywhere.filter(person_id__in=list(persons)).exclude(state=GrantState.STOPPED)
    rows = rows.filter(Q(until_month=None) | Q(until_month__gt=month_of(day)))
    return set(rows.values_list("person_id", flat=True))


def open_mismatches(scope: Scope) -> QuerySet[Mismatch]:
    """What differs in a scope and nobody has decided: those who are paid first."""
    rows: QuerySet[Mismatch] = Mismatch.objects.within(scope).filter(state=MismatchState.OPEN)
    return rows.select_related("person").order_by("-paid", "found_at", "id")
