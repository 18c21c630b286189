"""A statement with its values apart is read once for a connection, and answers for each scope as any other."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from django.db.models import QuerySet
from tests import make

from songhe.engines.access.api import Tie, asked, entered, rows_of
from songhe.engines.regions.ids import uuid7

pytestmark = pytest.mark.django_db


@asked
def held(holder: UUID) -> QuerySet[Tie]:
    return Tie.everywhere.filter(holder_id=holder).order_by("id")


def plans(part: str) -> list[tuple[Any, ...]]:
    """How often the database ran the statements that it keeps for this connection, by the plan it took."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{part}%"],
        )
        return list(cursor.fetchall())


def test_one_statement_is_kept_and_the_second_lock_stands_behind_it_in_every_scope() -> None:
    here, there = make.village(), make.village(make.OTHER_COUNTY)
    holder = uuid7()
    rows = {
        region: Tie.everywhere.create(person_id=uuid7(), holder_id=holder, kind="worker", region_id=region, since="2026-01-01")
        for region in (here, there)
    }  # fmt: skip
    users = {
        here: make.user("county_officer", make.COUNTY),
        there: make.user("county_officer", make.OTHER_COUNTY),
    }
    for _turn in range(8):  # more than the five after which the database takes one plan for all
        for region, user in users.items():
            with entered(user.scope()):
                assert held(holder) == [rows[region]]
    assert plans('FROM "access_tie"') == [(16,)]


def test_what_asks_for_no_key_is_planned_for_its_values() -> None:
    @asked
    def since(day: date, low: int, high: int) -> QuerySet[Tie]:
        return Tie.everywhere.filter(since__gte=day, region_id__gte=low, region_id__lt=high).order_by(
            "region_id", "id"
        )

    for day in (date(2026, 1, 1), date(2026, 2, 2)):
        assert since(day, 1, 2) == []
    assert plans('"region_id" >=') == []


def test_after_a_fault_it_is_read_again() -> None:
    def whole(text: str) -> Any:
        return rows_of("SELECT %s::integer + 1", [text])

    assert whole("1") == [(2,)]
    with pytest.raises(DataError), transaction.atomic():
        whole("x")
    assert whole("2") == [(3,)]


def test_other_statements_are_neither_kept_nor_counted() -> None:
    rows_of("SELECT %s::integer + 3", [1])
    Tie.everywhere.filter(holder_id=uuid7()).first()
    known = connection.connection._prepared
    assert not known._counts, "their texts hold values"
    assert [key for key in known._names if b"+ 3" in key[0]]
    assert connection.connection.prepare_threshold is None


def test_nothing_is_kept_where_a_pooler_hands_on_connections(settings: Any) -> None:
    settings.PREPARED = False
    assert rows_of("SELECT %s::integer + 2", [1]) == [(3,)]
    assert plans("::integer + 2") == []
