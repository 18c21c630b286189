"""Two enter one identity number at the same moment: one has it, the other is told whose it is."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from tests import make

from songhe.areas.registry.actions import persons
from songhe.areas.registry.models import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.kit.clock import now

pytestmark = pytest.mark.long


def waits_for_the_other() -> bool:
    """Whether a connection of this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def meanwhile(pool: ThreadPoolExecutor, do: Any) -> Future[Any]:
    """Start something on another connection, and go on once it waits for what this one holds."""

    def run() -> Any:
        try:
            with entered(Scope.EVERYTHING):
                return do()
        finally:
            connection.close()

    begun = pool.submit(run)
    for _turn in range(200):
        if waits_for_the_other():
            return begun
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("known", [False, True])
def test_the_second_is_told_whose_the_number_is(apart: str, known: bool) -> None:
    number = make.id_number()
    with entered(Scope.EVERYTHING):
        loose = make.person(name="王未知", id_number="") if known else None

    def second() -> Person:
        if loose is not None:
            return persons.identify(loose, actor=SYSTEM, at=now(), id_number=number)
        return make.person(name="李秀英", id_number=number)

    with ThreadPoolExecutor(1) as pool:
        with entered(Scope.EVERYTHING):
            make.person(name="王建国", id_number=number)
            later = meanwhile(pool, second)
        with pytest.raises(Refused) as refused:
            later.result(timeout=30)
    assert (refused.value.code, refused.value.values) == ("id_taken_here", {"name": "王建国"})
    with entered(Scope.EVERYTHING):
        assert Person.everywhere.exclude(id_number_hash=None).count() == 1
