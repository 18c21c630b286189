"""Two compare the same visits at the same moment: one does, and nothing breaks."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from tests.areas.verification.test_story import ended, yesterday
from tests.areas.visits import made

from songhe.areas.verification import actions
from songhe.areas.verification.models import Check, Finding
from songhe.engines.access.api import SYSTEM, Scope, entered

PATIENCE = 30


def test_of_two_who_compare_at_once_one_opens_the_checks(apart: str) -> None:
    with entered(Scope.EVERYTHING):
        town = made.town()
        for person, minutes in ((town.person, 0), (made.person("周大姐"), 20)):
            ended(town, yesterday(9) + timedelta(minutes=minutes), person=person)
    compared = threading.Event()

    def first() -> int:
        try:
            with entered(Scope.EVERYTHING):
                done = actions.look(actor=SYSTEM, at=timezone.now())
                compared.set()
                _until_somebody_waits()
            return done
        finally:
            connection.close()

    def second() -> int:
        try:
            compared.wait(timeout=PATIENCE)
            with entered(Scope.EVERYTHING):
                return actions.look(actor=SYSTEM, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(first), pool.submit(second)]
        assert [run.result() for run in runs] == [2, 0]
    with entered(Scope.EVERYTHING):
        assert Check.everywhere.count() == Finding.everywhere.count() == 2


def _until_somebody_waits() -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waited")
