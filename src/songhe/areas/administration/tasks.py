"""What the installation does for its own log, and against its own growth."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.utils.timezone import localdate

from songhe.areas.administration import keeping, recoding
from songhe.core.refusal import Refused
from songhe.engines.acts import chain
from songhe.engines.jobs.api import Work, periodic
from songhe.engines.regions.models import Recode

LATECOMERS = timedelta(days=60)
"""So long after a recoding its old codes are looked through again: a phone may hand in late what it wrote under one."""


@periodic("acts.seal", every_minutes=1)
def seal_acts(work: Work) -> dict[str, Any]:
    """Seal the acts of the last minute into the hash chain."""
    return {"sealed": chain.seal(work.at)}


@periodic("administration.sweep", at="01:50")
def sweep(work: Work) -> dict[str, Any]:
    """Delete sessions, tries to log in, ended jobs and idempotency keys that are older than they are kept, a piece at a time."""
    gone: dict[str, int] = {}
    for name, sweeping in keeping.sweeps(work.at).items():
        gone[name] = 0
        while count := sweeping():
            gone[name] += count
            work.step(sum(gone.values()), 0)
    return gone


@periodic("administration.recode", at="03:30")
def recode(work: Work) -> dict[str, Any]:
    """Apply the recodings that are due and that two sources agree on, and go through the latest ones again; all else waits for
    somebody who names it to ``songhe recode``."""
    today = localdate(work.at)
    latest = Recode.objects.filter(applied_at__gte=work.at - LATECOMERS).order_by("on")
    found: dict[str, Any] = {"applied": 0, "moved": 0, "waiting": []}
    for row in [*recoding.due(today), *latest]:
        work.step(found["applied"], 0, str(row))
        if not row.verified and row.applied_at is None:
            found["waiting"].append(str(row))
            continue
        try:
            report = recoding.apply(row, on=today, actor=work.actor, at=work.at)
        except (Refused, DatabaseError) as fault:  # the others do not wait for it
            found["waiting"].append(f"{row}: {fault}")
        else:
            found["applied"] += row.applied_at is None
            found["moved"] += report.moved
    return found
