"""Commands that nobody received in time end."""

from __future__ import annotations

from typing import Any

from songhe.engines.access.scope import Scope, entered
from songhe.engines.commands.ordering import expire
from songhe.engines.jobs.api import Work, periodic


@periodic("commands.expire", every_minutes=5)
def expire_commands(work: Work) -> dict[str, Any]:
    """End what was not acknowledged in time."""
    with entered(Scope.EVERYTHING):
        return {"expired": expire(at=work.at)}
