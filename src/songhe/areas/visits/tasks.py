"""What visits do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.visits import actions
from songhe.engines.jobs.api import Work, periodic


@periodic("visits.missed", every_minutes=15)
def mark_missed(work: Work) -> dict[str, Any]:
    """Mark visits to which nobody came and put their orders back to dispatch."""
    with work.entered():
        return {"missed": actions.miss_overdue(actor=work.actor, at=work.at)}
