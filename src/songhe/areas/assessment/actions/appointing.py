"""Appointments: making one, finding nobody to assess, asking again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.actions.common import Note, moved, need_assessor, unreach
from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import Absence, Assessment, Attempt, Medical, State
from songhe.areas.assessment.rules.appointment import Next, after_attempt, booking
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field


@act("assessment.answer")
def book(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    appointment_at: Annotated[datetime, Field(label=_("Appointment"))],
) -> Assessment:
    """Say when the two come; an earlier appointment gives way."""
    _to_be_assessed(assessment, actor)
    booking(appointment_at, at).or_refuse()
    assessment.appointment_at = appointment_at
    assessment.save(update_fields=["appointment_at"])
    return assessment


@act("assessment.answer")
def absent(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    absence: Annotated[Absence, Field(label=_("Reason"))],
    next_at: Annotated[
        datetime | None, Field(label=_("Next appointment"), help=_("Not needed after the last attempt."))
    ] = None,
    note: Note = "",
) -> Assessment:
    """Record that the person could not be assessed: a new appointment, or back to the requester after enough attempts."""
    _to_be_assessed(assessment, actor)
    most = parameters().attempts_most
    step = after_attempt(assessment.attempts + 1, most=most, next_at=next_at, at=at).or_refuse()
    rebooked = next_at if step is Next.REBOOK else None
    Attempt.everywhere.create(
        assessment=assessment,
        person_id=assessment.person_id,
        region_id=assessment.region_id,
        appointment_at=assessment.appointment_at,
        absence=absence,
        note=note.strip()[:400],
        next_at=rebooked,
        at=at,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    add_detail(absence=absence, attempt=assessment.attempts + 1)
    assessment.attempts += 1
    assessment.appointment_at = rebooked
    said = str(Absence(absence).label)
    if step is Next.REBOOK:
        return moved(assessment, "absent", actor=actor, at=at, note=said)
    return _given_back(assessment, said, actor=actor, at=at)


@act("assessment.request")
def ask_again(assessment: Assessment, *, actor: Actor, at: datetime, note: Note = "") -> Assessment:
    """Ask once more after enough vain attempts; other people may be named, and attempts are counted anew."""
    if assessment.state != State.RETURNED:
        raise Refused(
            "assessment.not_returned", "This request was not returned to you. Check its processing history."
        )
    assessment.attempts = 0
    return moved(assessment, "ask_again", actor=actor, at=at, note=note)


def _given_back(assessment: Assessment, said: str, *, actor: Actor, at: datetime) -> Assessment:
    """Back to the requester; the assessors are free of it."""
    unreach(assessment, at)
    assessment.first_assessor = assessment.second_assessor = None
    assessment.medical, assessment.namesakes_differ = Medical.NEITHER, False
    with elevated():  # from here on the assessor who tells this no longer reaches the row
        return moved(assessment, "give_back", actor=actor, at=at, passed={"tried_enough"}, note=said)


def _to_be_assessed(assessment: Assessment, actor: Actor) -> None:
    need_assessor(assessment, actor)
    if assessment.state != State.ASSIGNED:
        raise Refused(
            "assessment.not_to_assess",
            "Nobody is to be assessed here now. Look at the state of this assessment.",
        )
