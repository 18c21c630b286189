"""Reads of life certifications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import TruncDate

from songhe.areas.entitlement.models import Grant, GrantState, LifeCheck, LifeState
from songhe.areas.entitlement.terms import book
from songhe.engines.access.api import Scope

OPEN = (LifeState.OPEN, LifeState.LATE)


def receivers() -> dict[UUID, tuple[date, int]]:
    """Living persons with a grant that needs certifications: since when they hold one, and their region."""
    rows = Grant.everywhere.filter(benefit__in=book().life.benefits, person__state="alive")
    told: Any = rows.exclude(state=GrantState.STOPPED).values("person_id")
    told = told.annotate(since=Min(TruncDate("granted_at")), place=Min("region_id"))
    return {row["person_id"]: (row["since"], row["place"]) for row in told if row["person_id"]}


def certified_last(persons: Iterable[UUID]) -> dict[UUID, date]:
    """The last day on which each of some persons was seen."""
    rows = LifeCheck.everywhere.filter(person_id__in=list(persons), state=LifeState.DONE).values("person_id")
    return {row["person_id"]: row["last"] for row in rows.annotate(last=Max("done_on"))}


def life_due(persons: Iterable[UUID], by: date) -> dict[UUID, LifeCheck]:
    """Open certifications of some persons that are due by a day."""
    rows = LifeCheck.everywhere.filter(person_id__in=list(persons), state__in=OPEN, due_on__lte=by)
    return {row.person_id: row for row in rows}


def to_certify(scope: Scope, by: date) -> QuerySet[LifeCheck]:
    """Certifications of a scope that are due by a day, the oldest first."""
    rows: QuerySet[LifeCheck] = LifeCheck.objects.within(scope).filter(state__in=OPEN, due_on__lte=by)
    return rows.select_related("person").order_by("due_on", "id")
