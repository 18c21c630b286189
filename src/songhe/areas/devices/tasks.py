"""What devices do by the clock."""

from __future__ import annotations

from typing import Any

from songhe.areas.devices import actions
from songhe.engines.jobs.api import Work, periodic


@periodic("devices.watch", every_minutes=5)
def watch(work: Work) -> dict[str, Any]:
    """Look for devices that are silent, low, or untested."""
    with work.entered():
        return actions.watch(at=work.at)


@periodic("devices.let_go", every_minutes=60)
def let_go(work: Work) -> dict[str, Any]:
    """Delete what is older than it may be kept, a chunk at a time."""
    count = 0
    while True:
        with work.entered():
            gone = actions.let_go(at=work.at)
        if not gone:
            return {"gone": count}
        count += gone
        work.step(count, count)
