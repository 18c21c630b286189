"""Many rows in one statement. COPY is not open to roles under row-level security; arrays are nearly as quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

Rows = Sequence[Sequence[Any]]
_PLAIN = frozenset({"bigint", "integer", "smallint", "uuid", "boolean", "date"})


def insert_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Insert rows whose values stand in the order of ``names``; what is not named takes its database default."""
    if not rows:
        return
    columns, source, values = _unnested(model, names, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT * FROM {source}',  # noqa: S608  names of our own models
            values,
        )


def update_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Set the columns of many rows; the first of ``names`` is the key by which a row is found."""
    if not rows:
        return
    (key, *columns), source, values = _unnested(model, names, rows)
    news = ", ".join(f"{column} = fresh.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" AS old SET {news}'  # noqa: S608
            f" FROM {source} AS fresh ({', '.join([key, *columns])}) WHERE old.{key} = fresh.{key}",
            values,
        )


def _unnested(
    model: type[models.Model], names: Iterable[str], rows: Rows
) -> tuple[list[str], str, list[Any]]:
    """Quoted column names, the table expression that unpacks one array for each of them, and the arrays."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    kinds = [_type(field) for field in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    values = [_array(kind, column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]
    return [f'"{field.column}"' for field in fields], f"unnest({arrays})", values


def _array(kind: str, column: Sequence[Any]) -> Any:
    """The column as an array: written out by hand where no sign needs quoting, which is most of the work saved."""
    if kind == "jsonb":
        return [None if value is None else Jsonb(value) for value in column]
    if kind == "bytea":
        return "{" + ",".join("NULL" if value is None else f'"\\\\x{value.hex()}"' for value in column) + "}"
    if kind in _PLAIN:
        return "{" + ",".join("NULL" if value is None else str(value) for value in column) + "}"
    return list(column)


def _type(field: Any) -> str:
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
