"""Workers die and freeze with alarms in hand: another one takes over, and the escalation is at most fifteen seconds late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from tests import make
from tests.conftest import point_at

from songhe.areas.alarms.api import Cry, raise_many
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Step
from songhe.engines.access.api import Scope, entered
from songhe.site.postgres import Temporary

pytestmark = pytest.mark.long
LATE_MOST = 15.0
CHILD = """
import os, sys, time
dsn, keys, mode = sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.site.settings"
os.environ["DATABASE_URL"], os.environ["KEY_FILE"] = dsn, keys
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.KEY_FILE = Path(keys)
from django.db import connection, transaction
from django.utils import timezone
from songhe.areas.alarms import actions
print("ready", flush=True)
while mode == "works":
    actions.watch(timezone.now())
    time.sleep(0.5)
lease = {"lease": None} if mode == "keeps" else {}
while True:
    with transaction.atomic():
        if actions.watch(timezone.now(), **lease):
            print("in hand", flush=True)
            time.sleep(600)
    time.sleep(0.1)
"""


@pytest.fixture
def apart(cluster: Temporary, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own in which everything is really committed."""
    connection.close()
    cluster.drop_database("songhe_takeover")
    cluster.create_database("songhe_takeover", template="songhe_test")
    with django_db_blocker.unblock():
        point_at(cluster, "songhe_app", "songhe_takeover")
        yield cluster.dsn("songhe_app", "songhe_takeover")
        connection.close()
        point_at(cluster, "songhe_app", "songhe_test")
    cluster.drop_database("songhe_takeover")


@contextmanager
def worker(dsn: str, keys: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that does rounds of the clock: ``works``, ``dies`` (in the middle of a round), or ``keeps`` what
    it has in hand for ever."""
    command = [sys.executable, "-c", CHILD, dsn, str(keys), mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said(process, "ready")
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str], word: str) -> None:
    """Wait until a worker says a word."""
    assert process.stdout is not None
    assert process.stdout.readline().strip() == word


def raised(seconds_ago: float) -> datetime:
    """An alarm that began to ring so long ago; returns when its second rung is due."""
    at = timezone.now() - timedelta(seconds=seconds_ago)
    with entered(Scope.EVERYTHING):
        person = make.person()
        cry = Cry(kind="sos", received_at=at, key=str(uuid4()), person_id=person.pk, region_id=person.region_id)  # fmt: skip
        raise_many([cry], at=at)
    return at + terms().clock.ring[1].after


def late(patience: float = 60.0) -> float | None:
    """By how many seconds the second rung was late, once another worker has done it; None where nobody does in time."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with entered(Scope.EVERYTHING):
            done = Step.everywhere.filter(what="ring").order_by("at").first()
        if done is not None:
            assert done.due_at is not None
            return (done.at - done.due_at).total_seconds()
        time.sleep(0.2)
    return None


def test_another_worker_takes_over_from_one_that_is_killed_between_and_within_rounds(apart: str, key_file: Path) -> None:  # fmt: skip
    with worker(apart, key_file, "dies") as one, worker(apart, key_file, "works") as other:
        os.kill(other.pid, signal.SIGSTOP)  # the first has to be the one who has it in hand
        raised(14.0)
        said(one, "in hand")
        one.send_signal(signal.SIGKILL)
        one.wait(30)
        os.kill(other.pid, signal.SIGCONT)
        found = late()
        assert found is not None
        assert found <= LATE_MOST
    with entered(Scope.EVERYTHING):
        alarm = Alarm.everywhere.get()
        rungs = list(Step.everywhere.filter(alarm=alarm, what="ring").values_list("detail", flat=True))
        assert len(rungs) == len(set(rungs)), "each rung once, though two workers had it in hand"


@pytest.mark.parametrize(("mode", "within"), [("dies", True), ("keeps", False)])
def test_what_a_frozen_worker_has_in_hand_is_free_in_time(apart: str, key_file: Path, mode: str, within: bool) -> None:  # fmt: skip
    """The second is the control: without the lease the frozen worker keeps the alarm, and this finds it."""
    with worker(apart, key_file, mode) as frozen, worker(apart, key_file, "works") as other:
        os.kill(other.pid, signal.SIGSTOP)  # the first has to be the one who has it in hand
        raised(14.0)
        said(frozen, "in hand")
        os.kill(frozen.pid, signal.SIGSTOP)
        os.kill(other.pid, signal.SIGCONT)
        found = late(60.0 if within else LATE_MOST + 5)
        assert (found is not None and found <= LATE_MOST) == within
        os.kill(frozen.pid, signal.SIGCONT)
