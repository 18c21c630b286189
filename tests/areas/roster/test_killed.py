"""The server dies while it publishes, or two publish at once: nothing is lost, nothing doubled; and a large roster is quick."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from tests.areas.roster import made
from tests.conftest import point_at

from songhe.areas.roster import actions
from songhe.areas.roster.actions import publishing
from songhe.areas.roster.models import News, Outcome, Roster, RosterLine, State
from songhe.areas.visits.models import OPEN_VISITS, Order, Visit
from songhe.engines.access.api import Scope, User, entered
from songhe.engines.cases.api import CaseStep
from songhe.engines.jobs.api import run_due
from songhe.site.postgres import Temporary

ORDERS = 12
CHILD = """
import os, sys
dsn, keys, roster, user, chunk = sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.site.settings"
os.environ["DATABASE_URL"], os.environ["KEY_FILE"] = dsn, keys
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.KEY_FILE = Path(keys)
from django.utils import timezone
from songhe.areas.roster import actions
from songhe.areas.roster.actions import publishing
from songhe.areas.roster.models import Roster
from songhe.engines.access.api import User, entered
publishing.CHUNK = int(chunk)
import time
planner = User.objects.get(pk=user)
left = 1
while left:
    with entered(planner.scope()):
        row = Roster.objects.take(roster, planner.scope("roster.publish"))
        left = actions.publish_chunk(row, actor=planner, at=timezone.now())
        print("inside", left, flush=True)
        time.sleep(0.4)
    print("kept", left, flush=True)
    time.sleep(0.4)
"""


@pytest.fixture
def apart(cluster: Temporary, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own in which everything is really committed."""
    connection.close()
    cluster.drop_database("songhe_roster")
    cluster.create_database("songhe_roster", template="songhe_test")
    with django_db_blocker.unblock():
        point_at(cluster, "songhe_app", "songhe_roster")
        yield cluster.dsn("songhe_app", "songhe_roster")
        connection.close()
        point_at(cluster, "songhe_app", "songhe_test")
    cluster.drop_database("songhe_roster")


def prepared() -> tuple[made.Office, Roster]:
    """A roster that is to be published, really committed."""
    with entered(Scope.EVERYTHING):
        here = made.office(workers=4, orders=ORDERS)
    with entered(here.planner.scope()):
        roster = actions.plan_days(
            here.organisation, actor=here.planner, at=timezone.now(), first=here.day, seconds=1
        )
    assert run_due(timezone.now(), lanes=["chore"])
    with entered(here.planner.scope()):
        roster.refresh_from_db()
        assert (roster.state, roster.unassigned) == (State.DRAFT, 0), roster.reason
        actions.publish(roster, actor=here.planner, at=timezone.now())
    return here, roster


def started(apart: str, key_file: Path, roster: UUID, user: UUID) -> subprocess.Popen[str]:
    """A server that publishes three lines at a time."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, apart, str(key_file), str(roster), str(user), "3"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.long
@pytest.mark.parametrize("word", ["inside", "kept"])
def test_a_server_killed_while_it_publishes_loses_nothing_and_doubles_nothing(
    apart: str, key_file: Path, word: str
) -> None:
    here, roster = prepared()
    child = started(apart, key_file, roster.pk, here.planner.pk)
    assert child.stdout is not None
    seen = 0
    for line in child.stdout:
        seen += line.startswith(word)
        if seen == 2:
            break
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    time.sleep(0.2)
    done = 3 if word == "inside" else 6
    with entered(Scope.EVERYTHING):
        assert Visit.everywhere.count() == done, "whole chunks are there, and nothing of the one under way"
        assert RosterLine.everywhere.exclude(outcome="").count() == done
        assert Roster.everywhere.get().state == State.PUBLISHING
    whole(here)


def whole(here: made.Office) -> None:
    """The repeat, by the job or by hand, goes on where it stopped."""
    run_due(timezone.now() + timedelta(minutes=5), lanes=["chore"])
    for _again in range(2):
        with entered(here.planner.scope()):
            row = Roster.objects.take(Roster.everywhere.get().pk, here.planner.scope())
            actions.publish_chunk(row, actor=here.planner, at=timezone.now())
    with entered(Scope.EVERYTHING):
        assert Roster.everywhere.get().state == State.PUBLISHED
        assert set(RosterLine.everywhere.values_list("outcome", flat=True)) == {Outcome.SENT}
        opened = Counter(Visit.everywhere.filter(state__in=OPEN_VISITS).values_list("order_id", flat=True))
        assert len(opened) == ORDERS
        assert set(opened.values()) == {1}
        assert Visit.everywhere.count() == ORDERS
        assert CaseStep.everywhere.filter(move="dispatch").count() == ORDERS
        assert News.everywhere.filter(what="new").count() == ORDERS
        assert set(Order.everywhere.values_list("state", flat=True)) == {"dispatched"}


@pytest.mark.long
def test_two_who_publish_at_once_do_it_once(apart: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here, roster = prepared()
    monkeypatch.setattr(publishing, "CHUNK", 2)

    def publish(_n: int) -> None:
        try:
            left = 1
            while left:
                with entered(here.planner.scope()):
                    planner = User.objects.get(pk=here.planner.pk)
                    row = Roster.objects.take(roster.pk, planner.scope())
                    left = actions.publish_chunk(row, actor=planner, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(publish, range(3)))
    whole(here)
