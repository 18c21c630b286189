"""A search for duplicates that takes longer than its lease."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.areas.registry.test_changes import AT

from songhe.areas.registry import tasks
from songhe.areas.registry.actions import duplicates
from songhe.areas.registry.models import Suspect
from songhe.areas.registry.queries import likeness
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import run_due, start
from songhe.engines.jobs.models import Job

pytestmark = pytest.mark.django_db


def pairs() -> None:
    for name, phone in (("王建国", "13812345671"), ("李秀英", "13812345672"), ("张桂兰", "13812345673")):
        make.person(name=name, phone=phone)
        make.person(name=name, phone=phone, id_number="")


@pytest.mark.parametrize("kind", [duplicates.LOOK, "registry.duplicates"])
def test_a_search_renews_its_lease_while_it_runs_and_shows_how_far_it_is(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tasks.find_duplicates
    monkeypatch.setattr(likeness, "GROUPS_AT_ONCE", 1)
    pairs()
    job = start(kind, {"region": make.CITY}, actor=SYSTEM, at=AT)
    with CaptureQueriesContext(connection) as asked:
        run_due(AT)
    renewed = [
        one for one in asked if 'UPDATE "jobs_job" SET "done"' in one["sql"] and "lease_until" in one["sql"]
    ]
    assert len(renewed) >= 3
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.done, job.total, job.result) == (Job.State.DONE, 3, 3, {"found": 3})
    assert Suspect.everywhere.count() == 3
