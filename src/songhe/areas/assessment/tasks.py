"""Timers of assessments: results come into force when nobody may object any more."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from songhe.areas.assessment import importing
from songhe.areas.assessment.actions import compare_levels, look_up_all
from songhe.areas.assessment.actions.deciding import ENTER, enter_into_force
from songhe.areas.assessment.models import Assessment, NationalLevel, State, Unregistered
from songhe.areas.assessment.queries.results import to_enter
from songhe.core.codes.region import COUNTY, at_level
from songhe.engines.jobs.api import Work, job, periodic

AT_ONCE = 200
LISTS = (importing.LEVELS,)
"""Named here so that workers know the lists."""


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


@job("assessment.national")
def national(work: Work) -> dict[str, Any]:
    """After a list of the national platform: find whoever is registered by now, and compare the levels."""
    return _compared(work, work.args["region"])


@periodic("assessment.national_daily", at="01:00")
def national_daily(work: Work) -> dict[str, Any]:
    """The same everywhere, since the city's results and the days on which a level is valid change without a list."""
    with work.entered():
        inside = NationalLevel.everywhere.filter(replaced_at=None).values_list("region_id", flat=True)
        listed = Unregistered.everywhere.filter(person=None).values_list("region_id", flat=True)
        counties = {at_level(region, COUNTY) for region in inside.distinct()}
        places = sorted(counties | set(listed.distinct()))
    done = [_compared(work, region) for region in places]
    return {"found": sum(one["found"] for one in done), "open": sum(one["open"] for one in done)}


def _compared(work: Work, region: int) -> dict[str, Any]:
    scope = work.actor.scope("assessment.review")
    with work.entered():
        found = look_up_all(region, scope=scope, actor=work.actor, at=work.at)
        waiting = compare_levels(region, scope=scope, actor=work.actor, at=work.at)
    return {"found": found, "open": waiting}
