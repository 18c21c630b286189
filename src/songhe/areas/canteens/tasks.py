"""What canteens do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.canteens import actions
from songhe.engines.jobs.api import Work, periodic


@periodic("canteens.absent", every_minutes=10)
def absent(work: Work) -> dict[str, Any]:
    """Look for whoever was expected at a meal that is over and did not come."""
    with work.entered():
        return {"checks": actions.turn(at=work.at)}
