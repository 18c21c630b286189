"""Levels judged in a county and a period, by who judged them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from songhe.areas.assessment.models import Assessment
from songhe.areas.assessment.rules.drift import Judged
from songhe.core.codes.region import span
from songhe.engines.access.api import Scope, User


def judged(scope: Scope, county: int, since: date, until: date) -> list[Judged]:
    """The assessments of a county signed from one day to another, both included."""
    low, high = span(county)
    rows = Assessment.objects.within(scope).filter(
        judged__isnull=False,
        region_id__gte=low,
        region_id__lt=high,
        assessed_on__gte=since,
        assessed_on__lte=until,
    )
    columns = rows.values_list("first_assessor_id", "second_assessor_id", "judged")
    return [
        Judged(frozenset(key for key in (first, second) if key is not None), level or 0)
        for first, second, level in columns
    ]


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of assessors."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=list(ids))}
