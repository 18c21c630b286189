"""Figures are computed again every five minutes for this period, and once more for the last one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime

from songhe.core.measure import Period
from songhe.engines.indicators.refresh import refresh
from songhe.engines.indicators.registry import indicators, only_now, provider_of
from songhe.engines.jobs.api import Work, periodic

SETTLING = timedelta(days=5)
"""How long after its end a period's figures may still change, because records come in late."""


@periodic("indicators.refresh", every_minutes=5)
def refresh_all(work: Work) -> dict[str, Any]:
    """Compute every indicator that has a provider; the last period too while it may still change and can be told."""
    codes = [code for code in indicators() if provider_of(code)]
    changed = 0
    for done, code in enumerate(codes):
        work.step(done, len(codes), code)
        kind = indicators()[code].period
        today = localtime(work.at).date()
        days = {today} if only_now(code) else {today, today - SETTLING}
        for period in sorted({Period.holding(day, kind) for day in days}):
            changed += refresh(code, period, at=work.at)
    return {"indicators": len(codes), "changed": changed}
