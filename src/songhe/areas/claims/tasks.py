"""What claims do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.claims import actions
from songhe.engines.jobs.api import Work, periodic


@periodic("claims.lapse", at="03:20")
def lapse(work: Work) -> dict[str, Any]:
    """Give up visits that nobody claimed in time."""
    with work.entered():
        return {"lapsed": actions.lapse(at=work.at)}
