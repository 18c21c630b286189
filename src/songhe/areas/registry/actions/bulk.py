"""Many rows in one statement. COPY is not open to roles under row-level security; arrays are nearly as quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of ``names``; what is not named takes its database default."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(f'"{field.column}"' for field in fields)  # type: ignore[union-attr]
    types = [_type(field) for field in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [list(column) for column in zip(*rows, strict=True)]
    for place, kind in enumerate(types):
        if kind == "jsonb":
            values[place] = [None if value is None else Jsonb(value) for value in values[place]]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT * FROM unnest({arrays})',  # noqa: S608  names of our own models
            values,
        )


def _type(field: Any) -> str:
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
