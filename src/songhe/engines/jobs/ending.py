"""The end of a job, and word of it to whatever waits for one that came to nothing."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from songhe.core.refusal import Refused
from songhe.engines.access.scope import elevated
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.registry import KINDS, Lost

log = logging.getLogger(__name__)


def finish(job: Job, state: str, at: datetime, *, result: object = None, error: str = "") -> None:
    """Mark a job as ended."""
    Job.objects.filter(pk=job.pk).update(
        state=state, finished_at=at, result=result or {}, error=error[:2000], lease_until=None
    )


def lose(job: Job, state: str, at: datetime, *, error: str = "", refused: Refused | None = None) -> None:
    """End a job without a result, and tell whatever waits for it; a fault in the telling does not keep it open."""
    kind = KINDS.get(job.kind)
    if kind is not None and kind.lost is not None:
        stopped = state == Job.State.CANCELLED
        try:
            with transaction.atomic(), elevated():  # what waits for it may be anybody's
                finish(job, state, at, error=error)
                kind.lost(Lost(job.pk, job.args, at, stopped, refused))
            return
        except Exception:
            log.exception("job %s was lost and nobody could be told", job.kind)
    finish(job, state, at, error=error)
