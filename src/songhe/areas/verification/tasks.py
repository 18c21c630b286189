"""Comparing visits by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from songhe.areas.care.api import Absence
from songhe.areas.verification import actions
from songhe.areas.visits.api import look_again
from songhe.engines.jobs.api import Work, periodic


@periodic("verification.look", every_minutes=10)
def look(work: Work) -> dict[str, Any]:
    """Compare the visits that ended since."""
    total = 0
    while True:
        with work.entered():
            done = actions.look(actor=work.actor, at=work.at)
        if not done:
            return {"visits": total}
        total += done
        work.step(total, total)


@periodic("verification.absences", at="00:50")
def absences(work: Work) -> dict[str, Any]:
    """Visits during an absence that was entered in the last two days are compared again: a night may be missed."""
    with work.entered():
        fresh = Absence.everywhere.filter(entered_at__gte=work.at - timedelta(hours=49))
        return {
            "visits": sum(
                look_again(person, since) for person, since in fresh.values_list("person_id", "since")
            )
        }
