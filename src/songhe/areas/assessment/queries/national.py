"""Reads of the national platform's levels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import Cast

from songhe.areas.assessment.models import DifferenceState, LevelDifference, NationalLevel, Unregistered
from songhe.engines.access.api import Scope
from songhe.engines.access.scoped import ScopedQuerySet

PRESENT = Q(replaced_at=None)
IN_ORDER = ("assessed_on", "imported_at")
"""Of two levels that hold on one day the later assessment counts."""


def valid(on: date) -> ScopedQuerySet[NationalLevel]:
    """The levels that hold on a day, as believed now."""
    rows: ScopedQuerySet[NationalLevel] = NationalLevel.everywhere.filter(PRESENT)
    return rows.filter(assessed_on__lte=on, valid_until__gte=on)


def national_of(person_ids: Iterable[UUID], on: date) -> dict[UUID, NationalLevel]:
    """The national level that counts on a day for each person; people without one are absent."""
    rows = valid(on).filter(person_id__in=list(person_ids)).order_by(*IN_ORDER)
    return {row.person_id: row for row in rows}


def national_counted(known_at: datetime | None = None) -> ScopedQuerySet[NationalLevel]:
    """Levels with the days on which they hold (``start``, ``stop``) and their number (``told``), as far as was known at
    a moment, so ordered that of two on one day the later one counts. Of the scope that is entered."""
    believed = PRESENT
    if known_at is not None:
        believed = Q(imported_at__lte=known_at) & (PRESENT | Q(replaced_at__gt=known_at))
    rows = NationalLevel.objects.here().filter(believed)
    stop = Cast(F("valid_until") + timedelta(days=1), DateField())
    told: Any = rows.annotate(start=F("assessed_on"), stop=stop, told=F("level"))
    found: ScopedQuerySet[NationalLevel] = told.order_by(*IN_ORDER)
    return found


def levels(scope: Scope) -> QuerySet[NationalLevel]:
    """What the platform says now of the people of a scope."""
    rows: QuerySet[NationalLevel] = NationalLevel.objects.within(scope).filter(PRESENT)
    return rows


def of_person(person_id: UUID) -> QuerySet[NationalLevel]:
    """All that the platform said of a person, the newest first."""
    return NationalLevel.everywhere.filter(person_id=person_id).order_by("-assessed_on", "-imported_at")


def strangers(scope: Scope) -> QuerySet[Unregistered]:
    """Whom the platform's list names and the registry does not have."""
    rows: QuerySet[Unregistered] = Unregistered.objects.within(scope).filter(person=None)
    return rows


def to_decide(scope: Scope) -> QuerySet[LevelDifference]:
    """Differences of a scope that nobody has decided, the oldest first."""
    rows: QuerySet[LevelDifference] = LevelDifference.objects.within(scope).filter(state=DifferenceState.OPEN)
    return rows.select_related("person").order_by("found_at", "id")


def national_days(person_ids: Iterable[UUID]) -> dict[UUID, list[tuple[date, date]]]:
    """The first and last days of all levels of some persons, as believed now."""
    rows = NationalLevel.everywhere.filter(PRESENT, person_id__in=list(person_ids)).order_by(*IN_ORDER)
    found: dict[UUID, list[tuple[date, date]]] = {}
    for person, first, last in rows.values_list("person_id", "assessed_on", "valid_until"):
        found.setdefault(person, []).append((first, last))
    return found
