"""Counting what work came to, again and again while late records come in."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils import timezone

from songhe.areas.roster.figures import worked
from songhe.areas.roster.models import WorkMonth
from songhe.core.measure import Period
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail

COUNTS = ("visits", "due", "punctual", "known", "knowable", "service", "travel", "paid")


@act("roster.plan", verb="roster.count_work")
def count_work(*, actor: Actor, at: datetime, month: Period) -> int:
    """Count a month up to yesterday, in place of what was counted before; returns for how many. One bulk act."""
    with elevated():  # a job of the system: figures of all organisations
        found = worked(month, timezone.localdate(at))
        rows = [
            WorkMonth(
                level=level,
                month=month.start,
                worker_id=worker,
                organisation_id=organisation,
                region_id=region,
                computed_at=at,
                **{name: getattr(tally, name) for name in COUNTS},
            )
            for (level, worker, organisation, region), tally in found.items()
        ]
        WorkMonth.everywhere.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["month", "level", "region", "organisation", "worker"],
            update_fields=[*COUNTS, "computed_at"],
            batch_size=1_000,
        )
        WorkMonth.everywhere.filter(month=month.start).exclude(computed_at=at).delete()
    told = "|".join(
        sorted(f"{key}:{[getattr(tally, name) for name in COUNTS]}" for key, tally in found.items())
    )
    add_detail(month=str(month), rows=len(rows), content=hashlib.sha256(told.encode()).hexdigest())
    return len(rows)
