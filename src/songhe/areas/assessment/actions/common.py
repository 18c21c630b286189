"""What several verbs of assessments share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models import OPEN, UNDECIDED, Assessment, Cause, State
from songhe.areas.assessment.queries.results import FORM, replaced
from songhe.areas.registry.api import Person
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import Actor, Tie, elevated, tie, untie
from songhe.engines.cases.api import move_case, open_case
from songhe.engines.forms import api as forms
from songhe.kit.fields import Field

Note = Annotated[str, Field(label=_("Note"), long=True, size=400)]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


def opened(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    note: str,
    corrects: Assessment | None = None,
    cause: Cause = Cause.REQUEST,
    asked: int | None = None,
) -> Assessment:
    """A new assessment; refused while another of the person is under way that it does not stand in for."""
    under_way = Assessment.everywhere.filter(person=person, state__in=(*OPEN, *UNDECIDED))
    if corrects is not None:
        line = [corrects.pk, *(row.pk for row in replaced(corrects))]
        under_way = under_way.exclude(pk__in=line)
    if under_way.exists():
        raise _under_way()
    case = open_case("assessment", region_id=person.region_id, person_id=person.pk, actor=actor, at=at)
    fresh = Assessment(
        person=person,
        region_id=person.region_id,
        case=case,
        number=case.number,
        state=case.state,
        due_at=case.due_at,
        note=note[:400],
        corrects=corrects,
        cause=cause,
        asked=asked,
        requested_at=at,
        requested_by_id=actor.id,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise _under_way() from error
    return fresh


def begun(assessment: Assessment, *, actor: Actor, at: datetime) -> forms.Answers:
    """Empty answers on the form in force."""
    version = forms.current(FORM, on=timezone.localdate(at), at=at)
    return forms.begin(
        version, person_id=assessment.person_id, region_id=assessment.region_id, actor=actor, at=at
    )


def moved(
    assessment: Assessment,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    note: str = "",
) -> Assessment:
    """Move the case and keep the assessment with what the caller changed on it."""
    case = move_case(assessment.case, code, actor=actor, at=at, passed=passed, note=note)
    assessment.state, assessment.due_at = State(case.state), case.due_at
    assessment.save()
    return assessment


def need_assessor(assessment: Assessment, actor: Actor) -> None:
    """Forbid what only the two assessors may do."""
    if not assessment.is_assessor(actor.id):
        raise Forbidden(
            "assessment.not_assessor",
            "Only the two assessors of this assessment may do this. Ask one of them.",
        )


def reach(assessment: Assessment, holder: UUID, at: datetime) -> None:
    """Let an assessor see the person."""
    tie(
        assessment.person_id,
        holder,
        Tie.Kind.ASSESSOR,
        region_id=assessment.region_id,
        since=timezone.localdate(at),
    )


def unreach(assessment: Assessment, at: datetime) -> None:
    """End what the assessors see; the ties of an assessor lie outside the scope of whoever reassigns."""
    with elevated():
        for holder in (assessment.first_assessor_id, assessment.second_assessor_id):
            if holder is not None:
                untie(assessment.person_id, holder, kind=Tie.Kind.ASSESSOR, until=timezone.localdate(at))


def _under_way() -> Refused:
    return Refused(
        "assessment.open_already",
        "An assessment of this person is under way. Finish, confirm or cancel it first.",
        field="person",
    )
