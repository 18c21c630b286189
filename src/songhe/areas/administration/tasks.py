"""What the installation does for its own log, and against its own growth."""

from __future__ import annotations

from typing import Any

from songhe.areas.administration import keeping
from songhe.engines.acts import chain
from songhe.engines.jobs.api import Work, periodic


@periodic("acts.seal", every_minutes=1)
def seal_acts(work: Work) -> dict[str, Any]:
    """Seal the acts of the last minute into the hash chain."""
    return {"sealed": chain.seal(work.at)}


@periodic("administration.sweep", at="01:50")
def sweep(work: Work) -> dict[str, Any]:
    """Delete sessions, tries to log in and ended jobs that are older than they are kept, a piece at a time."""
    gone: dict[str, int] = {}
    for name, rows in keeping.old(work.at).items():
        gone[name] = 0
        while count := keeping.sweep(rows):
            gone[name] += count
            work.step(sum(gone.values()), 0)
    return gone
