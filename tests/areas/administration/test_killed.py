"""A recoding that is killed amid its work has done nothing, and the repeat does all of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests import make

from songhe.areas.administration.recoding import preview
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.regions.models import Recode, Region

ON = date(2020, 1, 1)
WAITING = """
SELECT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation
 WHERE relname = 'registry_person' AND mode = 'RowExclusiveLock' AND pid IN (SELECT pid FROM pg_locks WHERE NOT granted)
"""
"""Who has written persons, and waits."""


def told(question: str, *values: Any) -> Any:
    """The answer of the database once it is not empty."""
    for _try in range(600):
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            if row := cursor.fetchone():
                return row[0]
        time.sleep(0.1)
    raise AssertionError(question)


def stand(recode: Recode) -> list[Any]:
    """What lies under the old code, the regions, and how much is logged."""
    recode.refresh_from_db()
    with entered(Scope.EVERYTHING):
        rows = Region.objects.filter(code__in=[recode.old, recode.new]).order_by("code")
        found = [(one.table.model, one.moved, one.stays) for one in preview(recode, on=ON).outcomes]
        return [found, list(rows.values_list("until", "former")), recode.applied_at, Act.objects.count()]


@pytest.mark.long
def test_a_recoding_killed_amid_its_work_has_done_nothing(apart: str, key_file: Path, tmp_path: Path) -> None:
    old, new = make.village(nth=1), make.village()
    with entered(Scope.EVERYTHING):
        person = make.person(old)
        recode = Recode.objects.create(old=old, new=new, on=ON, kind=Recode.Kind.MERGE, source="test")
    before = stand(recode)
    assert Person in [model for model, _moved, _stays in before[0]]
    command = [sys.executable, "-m", "songhe.site.cli", "recode", str(old), str(new)]
    where = {"DATABASE_URL": apart, "SONGHE_KEY_FILE": str(key_file), "SONGHE_HOME": str(tmp_path)}
    with entered(Scope.EVERYTHING):
        Region.objects.select_for_update().get(code=old)  # which ends last, after all rows have moved
        with subprocess.Popen(command, env=os.environ | where) as process:
            try:
                backend = told(WAITING)
            finally:
                process.kill()
    told("SELECT true WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)", backend)
    assert stand(recode) == before
    subprocess.run(command, env=os.environ | where, check=True, timeout=120)
    found, regions, applied_at, acts = stand(recode)
    assert (found, regions) == ([], [(None, [old]), (ON, [])])
    assert applied_at and acts > before[-1]
    with entered(Scope.EVERYTHING):
        assert Person.everywhere.get(pk=person.pk).region_id == new
