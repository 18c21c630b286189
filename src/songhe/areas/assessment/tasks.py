"""Timers of assessments: results come into force when nobody may object any more."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from songhe.areas.assessment.actions.deciding import ENTER, enter_into_force
from songhe.areas.assessment.models import Assessment, State
from songhe.areas.assessment.queries.results import to_enter
from songhe.engines.jobs.api import Work, job, periodic

AT_ONCE = 200


@job(ENTER, together=True)
def enter(work: Work) -> dict[str, Any]:
    """Put one result into force, unless there was an objection, a correction, or it is in force already."""
    row = Assessment.everywhere.filter(pk=work.args["assessment"]).first()
    if row is None:
        return {"entered": False}
    enter_into_force(row, actor=work.actor, at=work.at)
    return {"entered": row.state == State.CONFIRMED}


@periodic("assessment.enter_due", every_minutes=6 * 60)
def enter_due(work: Work) -> dict[str, Any]:
    """The same for whatever a lost timer left behind."""
    entered = 0
    with work.entered():
        for row in to_enter(timezone.localdate(work.at))[:AT_ONCE]:
            enter_into_force(row, actor=work.actor, at=work.at)
            entered += row.state == State.CONFIRMED
    return {"entered": entered}
