"""A list that is long enough for several hands: two writers at once, and yet batch after batch."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from tests import make
from tests.areas.registry.test_people_list import AT, HEADER, row
from tests.badinput import files

from songhe.areas.registry.actions.people_list import PEOPLE
from songhe.areas.registry.models import Contact, Fact, Person, PersonToken
from songhe.core.text import name_tokens
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.imports import api as imports
from songhe.engines.imports import hands
from songhe.engines.imports.api import Batch, ImportRun, Written
from songhe.engines.jobs.api import run_due

pytestmark = pytest.mark.long

NAMES = ("王建国", "李秀英", "张桂兰", "刘志强", "陈淑珍", "于德海", "毕春花", "宋玉梅", "姜文武")


@pytest.fixture(autouse=True)
def long(apart: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two rows a batch, and every list takes the hands of a long one."""
    at_once = PEOPLE.at_once
    object.__setattr__(PEOPLE, "at_once", 2)
    monkeypatch.setattr(hands, "LONG", 1)
    yield
    object.__setattr__(PEOPLE, "at_once", at_once)


@pytest.fixture
def run() -> ImportRun:
    """Nine persons, checked."""
    with entered(Scope.EVERYTHING):
        rows = [
            row(
                姓名=name,
                性别="",
                身份证号=make.id_number(date(1943, 5, 2 + place)),
                联系电话=f"138{place:08}",
            )
            for place, name in enumerate(NAMES)
        ]
        raw = files.xlsx([HEADER, *rows])
        run = imports.take_in(
            io.BytesIO(raw), name="a.xlsx", spec=PEOPLE, region_id=make.CITY, actor=SYSTEM, at=AT
        )
        imports.start_check(run, actor=SYSTEM, at=AT)
    run_due(AT)
    return run


def written(run: ImportRun, at: datetime = AT) -> ImportRun:
    """What became of the run at a moment."""
    with entered(Scope.EVERYTHING):
        run.refresh_from_db()
        if run.state == "checked":
            imports.start_write(run, actor=SYSTEM, at=at)
    run_due(at)
    with entered(Scope.EVERYTHING):
        run.refresh_from_db()
    return run


def whole() -> None:
    """Everybody is there once, with all that belongs to a person."""
    with entered(Scope.EVERYTHING):
        persons = {person.name: person for person in Person.everywhere.all()}
        assert sorted(persons) == sorted(NAMES)
        assert Person.everywhere.count() == len(NAMES) == Contact.everywhere.count()
        assert Fact.everywhere.count() == 4 * len(NAMES), "who lives alone is an empty nest too"
        for name, person in persons.items():
            assert PersonToken.objects.filter(person_id=person.id).count() == len(name_tokens(name))


def test_two_writers_bring_in_every_row_once(run: ImportRun) -> None:
    run = written(run)
    assert (run.state, run.rows_taken, run.rows_made) == ("done", 9, 9)
    whole()


def test_after_a_batch_that_failed_none_is_written_and_the_list_goes_on_there(run: ImportRun) -> None:
    original, failed = PEOPLE.write, list[str]()

    def fails_once(batch: Batch) -> Written:
        written = original(batch)
        if NAMES[4] in [one.values["name"] for one in batch.rows] and not failed:
            failed.append(NAMES[4])
            raise OSError("the disk is full")
        return written

    object.__setattr__(PEOPLE, "write", fails_once)
    try:
        run = written(run)
        assert (run.state, run.rows_taken, run.rows_made) == ("importing", 4, 4)
        with entered(Scope.EVERYTHING):
            assert sorted(Person.everywhere.values_list("name", flat=True)) == sorted(NAMES[:4])
        run = written(run, AT + timedelta(minutes=5))
    finally:
        object.__setattr__(PEOPLE, "write", original)
    assert (run.state, run.rows_taken, run.rows_made) == ("done", 9, 9)
    whole()


def test_the_process_that_spells_names_without_phrases_spells_them_alike() -> None:
    asked = (
        "from songhe.core.text import pinyin; print(*(pinyin(chr(sign)) for sign in range(0x4E00, 0xA000)))"
    )
    with_phrases, without = (
        subprocess.run(
            [sys.executable, "-c", asked],
            env={"PATH": os.environ["PATH"], **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for more in ({}, hands.SIGNS_ONLY)
    )
    assert "wang" in without
    assert without == with_phrases
