"""Assessments by who has to do something about them, and results in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from songhe.areas.assessment.models import EDITABLE, OPEN, UNDECIDED, Assessment, Cause, State
from songhe.areas.registry.api import Person
from songhe.core.codes.region import ancestors
from songhe.engines.access.api import Grant, Scope, asked, elevated, roles
from songhe.engines.access.scoped import ScopedQuerySet

FORM = "gbt42195-2022"


def seen(scope: Scope) -> ScopedQuerySet[Assessment]:
    """The assessments of a scope whose person the reader still reaches."""
    rows = Assessment.objects.within(scope)
    return rows if scope.areas else rows.filter(person__in=Person.objects.within(scope).values("pk"))


def able_to_assess(region: int) -> dict[UUID, str]:
    """Users who may fill in forms in a region, by name."""
    codes = [code for code, role in roles().items() if "assessment.answer" in role.rights]
    today = TruncDate(Now())
    grants = (
        Grant.objects.filter(role__in=codes, revoked_at=None, since__lte=today, user__is_active=True)
        .filter(Q(until=None) | Q(until__gt=today))
        .filter(region_id__in=(*ancestors(region), region))
        .select_related("user")
        .order_by("user__name", "user__username")
    )
    return {grant.user_id: str(grant.user) for grant in grants}


def assessor_choices(row: Any, user: Any) -> list[tuple[str, str]]:
    """The users who may assess, as choices of a form."""
    return [(str(key), name) for key, name in able_to_assess(row.region_id).items()]


def to_do(scope: Scope, user_id: UUID) -> QuerySet[Assessment]:
    """The assessments that wait for a user: to fill in, or to sign."""
    mine = Q(first_assessor=user_id) | Q(second_assessor=user_id)
    unsigned = Q(first_assessor=user_id, first_signed_at=None) | Q(
        second_assessor=user_id, second_signed_at=None
    )
    rows = seen(scope).filter(mine, state__in=EDITABLE).filter(Q(state=State.ASSIGNED) | unsigned)
    return rows.select_related("person").order_by("due_at", "id")


def waiting(scope: Scope, state: State) -> QuerySet[Assessment]:
    """The assessments of a scope in one state, the oldest deadline first."""
    return seen(scope).filter(state=state).select_related("person").order_by("due_at", "id")


def in_force(person_ids: Iterable[UUID], on: date) -> dict[UUID, Assessment]:
    """The assessment that counts on a day for each person; people without one are absent.

    What is not delivered, may still be objected to, or is disputed does not count.
    """
    wanted = list(person_ids)
    rows = _in_force_of(wanted[0], on) if len(wanted) == 1 else _in_force(wanted, on)
    return {row.person_id: row for row in rows}


def _in_force(persons: Sequence[UUID], on: date) -> QuerySet[Assessment]:
    return Assessment.everywhere.filter(
        person_id__in=persons, state=State.CONFIRMED, in_force_on__lte=on, holds_until__gt=on
    ).order_by("in_force_on", "assessed_on", "confirmed_at")


@asked
def _in_force_of(person: UUID, on: date) -> QuerySet[Assessment]:
    return _in_force([person], on)


def counted(known_at: datetime | None = None) -> ScopedQuerySet[Any]:
    """Results with the days on which they count (``start``, ``stop``) and their level (``told``), as far as
    was known at a moment, so ordered that of two on one day the later one counts. Of the scope that is entered."""
    dated = Q(in_force_on__isnull=False, holds_until__isnull=False)
    rows = Assessment.objects.here().filter(dated, state=State.CONFIRMED)
    if known_at is not None:
        rows = rows.filter(confirmed_at__lte=known_at)
    told = rows.annotate(start=F("in_force_on"), stop=F("holds_until"), told=F("level"))
    return told.order_by("in_force_on", "assessed_on", "confirmed_at")


def of_person(person_id: UUID) -> QuerySet[Assessment]:
    """All assessments of a person that the scope shows, the newest first."""
    return Assessment.everywhere.filter(person_id=person_id).order_by("-requested_at")


def replaced(row: Assessment) -> list[Assessment]:
    """What an assessment stands in for, the nearest first: what it corrects or answers an objection to, and so on."""
    found: list[Assessment] = []
    with elevated():  # an assessor who must stay away from a disputed result does not reach it
        while row.corrects_id is not None:
            row = Assessment.everywhere.get(pk=row.corrects_id)
            found.append(row)
    return found


def disputed(row: Assessment) -> list[Assessment]:
    """The earlier results to which there was an objection; whoever made them does not assess again."""
    line = [row, *replaced(row)]
    return [old for new, old in pairwise(line) if new.cause == Cause.OBJECTION]


def successor_of(row: Assessment) -> Assessment | None:
    """What was begun in place of a result and not given up."""
    rows = Assessment.everywhere.filter(corrects_id=row.pk).exclude(state=State.CANCELLED)
    return rows.order_by("-requested_at").first()


def to_enter(on: date) -> QuerySet[Assessment]:
    """Delivered results whose days for an objection are over on a day."""
    return Assessment.everywhere.filter(state=State.DELIVERED, objections_until__lt=on).order_by("id")


def under_way(person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the persons who have an assessment asked for, being made, or not yet in force."""
    rows = Assessment.everywhere.filter(person_id__in=list(person_ids), state__in=(*OPEN, *UNDECIDED))
    return set(rows.values_list("person_id", flat=True))
