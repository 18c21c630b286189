"""What cases of 12345 do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.tickets import figures
from songhe.areas.tickets.actions.sending import run_all
from songhe.engines.jobs.api import Work, periodic

__all__ = ["figures", "run"]


@periodic("tickets.run", every_minutes=1)
def run(work: Work) -> dict[str, Any]:
    """Tell 12345 how our orders go, warn of deadlines, send what waits."""
    return dict(run_all(work.at))
