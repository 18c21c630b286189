"""How long the installation keeps rows about its own work. They are telemetry and no acts, and so is their end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet

from songhe.core.sources import Data, read, whole
from songhe.engines.access.api import SYSTEM
from songhe.engines.access.models import Attempt
from songhe.engines.acts.once import forget
from songhe.engines.jobs.models import Job

BATCH = 5_000


@lru_cache(maxsize=1)
def _days() -> Data:
    file = settings.DATA / "nation/keeping.yaml"
    return read(file.read_text(encoding="utf-8"), name=file.name).data


def kept(what: str) -> timedelta:
    """How long something is kept."""
    return timedelta(days=whole(_days(), f"{what}_days", "keeping.yaml"))


def old(at: datetime) -> dict[str, QuerySet[Model]]:
    """What is older than it is kept, by name."""
    over = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
    return {
        "attempts": Attempt.objects.filter(at__lt=at - kept("attempts")),
        "jobs": Job.objects.filter(actor_id=SYSTEM.id, state__in=over, finished_at__lt=at - kept("jobs")),
        "sessions": Session.objects.filter(expire_date__lt=at),
    }


def sweeps(at: datetime) -> dict[str, Callable[[], int]]:
    """What deletes the next piece of each kind, and tells how much that was."""
    before = at - kept("once")
    rows = {name: partial(sweep, found) for name, found in old(at).items()}
    return rows | {"once": lambda: forget(before, most=BATCH)}


def sweep(rows: QuerySet[Model]) -> int:
    """Delete the next of them; returns how many."""
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0] if keys else 0
