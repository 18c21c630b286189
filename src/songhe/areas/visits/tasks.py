"""What visits do by the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from songhe.areas.visits import actions
from songhe.engines.jobs.api import Work, job, periodic


@periodic("visits.missed", every_minutes=15)
def mark_missed(work: Work) -> dict[str, Any]:
    """Mark visits to which nobody came and put their orders back to dispatch."""
    with work.entered():
        return {"missed": actions.miss_overdue(actor=work.actor, at=work.at)}


@periodic("visits.offer_waiting", every_minutes=1)
def offer_waiting(work: Work) -> dict[str, Any]:
    """Put orders into the pool that nobody handed over in time."""
    with work.entered():
        return {"offered": actions.offer_waiting(actor=work.actor, at=work.at)}


@periodic("visits.agree_overdue", every_minutes=60)
def agree_overdue(work: Work) -> dict[str, Any]:
    """Count services as accepted to which nobody objected."""
    with work.entered():
        return {"accepted": actions.agree_overdue(actor=work.actor, at=work.at)}


@job("visits.widen", together=True)
def widen(work: Work) -> dict[str, Any]:
    """Ask more organisations for an order that nobody has taken."""
    return {"asked": actions.widen(UUID(work.args["order"]), int(work.args["wave"]), at=work.at)}
