"""Sending what is due, looking for what was left lying, and forgetting what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Min

from songhe.engines.access.actor import SYSTEM
from songhe.engines.access.scope import Scope, entered
from songhe.engines.jobs.api import Work, job, periodic, start
from songhe.engines.jobs.models import Job
from songhe.engines.notices.claiming import LEASE, URGENT_LEASE
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


@periodic("notices.prune", every_minutes=24 * 60)
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
    watch = Job(
        kind=SEND, actor_id=SYSTEM.id, lane=Job.Lane.OUTBOX, created_at=work.at, run_at=work.at + URGENT_LEASE
    )

    def watched() -> None:
        """If this process dies while it sends, another takes over as soon as the lease is over."""
        watch.run_at = clock() + min(LEASE, URGENT_LEASE) + timedelta(seconds=1)
        watch.save()

    while taken := send_batch(clock, leased=watched):
        total += taken
        work.step(total, 0)
    Job.objects.filter(pk=watch.pk, state=Job.State.WAITING).delete()
    _come_back(work)
    return {"messages": total}


def _come_back(work: Work) -> None:
    """A job for the next thing to be done, unless one waits already."""
    with entered(Scope.EVERYTHING):
        first = Notice.everywhere.filter(next_at__isnull=False).aggregate(first=Min("next_at"))["first"]
    if first is None:
        return
    known = Job.objects.filter(kind=SEND, state=Job.State.WAITING, run_at__lte=max(first, work.at))
    if not known.exists():
        start(SEND, actor=SYSTEM, at=work.at, lane=Job.Lane.OUTBOX, run_at=first)
