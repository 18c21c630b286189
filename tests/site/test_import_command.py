"""What ``songhe import`` does besides the steps themselves: it works at its own jobs, and at what they call for."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests import make
from tests.areas.registry.test_people_list import HEADER, row

from songhe.areas.registry import tasks
from songhe.areas.registry.models import Person, Suspect
from songhe.engines.access.api import SYSTEM
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.site.commands.import_ import bring_in

pytestmark = pytest.mark.django_db


def test_a_list_is_brought_in_and_looked_through_while_other_chores_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.look_in_region
    make.person(id_number="", phone="13812345678")
    other = start("registry.middles", actor=SYSTEM, at=timezone.now() - timedelta(hours=1))
    file = tmp_path / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, row(), row(姓名="李秀英", 身份证号="1")])
    assert bring_in(file, kind="registry.people", region=make.CITY, only_check=False) == 1
    assert Person.everywhere.filter(name="王建国").exclude(id_number_hash=None).count() == 1
    assert Suspect.everywhere.count() == 1
    assert (tmp_path / "people-to-mend.xlsx").exists()
    assert Job.objects.exclude(state="done").get() == other
    told = capsys.readouterr().out
    assert "2 rows: 1 good, 1 to mend." in told
    assert "1 made, 0 changed, 0 as they were." in told
