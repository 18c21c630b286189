"""Claiming and running jobs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.acts.origin import Origin, from_origin
from songhe.engines.jobs.models import Job, Schedule
from songhe.engines.jobs.registry import KINDS, Cancelled
from songhe.engines.jobs.start import start
from songhe.engines.jobs.work import LEASE, Work

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
SCHEDULE_SECONDS = 20.0
ALL_LANES = tuple(Job.Lane.values)


def run_due(at: datetime, *, lanes: Sequence[str] = ALL_LANES, most: int = 1000) -> int:
    """Run every job that is due at ``at``, here and now; returns how many ran."""
    count = 0
    while count < most and (found := _claim(at, lanes)):
        _run(found, at)
        count += 1
    return count


def work_for_ever(stop: threading.Event) -> None:
    """Run jobs until told to stop, each lane in a thread: no timer waits for a provider that does not answer."""
    urgent = [
        threading.Thread(target=_loop, args=((lane,), stop, False), daemon=True)
        for lane in (Job.Lane.TIMER, Job.Lane.OUTBOX)
    ]
    for thread in urgent:
        thread.start()
    _loop((Job.Lane.CHORE,), stop, True)
    for thread in urgent:
        thread.join(timeout=5)


def _loop(lanes: Sequence[str], stop: threading.Event, schedules: bool) -> None:
    looked = 0.0
    while not stop.is_set():
        try:
            close_old_connections()
            if schedules and time.monotonic() - looked > SCHEDULE_SECONDS:
                _start_periodic(timezone.now())
                looked = time.monotonic()
            if run_due(timezone.now(), lanes=lanes, most=50):
                continue
        except Exception:  # the database may be restarting: say so and try again
            log.exception("jobs: a round failed; trying again")
            connection.close()
        stop.wait(0.5)


def _claim(at: datetime, lanes: Sequence[str]) -> Job | None:
    """The next job: what a person waits for goes before what the clock started, then the earliest."""
    rows = Job.objects.raw(
        "UPDATE jobs_job SET state = 'running', lease_until = %s, attempts = attempts + 1 WHERE id = ("
        " SELECT id FROM jobs_job WHERE lane = ANY(%s) AND kind = ANY(%s) AND"
        " ((state = 'waiting' AND run_at <= %s) OR (state = 'running' AND lease_until < %s))"
        " ORDER BY actor_id = %s, run_at, id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *",
        [at + LEASE, list(lanes), list(KINDS), at, at, SYSTEM.id],
    )
    return next(iter(rows), None)


def _run(job: Job, at: datetime) -> None:
    kind = KINDS[job.kind]
    if job.attempts > MOST_ATTEMPTS:  # its workers died before they could say why
        _finish(job, Job.State.FAILED, at, error="The worker died each time.")
        return
    with from_origin(Origin("job")):
        try:
            work = Work(job, at)
            if kind.together:
                with transaction.atomic(), work.entered():
                    _finish(job, Job.State.DONE, at, result=kind.function(work) or {})
            else:
                result = kind.function(work) or {}
                _finish(job, Job.State.DONE, at, result=result)
        except Cancelled:
            _finish(job, Job.State.CANCELLED, at)
        except Refused as refusal:
            _finish(job, Job.State.FAILED, at, error=str(refusal))
        except Exception as fault:
            log.exception("job %s failed", job.kind)
            _again_or_fail(job, at, f"{type(fault).__name__}: {fault}")


def _finish(job: Job, state: str, at: datetime, *, result: object = None, error: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state, finished_at=at, result=result or {}, error=error[:2000], lease_until=None
    )


def _again_or_fail(job: Job, at: datetime, error: str) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _finish(job, Job.State.FAILED, at, error=error)
        return
    wait = timedelta(seconds=10 * 2**job.attempts)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WAITING, run_at=at + wait, error=error[:2000], lease_until=None
    )


def _start_periodic(at: datetime) -> None:
    for kind in [kind for kind in KINDS.values() if kind.every_minutes]:
        Schedule.objects.bulk_create([Schedule(kind=kind.name, next_at=at)], ignore_conflicts=True)
        due = Schedule.objects.filter(kind=kind.name, next_at__lte=at)
        if due.update(next_at=at + timedelta(minutes=kind.every_minutes or 1)):
            start(kind.name, actor=SYSTEM, at=at, key="periodic")
