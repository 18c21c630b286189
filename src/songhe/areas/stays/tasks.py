"""What stays do by the clock: offers run out, beds of long leave are freed, turns are found again."""

from __future__ import annotations

from typing import Any

from songhe.areas.stays import actions
from songhe.areas.stays.queries import figures
from songhe.engines.jobs.api import Work, periodic

__all__ = ["figures", "rank", "turn"]


@periodic("stays.turn", every_minutes=30)
def turn(work: Work) -> dict[str, Any]:
    """Let offers run out and free the beds that are kept no longer."""
    with work.entered():
        return {"run_out": actions.run_out(at=work.at), "freed": actions.free_overdue(at=work.at)}


@periodic("stays.rank", at="00:20")
def rank(work: Work) -> dict[str, Any]:
    """Find whose turn it is again."""
    with work.entered():
        return {"changed": actions.rank_again(at=work.at)}
