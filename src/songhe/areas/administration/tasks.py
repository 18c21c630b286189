"""What the installation does for its own log."""

from __future__ import annotations

from typing import Any

from songhe.engines.acts import chain
from songhe.engines.jobs.api import Work, periodic


@periodic("acts.seal", every_minutes=1)
def seal_acts(work: Work) -> dict[str, Any]:
    """Seal the acts of the last minute into the hash chain."""
    return {"sealed": chain.seal(work.at)}
