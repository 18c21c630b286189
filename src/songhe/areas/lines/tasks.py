"""What lines do by the clock: wishes that the exchange did not take at once, calls whose end was not told, and figures."""

from __future__ import annotations

from typing import Any

from songhe.areas.lines import actions, figures
from songhe.areas.lines.queries import sessions
from songhe.areas.lines.rules import Kind
from songhe.engines.jobs.api import Work, periodic

__all__ = ["end_silent", "figures", "send"]


@periodic("lines.wishes", every_minutes=1)
def send(work: Work) -> dict[str, Any]:
    """Carry out what the exchange was not reached for; what is too old has failed."""
    with work.entered():
        return {"sent": actions.send_wishes(at=work.at)}


@periodic("lines.silent", every_minutes=10)
def end_silent(work: Work) -> dict[str, Any]:
    """End calls of which nothing was told for hours, and free the seats of who was in them."""
    with work.entered():
        silent = list(sessions.silent(work.at))
    for session in silent:
        with work.entered():
            actions.conclude(session, Kind.UNTOLD, at=work.at)
    return {"ended": len(silent)}
