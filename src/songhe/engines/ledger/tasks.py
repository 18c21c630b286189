"""Holds past their day are given back."""

from __future__ import annotations

from typing import Any

from songhe.engines.jobs.api import Work, periodic
from songhe.engines.ledger.holds import expire


@periodic("ledger.expire_holds", every_minutes=5)
def expire_holds(work: Work) -> dict[str, Any]:
    """Give back every hold past its day."""
    return {"expired": expire(work.at)}
