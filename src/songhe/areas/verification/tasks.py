"""Comparing visits by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.verification import actions
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
