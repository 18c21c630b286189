"""Many rows as columns, in and out: COPY in its binary form, laid over an array without looking at a single row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    F,
    IntegerField,
    Model,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

Array = NDArray[Any]
ALWAYS, FOREVER = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))
"""The days of what has no beginning, and of what has no end."""
_HEAD, _TAIL, _BLOCK = 19, 2, 1 << 20
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_EPOCH: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days
_KINDS: Final[Mapping[str, tuple[Any, ...]]] = {
    "uuid": (UUIDField, "u1", 16),
    "bigint": (BigIntegerField, ">i8"),
    "date": (DateField, ">i4"),
    "boolean": (BooleanField, "?"),
    "word": (IntegerField, ">i4"),
}
_SQL: Final[Mapping[str, str]] = {kind: kind for kind in _KINDS} | {"word": "integer"}


def open_from(name: str) -> Coalesce:
    """A first day, ``ALWAYS`` where it is open."""
    return Coalesce(F(name), Value(date.min))


def open_until(name: str) -> Coalesce:
    """The day before which something ends, ``FOREVER`` where it is open."""
    return Coalesce(F(name), Value(date.max))


def copied(queryset: QuerySet[Any], **kinds: str) -> dict[str, Array]:
    """Columns of a queryset by name, each of the kind given: uuid, bigint, date or boolean.

    No column may be NULL. Dates come as days since 1970-01-01 (int32), ids as rows of 16 bytes. Row-level security
    holds as for any query.
    """
    columns = {f"c_{name}": Cast(F(name), _KINDS[kind][0]()) for name, kind in kinds.items()}
    raw = _raw(queryset.annotate(**columns).values_list(*columns))
    return {name: _native(column, kinds[name]) for name, column in _laid_over(raw, kinds).items()}


def _raw(queryset: QuerySet[Any]) -> bytes:
    try:
        query, params = queryset.query.sql_with_params()
    except EmptyResultSet:
        return bytes(_HEAD + _TAIL)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", params) as rows,
    ):
        return b"".join(rows)


def _laid_over(raw: bytes, kinds: Mapping[str, str]) -> dict[str, Array]:
    fields: list[Any] = [("fields", ">i2")]
    for name, kind in kinds.items():
        fields += [(f"size of {name}", ">i4"), (name, *_KINDS[kind][1:])]
    row = np.dtype(fields)
    count, rest = divmod(len(raw) - _HEAD - _TAIL, row.itemsize)
    if rest:
        raise ValueError(f"one of the columns {', '.join(kinds)} has a NULL")
    table = np.frombuffer(raw, row, count, _HEAD)
    return {name: table[name] for name in kinds}


def _native(column: Array, kind: str) -> Array:
    if kind == "date":
        return column.astype(np.int32) + np.int32(_EPOCH)
    return np.ascontiguousarray(column.astype(column.dtype.newbyteorder("=")))


def poured(model: type[Model], **columns: tuple[str, Array] | tuple[str, Array, Sequence[str]]) -> int:
    """Insert rows whose columns are given by name, each as (kind, values); returns how many.

    Kinds are those of ``copied``, and ``word``: values are places in the words that stand third. COPY is not open to
    tables under row-level security, so rows go through a table of this transaction's own.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    raw = _laid_out({name: column[:2] for name, column in columns.items()})
    made = ", ".join(f"c{place} {_SQL[column[0]]}" for place, column in enumerate(columns.values()))
    told, words = [], []
    for place, (field, column) in enumerate(zip(fields, columns.values(), strict=True)):
        if column[0] == "word":
            told.append(f"(%s::text[])[c{place} + 1]")
            words.append(list(column[2]))  # type: ignore[misc]  # a word brings its words
        else:
            told.append(
                f"c{place}::{field.rel_db_type(connection) if field.is_relation else field.db_type(connection)}"
            )
    into = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE poured ({made}) ON COMMIT DROP")
        with cursor.copy("COPY poured FROM STDIN (FORMAT binary)") as rows:
            for start in range(0, len(raw), _BLOCK):
                rows.write(raw[start : start + _BLOCK])
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({into}) SELECT {", ".join(told)} FROM poured',  # noqa: S608  names of our own models
            words,
        )
        count = int(cursor.rowcount)
        cursor.execute("DROP TABLE poured")
    return count


def _laid_out(columns: Mapping[str, tuple[str, Array]]) -> bytes:
    fields: list[Any] = [("fields", ">i2")]
    for name, (kind, _values) in columns.items():
        fields += [(f"size of {name}", ">i4"), (name, *_KINDS[kind][1:])]
    size = len(next(iter(columns.values()))[1])
    table = np.zeros(size, np.dtype(fields))
    table["fields"] = len(columns)
    for name, (kind, values) in columns.items():
        table[f"size of {name}"] = table[name].dtype.itemsize if kind != "uuid" else 16
        table[name] = values - _EPOCH if kind == "date" else values
    return b"".join((_SIGNATURE, table.tobytes(), b"\xff\xff"))
