"""Rows of the grid for its tests."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from tests import make

from songhe.areas.grid.models import Helper, Pair, Post, Report, Turn
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.engines.cases.api import open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import make_key, seal

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)
ENTERED = {"by": "于主任", "at": AT}
_numbers = itertools.count(1)


def helper(region: int = 0, *, phone: str = "", **options: Any) -> Helper:
    """Somebody who helps in a village."""
    made = Helper(
        id=uuid4(),
        region_id=region or make.village(),
        since=SINCE,
        **{"name": "孙邻居", "kind": "neighbour"} | options,
    )
    made.owner_id = made.pk
    make_key(made.pk)
    number = phone or f"139{next(_numbers):08}"
    made.phone_sealed, made.phone_masked = seal(made.pk, number), f"{number[:3]}******{number[-2:]}"
    made.save(force_insert=True)
    return made


def pair(one: Helper, person: Person, **options: Any) -> Pair:
    """A helper with an elder."""
    return Pair.everywhere.create(
        helper=one,
        person=person,
        region_id=person.region_id,
        **{"role": "first", "since": SINCE} | ENTERED | options,
    )


def post(region: int, level: str = "village", **options: Any) -> Post:
    """A post."""
    return Post.everywhere.create(
        region_id=region, level=level, **{"name": "值班室", "since": SINCE} | options
    )


def turn(at: Post, one: Helper | None, **options: Any) -> Turn:
    """A line of a roster: on working days from eight to six."""
    values = {"days": [1, 2, 3, 4, 5], "starts": 480, "ends": 1080, "since": SINCE} | ENTERED | options
    return Turn.everywhere.create(post=at, helper=one, region_id=at.region_id, **values)


def report(one: Helper, person: Person | None = None) -> Report:
    """Something that a helper reported."""
    made = Report(
        id=uuid7(), helper=one, person=person, region_id=one.region_id, kind="needs", reported_at=AT,
        owner_id=person.pk if person else one.pk,
    )  # fmt: skip
    made.case = open_case("grid_report", region_id=one.region_id, about=made, actor=SYSTEM, at=AT)
    made.number, made.due_at = made.case.number, made.case.due_at
    made.save(force_insert=True)
    return made
