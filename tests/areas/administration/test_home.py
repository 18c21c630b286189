"""What the first pages of an administrator and an auditor show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import make
from tests.kit.people import logged_in

from songhe.areas.registry.api import reveal
from songhe.engines.access.api import SYSTEM
from songhe.engines.access.login import FAILS_PER_NAME
from songhe.engines.jobs.models import Job
from songhe.kit.clock import now

pytestmark = pytest.mark.django_db


def job(**values: Any) -> Job:
    """A job of the system that failed an hour ago."""
    then = now() - timedelta(hours=1)
    values = {"kind": "imports.write", "state": "failed", "finished_at": then} | values
    return Job.objects.create(actor_id=SYSTEM.id, run_at=then, created_at=then, **values)


def first_page(role: str, region: int = make.CITY) -> str:
    client = logged_in(make.user(role, region))
    client.cookies["django_language"] = "en"
    return client.get("/").content.decode()


def test_an_administrator_sees_failed_jobs_and_who_is_locked_out() -> None:
    failed = job()
    job(kind="kit.old", finished_at=now() - timedelta(days=8))
    job(kind="kit.fine", state="done")
    locked = make.user("village_officer", make.village(), name="刘锁定")
    once = make.user("village_officer", make.village(), name="王手误")
    for user, times in ((locked, FAILS_PER_NAME), (once, FAILS_PER_NAME - 1)):
        for _ in range(times):
            assert Client().post("/login/", {"username": user.username, "password": "x"}).status_code == 422
    page = first_page("administrator")
    assert "Failed jobs" in page
    assert f"/all-jobs/{failed.pk}/" in page
    assert "kit.old" not in page
    assert "kit.fine" not in page
    assert f"/users/{locked.pk}/" in page
    assert "王手误" not in page


def test_an_auditor_sees_what_was_shown_in_the_clear_inside_the_own_area() -> None:
    reader = make.user("county_officer", make.COUNTY, name="李查看")
    near, far = make.person(name="王建国"), make.person(make.village(make.OTHER_COUNTY), name="赵远方")
    for person in (near, far):
        reveal(person, actor=reader, at=now(), purpose="核对津贴")
    page = first_page("auditor", make.COUNTY)
    assert "Sensitive reads since yesterday" in page
    assert "李查看 → 王建国" in page
    assert "核对津贴" in page
    assert "赵远方" not in page
    assert "Failed jobs" not in page
