"""The log is sealed, and what is old is swept away, without anybody asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, transaction
from django.utils import timezone
from tests import make

from songhe.areas.administration import keeping
from songhe.areas.administration.tasks import seal_acts  # noqa: F401  makes the jobs known
from songhe.engines.access.api import SYSTEM
from songhe.engines.access.models import Attempt
from songhe.engines.acts import chain
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.models import Act, Once, Seal
from songhe.engines.acts.once import forget
from songhe.engines.jobs.api import run_due, start
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_the_worker_seals_what_happened() -> None:
    record_bulk("test.load", model=Act, count=1, digest="0", actor=SYSTEM, at=AT, region_id=make.COUNTY)
    job = start("acts.seal", actor=SYSTEM, at=AT)
    run_due(AT)
    job.refresh_from_db()
    assert job.result == {"sealed": 1}
    assert Seal.objects.count() == 1
    assert chain.verify() is None


def ended(days: int, **values: Any) -> Job:
    """A job that ended so many days ago."""
    then = AT - timedelta(days=days)
    values = {"actor_id": SYSTEM.id, "state": "done", "key": "periodic"} | values
    return Job.objects.create(kind="acts.seal", run_at=then, created_at=then, finished_at=then, **values)


def test_old_sessions_tries_and_jobs_of_the_system_go_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    assert (keeping.kept("attempts"), keeping.kept("jobs")) == (timedelta(days=90), timedelta(days=30))
    for days in (1, 89, 91, 92, 93):
        Attempt.objects.create(username="u", at=AT - timedelta(days=days), succeeded=False)
    user = make.user("city_officer")
    waiting = start(
        "acts.seal", actor=SYSTEM, at=AT - timedelta(days=99), key="later", run_at=AT + timedelta(days=9)
    )
    stays = [ended(1), ended(29), ended(31, actor_id=user.pk), waiting]
    for days in (31, 40, 50):
        ended(days)
    ended(60, state="failed")
    for key, days in (("a", -1), ("b", 1), ("c", -9)):
        Session.objects.create(session_key=key, session_data="", expire_date=AT + timedelta(days=days))
    for days in (1, 179, 181, 200, 400):
        Once.objects.create(
            actor_id=SYSTEM.id, key=f"{days}", digest="", at=AT - timedelta(days=days), result={}
        )
    job = start("administration.sweep", actor=SYSTEM, at=AT)
    run_due(AT)
    job.refresh_from_db()
    assert job.result == {"attempts": 3, "jobs": 4, "sessions": 2, "once": 3}
    assert set(Once.objects.values_list("key", flat=True)) == {"1", "179"}
    assert {row.pk for row in stays} < set(Job.objects.values_list("pk", flat=True))
    assert [row.session_key for row in Session.objects.all()] == ["b"]
    assert Attempt.objects.count() == 2


def test_the_application_cannot_delete_a_key_that_is_young() -> None:
    now = timezone.now()
    for days in (1, 29, 31):
        Once.objects.create(
            actor_id=SYSTEM.id, key=f"{days}", digest="", at=now - timedelta(days=days), result={}
        )
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Once.objects.all().delete()
    assert forget(now, most=9) == 1
    assert set(Once.objects.values_list("key", flat=True)) == {"1", "29"}
