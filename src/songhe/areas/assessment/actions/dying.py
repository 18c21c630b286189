"""What a death does to assessments that nobody has signed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from songhe.areas.assessment.actions.common import moved, unreach
from songhe.areas.assessment.actions.deciding import withdraw_objection
from songhe.areas.assessment.models import OPEN, Assessment, Cause
from songhe.areas.registry.api import Death, Person, when_dead
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import act


@when_dead
def give_up_for_the_dead(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Nobody goes to assess somebody who died. What is signed stays and counts for the months lived."""
    for row in Assessment.everywhere.filter(person=person, state__in=OPEN):
        _give_up(row, actor=actor, at=at)


@act("assessment.assign", verb="assessment.give_up_for_the_dead")
def _give_up(row: Assessment, *, actor: Actor, at: datetime) -> Assessment:
    """The case is moved by the system: who confirms a death need not be the one who may cancel assessments.

    Where it answers an objection, the objection ends with it and the first result stands.
    """
    why = gettext("The person died.")
    if row.cause == Cause.OBJECTION and row.corrects is not None:
        withdraw_objection(row.corrects, actor=SYSTEM, at=at, reason=why)
        row.refresh_from_db()
        return row
    unreach(row, at)
    return moved(row, "cancel", actor=SYSTEM, at=at, note=why)
