"""Starting and stopping jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.engines.access.actor import Actor
from songhe.engines.jobs.ending import lose
from songhe.engines.jobs.models import Job

OPEN = (Job.State.WAITING, Job.State.RUNNING)


def start(
    kind: str,
    args: dict[str, Any] | None = None,
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
    lane: str = Job.Lane.CHORE,
    run_at: datetime | None = None,
) -> Job:
    """Put a job in the queue, in the caller's transaction; an open job of the same kind and key is returned instead."""
    fresh = Job(
        kind=kind, args=args or {}, actor_id=actor.id, key=key, lane=lane, created_at=at, run_at=run_at or at
    )
    if key is None:
        fresh.save(force_insert=True)
        return fresh
    while True:
        Job.objects.bulk_create([fresh], ignore_conflicts=True)
        found = Job.objects.filter(kind=kind, key=key, state__in=OPEN).first()
        if found is not None:  # else the open one ended in between, and there is room for this one
            return found


def start_many(jobs: Sequence[Job]) -> None:
    """Put jobs in the queue in one statement; those whose kind and key wait already are left out."""
    Job.objects.bulk_create(jobs, ignore_conflicts=True)


def still_open(ids: Iterable[UUID]) -> set[UUID]:
    """Those of some jobs that wait or run; all others have ended, however they did."""
    rows = Job.objects.filter(pk__in=list(ids), state__in=OPEN)
    return set(rows.values_list("pk", flat=True))


def ask_to_stop(job_id: UUID, *, at: datetime) -> None:
    """Stop a waiting job now and a running one at its next step."""
    with transaction.atomic():
        waiting = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.WAITING).first()
        if waiting is not None:
            lose(waiting, Job.State.CANCELLED, at)
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(stop_asked=True, done=F("done"))
