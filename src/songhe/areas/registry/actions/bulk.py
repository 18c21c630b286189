"""Many rows in one statement. COPY is not open to roles under row-level security; arrays are nearly as quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

_PLAIN = frozenset({"bigint", "integer", "smallint", "uuid", "boolean", "date"})


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of ``names``; what is not named takes its database default."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(f'"{field.column}"' for field in fields)  # type: ignore[union-attr]
    types = [_type(field) for field in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [_array(kind, column) for kind, column in zip(types, zip(*rows, strict=True), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT * FROM unnest({arrays})',  # noqa: S608  names of our own models
            values,
        )


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
