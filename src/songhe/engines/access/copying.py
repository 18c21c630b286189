"""Reading many rows as columns: COPY in its binary form, laid over an array without looking at a single row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, DateField, F, QuerySet, UUIDField, Value
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

Array = NDArray[Any]
ALWAYS, FOREVER = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))
"""The days of what has no beginning, and of what has no end."""
_HEAD, _TAIL = 19, 2
_EPOCH: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days
_KINDS: Final[Mapping[str, tuple[Any, ...]]] = {
    "uuid": (UUIDField, "u1", 16),
    "bigint": (BigIntegerField, ">i8"),
    "date": (DateField, ">i4"),
    "boolean": (BooleanField, "?"),
}


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
    fields: list[Any] = [("", ">i2")]
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
