"""Sending what is due, looking for what was left lying, and forgetting what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Min

from songhe.engines.access.actor import SYSTEM
from songhe.engines.access.scope import Scope, entered
from songhe.engines.jobs.api import Work, job, periodic, start
from songhe.engines.jobs.models import Job
from songhe.engines.notices.keeping import prune
from songhe.engines.notices.models import Notice
from songhe.engines.notices.sending import clock_from, send_batch
from songhe.engines.notices.telling import SEND

LOOK = "notices.look"
JOBS_KEPT = timedelta(days=1)


@job(SEND)
def send_due(work: Work) -> dict[str, Any]:
    """Send batch after batch until nothing is due. Other jobs of this kind that are due now have nothing left to do."""
    return _drain(work)


@periodic(LOOK, every_minutes=1)
def look(work: Work) -> dict[str, Any]:
    """Start the sending of what is due and for which no job is left, whatever became of it."""
    with entered(Scope.EVERYTHING):
        due = Notice.everywhere.filter(next_at__lte=work.at).exists()
    if due:
        start(SEND, actor=SYSTEM, at=work.at, lane=Job.Lane.OUTBOX)
    return {"due": due}


@periodic("notices.prune", at="00:45")
def forget(work: Work) -> dict[str, Any]:
    """Destroy old texts and numbers, and after longer the rows themselves."""
    over = Job.objects.filter(kind__in=(SEND, LOOK), finished_at__lt=work.at - JOBS_KEPT)
    jobs = over.delete()[0]
    with entered(Scope.EVERYTHING):
        return {**prune(work.at), "jobs": jobs}


def _drain(work: Work) -> dict[str, Any]:
    clock = clock_from(work.at)
    Job.objects.filter(kind=SEND, state=Job.State.WAITING, run_at__lte=work.at).delete()
    total = 0
    while taken := send_batch(clock):
        total += taken
        work.step(total, 0)
    _come_back(work)
    return {"messages": total}


def _come_back(work: Work) -> None:
    """A job for the next thing to be done, or for the end of another worker's lease, unless one waits already."""
    with entered(Scope.EVERYTHING):
        rows = Notice.everywhere.filter(next_at__isnull=False)
        free = rows.filter(lease_until=None).aggregate(first=Min("next_at"))["first"]
        held = rows.filter(lease_until__isnull=False).aggregate(first=Min("lease_until"))["first"]
    first = min((moment for moment in (free, held) if moment is not None), default=None)
    if first is None:
        return
    known = Job.objects.filter(kind=SEND, state=Job.State.WAITING, run_at__lte=max(first, work.at))
    if not known.exists():
        start(SEND, actor=SYSTEM, at=work.at, lane=Job.Lane.OUTBOX, run_at=first)
