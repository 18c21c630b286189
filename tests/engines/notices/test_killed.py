"""A worker is killed while it sends: nothing is lost, and what is sent again carries the id by which it is recognised."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests import make
from tests.engines.notices.desk import SECRET, open_desk

from songhe.engines.access.api import Scope, entered
from songhe.engines.notices.api import Notice, Recipient, State, tell
from songhe.engines.notices.models import Delivery, Step

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
COUNT, KILLS = 60, 1
WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from songhe.engines.jobs.api import run_due
from songhe.engines.notices import tasks
run_due(datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.long
@pytest.mark.usefixtures("apart")
def test_killed_between_sending_and_marking_it_sends_again_under_the_same_id(
    apart: str, key_file: Path
) -> None:
    with entered(Scope.EVERYTHING):
        to = [Recipient(number=f"1390000{n:04}") for n in range(COUNT)]
        rows = tell(to, "complaint_answered", {"number": "T-1"}, region_id=make.village(), at=AT, key="k")
    with open_desk() as desk:
        environment = os.environ | {
            "DATABASE_URL": apart,
            "SONGHE_KEY_FILE": str(key_file),
            "SONGHE_SMS_URL": desk.url,
            "SONGHE_SMS_SECRET": SECRET,
            "DJANGO_SETTINGS_MODULE": "songhe.site.settings",
            "PYTHONPATH": os.pathsep.join([str(settings.ROOT / "src"), str(settings.ROOT)]),
        }
        ends = []
        for turn in range(KILLS + 1):
            moment = (AT + turn * timedelta(minutes=5)).isoformat()
            worker = subprocess.Popen([sys.executable, "-c", WORKER, moment], env=environment)
            desk.to_kill = worker.pid if turn < KILLS else None
            ends.append(worker.wait(timeout=60))
        sent = desk.ids
    assert ends == [-9] * KILLS + [0], "control: it was killed while it sent"
    with entered(Scope.EVERYTHING):
        assert {row.state for row in Notice.everywhere.filter(pk__in=[row.pk for row in rows])} == {
            State.DELIVERED
        }
        known = {str(key) for key in Delivery.everywhere.values_list("pk", flat=True)}
        delivered = Step.everywhere.filter(what=Step.What.DELIVERED).values_list("notice", flat=True)
        assert len(delivered) == len(set(delivered)) == COUNT
    assert set(sent) == known and len(known) == COUNT, "nothing lost, nothing sent under another id"
    assert len(sent) > COUNT, "control: some were sent again"
    assert desk.bad == 0
