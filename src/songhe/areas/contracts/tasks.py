"""What contracts do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.contracts import actions
from songhe.engines.jobs.api import Work, periodic


@periodic("contracts.turn", every_minutes=30)
def turn(work: Work) -> dict[str, Any]:
    """Let contracts begin and end on their days."""
    with work.entered():
        return dict(actions.turn(at=work.at))
