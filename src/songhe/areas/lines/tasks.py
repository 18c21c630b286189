"""What lines do by the clock: wishes that the exchange did not take at once, and figures."""

from __future__ import annotations

from typing import Any

from songhe.areas.lines import actions, figures
from songhe.engines.jobs.api import Work, periodic

__all__ = ["figures", "send"]


@periodic("lines.wishes", every_minutes=1)
def send(work: Work) -> dict[str, Any]:
    """Carry out what the exchange was not reached for; what is too old has failed."""
    with work.entered():
        return {"sent": actions.send_wishes(at=work.at)}
