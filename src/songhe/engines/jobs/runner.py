"""Claiming and running jobs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from songhe.core.refusal import Refused
from songhe.engines.access.actor import SYSTEM
from songhe.engines.acts.origin import Origin, from_origin
from songhe.engines.jobs.ending import finish, lose
from songhe.engines.jobs.models import Job
from songhe.engines.jobs.registry import KINDS, TICKS, Cancelled
from songhe.engines.jobs.schedule import start_periodic
from songhe.engines.jobs.work import LEASE, SHORT, Work

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
SCHEDULE_SECONDS = 20.0
BEAT_SECONDS = 4.0
ALL_LANES = tuple(Job.Lane.values)


def run_due(at: datetime, *, lanes: Sequence[str] = ALL_LANES, most: int = 1000) -> int:
    """Run every job that is due at ``at``, here and now; returns how many ran."""
    count = 0
    while count < most and (found := _claim(at, "lane = ANY(%s)", list(lanes))):
        _run(found, at)
        count += 1
    return count


def run_one(job_id: UUID, at: datetime) -> bool:
    """Run this job here and now if it is due and nobody has it in hand; all others stay in the queue."""
    found = _claim(at, "id = %s", job_id)
    if found is not None:
        _run(found, at)
    return found is not None


def work_for_ever(stop: threading.Event) -> None:
    """Run jobs until told to stop. The clock has a thread of its own, so that no slow delivery and no chore makes it late."""
    others = [
        threading.Thread(target=_loop, args=((Job.Lane.TIMER,), stop), kwargs={"clock": True}, daemon=True),
        threading.Thread(target=_loop, args=((Job.Lane.OUTBOX,), stop), daemon=True),
        threading.Thread(target=_beat, args=(stop,), daemon=True),
    ]
    for one in others:
        one.start()
    _loop((Job.Lane.CHORE,), stop, schedules=True)
    for one in others:
        one.join(timeout=5)


def tick(at: datetime) -> int:
    """One round of the clock; what fails does not keep the others from their turn."""
    done = 0
    for name, function in TICKS.items():
        try:
            done += function(at)
        except Exception:  # the next round does it
            log.exception("clock: %s failed; trying again", name)
            connection.close()
    return done


def _loop(
    lanes: Sequence[str], stop: threading.Event, *, schedules: bool = False, clock: bool = False
) -> None:
    looked = 0.0
    while not stop.is_set():
        try:
            close_old_connections()
            if schedules and time.monotonic() - looked > SCHEDULE_SECONDS:
                start_periodic(timezone.now())
                looked = time.monotonic()
            done = tick(timezone.now()) if clock else 0
            if run_due(timezone.now(), lanes=lanes, most=50) or done:
                continue
        except Exception:  # the database may be restarting: say so and try again
            log.exception("jobs: a round failed; trying again")
            connection.close()
        stop.wait(0.5)


_running: set[UUID] = set()


def _beat(stop: threading.Event) -> None:
    """Renew the short leases of what this worker has in hand: they end soon after the worker does."""
    while not stop.wait(BEAT_SECONDS):
        try:
            close_old_connections()
            beat(timezone.now())
        except Exception:  # the database may be restarting
            log.exception("jobs: a beat failed; trying again")
            connection.close()


def beat(at: datetime) -> None:
    """Renew the leases of the jobs that this process runs, chores excepted."""
    if keys := list(_running):
        Job.objects.filter(pk__in=keys, state=Job.State.RUNNING).update(lease_until=at + SHORT)


def _claim(at: datetime, which: str, asked: object) -> Job | None:
    """The next job of those asked for: what a person waits for goes before what the clock started, then the earliest."""
    rows = Job.objects.raw(
        "UPDATE jobs_job SET state = 'running', lease_until = CASE lane WHEN 'chore' THEN %s ELSE %s END, attempts = attempts + 1 WHERE id = ("  # noqa: S608  ``which`` is written above
        f" SELECT id FROM jobs_job WHERE {which} AND kind = ANY(%s) AND"
        " ((state = 'waiting' AND run_at <= %s) OR (state = 'running' AND lease_until < %s))"
        " ORDER BY actor_id = %s, run_at, id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *",
        [at + LEASE, at + SHORT, asked, list(KINDS), at, at, SYSTEM.id],
    )
    return next(iter(rows), None)


def _run(job: Job, at: datetime) -> None:
    kind = KINDS[job.kind]
    if job.attempts > MOST_ATTEMPTS:  # its workers died before they could say why
        lose(job, Job.State.FAILED, at, error="The worker died each time.")
        return
    with from_origin(Origin("job")), _in_hand(job):
        try:
            work = Work(job, at)
            if kind.together:
                with transaction.atomic(), work.entered():
                    finish(job, Job.State.DONE, at, result=kind.function(work) or {})
            else:
                result = kind.function(work) or {}
                finish(job, Job.State.DONE, at, result=result)
        except Cancelled:
            lose(job, Job.State.CANCELLED, at)
        except Refused as refusal:
            lose(job, Job.State.FAILED, at, error=str(refusal), refused=refusal)
        except Exception as fault:
            log.exception("job %s failed", job.kind)
            _again_or_fail(job, at, f"{type(fault).__name__}: {fault}")


@contextmanager
def _in_hand(job: Job) -> Iterator[None]:
    """While a job of a short lease runs, the worker's heart beats for it; one that runs and ends in one transaction is
    kept by its lock."""
    beats = job.lane != Job.Lane.CHORE and not KINDS[job.kind].together
    if beats:
        _running.add(job.pk)
    try:
        yield
    finally:
        _running.discard(job.pk)


def _again_or_fail(job: Job, at: datetime, error: str) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        lose(job, Job.State.FAILED, at, error=error)
        return
    wait = timedelta(seconds=10 * 2**job.attempts)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WAITING, run_at=at + wait, error=error[:2000], lease_until=None
    )
