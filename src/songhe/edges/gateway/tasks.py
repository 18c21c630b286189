"""What the road in does by the clock: messages that were not understood are not kept for ever."""

from __future__ import annotations

from typing import Any

from songhe.edges.gateway.keeping import let_go
from songhe.engines.jobs.api import Work, periodic


@periodic("gateway.let_go", every_minutes=60)
def let_go_aside(work: Work) -> dict[str, Any]:
    """Delete what was kept aside long enough, and of each device all but the newest, a chunk at a time."""
    count = 0
    while True:
        with work.entered():
            gone = let_go(actor=work.actor, at=work.at)
        if not gone:
            return {"gone": count}
        count += gone
        work.step(count, count)
