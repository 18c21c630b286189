"""Rows of caring for its tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests import make

from songhe.areas.caring.models import Caring, CaringPlan, Pause, Probe, Review, Search
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)


def caring(person: Person, **options: Any) -> Caring:
    """A visit that is planned."""
    values: dict[str, Any] = {"group": "key", "way": "visit", "since": DAY, "until": DAY + timedelta(days=7), "planned_on": DAY,
                              "due_at": AT + timedelta(days=5)}  # fmt: skip
    return Caring.everywhere.create(person=person, region_id=person.region_id, **values | options)


def done(person: Person, **options: Any) -> Caring:
    """A visit that was carried out."""
    values = {
        "state": "done",
        "outcome": "fine",
        "done_at": AT,
        "done_by": "孙邻居",
        "done_by_id": uuid4(),
    } | options
    return caring(person, **{"told_at": values["done_at"]} | values)


def plan(region: int, month: date) -> CaringPlan:
    """A plan that was made."""
    return CaringPlan.everywhere.create(
        region_id=region, month=month, state="made", by_id=uuid4(), by="民政局", at=AT
    )


def pause(person: Person) -> Pause:
    """Somebody who is away."""
    return Pause.everywhere.create(
        person=person, region_id=person.region_id, kind="away", since=DAY, by="村", at=AT
    )


def search(person: Person) -> Search:
    """Somebody who is searched for."""
    row = Search(id=uuid7(), caring=caring(person), person=person, region_id=person.region_id, opened_at=AT)
    row.case = open_case("caring_search", region_id=person.region_id, about=row, actor=SYSTEM, at=AT)
    row.number, row.due_at = row.case.number, row.case.due_at
    row.save(force_insert=True)
    return row


def review(region: int, month: date) -> Review:
    """A draw."""
    return Review.everywhere.create(
        region_id=region, level="town", month=month, share_percent=10, seed="s", list_hash="0" * 64, pool=[], listed=0, drawn=0,
        by_id=uuid4(), by="镇", at=AT,
    )  # fmt: skip


def probe(region: int) -> Probe:
    """A visit that was drawn."""
    person = make.person(region)
    month = date(2026, 1, 1)
    there = Review.everywhere.filter(region_id=region, month=month).first() or review(region, month)
    return Probe.everywhere.create(review=there, caring=done(person), person=person, region_id=region)
