"""What alarms do by the clock."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.alarms import actions
from songhe.engines.jobs.api import ticking


@ticking("alarms.watch")
def watch(at: datetime) -> int:
    """Ring louder, take from the silent, call the next: whatever is due now."""
    return actions.watch(at)
