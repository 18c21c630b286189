"""Rows that go to the database as arrays in its own form come back as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import tries

from songhe.engines.access import bulk
from songhe.engines.access.api import insert_many
from songhe.engines.access.arrays import array, arrays
from songhe.engines.vault.models import DataKey

pytestmark = pytest.mark.django_db
NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids(),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "boolean": st.booleans(),
    "date": st.dates(),
    "timestamp with time zone": st.timedeltas(timedelta(days=-36_000), timedelta(days=72_000)).map(
        lambda span: NOON + span
    ),
    "bytea": st.binary(max_size=20),
    "text": TEXT,
    "jsonb": st.dictionaries(TEXT, st.one_of(st.none(), st.booleans(), st.integers(-9, 9), TEXT), max_size=3),
    "numeric": st.decimals(-1000, 1000, places=2),
}


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
@settings(max_examples=tries(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_kind_of_value_comes_back(kind: str, data: st.DataObject) -> None:
    values = data.draw(
        st.lists(st.none() | VALUES[kind], min_size=1, max_size=6) | st.lists(VALUES[kind], min_size=1)
    )
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(f"SELECT unnest(%s::{kind}[])", [array(kind, values)])
        found = [row[0] for row in cursor]
    if kind == "jsonb":  # Django leaves it written
        found = [None if one is None else json.loads(one) for one in found]
    assert found == values


def test_what_is_laid_out_already_is_taken_as_it_is() -> None:
    ids = [UUID(int=place) for place in range(3)]
    assert array("uuid", [one.bytes for one in ids]) == array("uuid", ids)
    assert array("bigint", [number.to_bytes(8, "big", signed=True) for number in (-5, 7)]) == array(
        "bigint", [-5, 7]
    )


def test_rows_are_one_array_for_each_column() -> None:
    assert arrays(("bigint", "text"), []) == []
    assert arrays(("bigint", "text"), [(1, "一"), (2, "二")]) == [
        array("bigint", [1, 2]),
        array("text", ["一", "二"]),
    ]


def test_faults_of_the_database_are_told_as_ours() -> None:
    twice = UUID(int=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(DataKey, ("owner_id", "wrapped"), [(twice, b"a"), (twice, b"b")])
    with pytest.raises(DataError), transaction.atomic():
        bulk.Statement("SELECT unnest(%s::text[])", ("text",)).run(arrays(("text",), [("a\0b",)]))
    assert not DataKey.objects.filter(owner_id=twice).exists()
