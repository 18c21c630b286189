"""Old news is dropped; pages that were away for two days load themselves anew."""

from __future__ import annotations

from typing import Any

from songhe.engines.jobs.api import Work, periodic
from songhe.engines.live.publish import prune


@periodic("live.prune", every_minutes=60)
def prune_news(work: Work) -> dict[str, Any]:
    """Drop news older than two days."""
    return {"dropped": prune(work.at)}
