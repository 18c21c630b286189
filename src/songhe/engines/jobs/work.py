"""What a running job holds in its hands."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM, Actor
from songhe.engines.access.models import User
from songhe.engines.access.scope import Scope, entered
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.registry import Cancelled

LEASE = timedelta(seconds=60)
"""Chores: they show progress, and each step renews it."""
SHORT = timedelta(seconds=12)
"""Timers and the outbox: the worker's heart renews it, so that another takes over soon when the worker dies."""


class Work:
    """The job's arguments, its actor, and its progress."""

    def __init__(self, job: Job, at: datetime) -> None:
        self.job = job
        self.at = at
        self.args: dict[str, Any] = job.args
        self.actor: Actor = actor_of(job.actor_id)

    def entered(self) -> AbstractContextManager[Scope]:
        """One transaction under the scope of whoever started the job; long jobs enter it once for each chunk."""
        return entered(self.actor.scope())

    def step(self, done: int, total: int, note: str = "") -> None:
        """Show progress, keep the lease, and stop here when asked to. Call it outside ``entered``."""
        changed = Job.objects.filter(pk=self.job.pk, stop_asked=False).update(
            done=done,
            total=total,
            note=note[:200],
            lease_until=timezone.now() + (LEASE if self.job.lane == Job.Lane.CHORE else SHORT),
        )
        if not changed:
            raise Cancelled


def actor_of(actor_id: UUID) -> Actor:
    """The user who started a job, or the system."""
    if actor_id == SYSTEM.id:
        return SYSTEM
    user = User.objects.filter(pk=actor_id, is_active=True).first()
    if user is None:
        raise Refused(
            "actor_gone", "The user who started this is no longer active. Start it again as another user."
        )
    return user
