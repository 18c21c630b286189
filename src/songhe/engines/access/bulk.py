"""Many rows in one statement. COPY is not open to roles under row-level security; arrays are nearly as quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg.types.json import Jsonb

Rows = Sequence[Sequence[Any]]
_PLAIN = frozenset({"bigint", "integer", "smallint", "boolean", "date"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values, made without a database, so that a thread may make it."""

    text: str
    values: Sequence[Any]


@models.BinaryField.register_lookup
class Among(models.Lookup):
    """``hash__among=[…]``: many values as one array, where ``in`` has one parameter for each to be read and planned."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The comparison with the array."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bytea[])", [*values, _array("bytea", self.rhs)]


def insertion(model: type[models.Model], names: Sequence[str], rows: Rows) -> Statement | None:
    """The statement that ``insert_many`` runs; None where there is nothing to insert."""
    if not rows:
        return None
    columns, source, values = _unnested(model, names, rows)
    table = model._meta.db_table
    return Statement(f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT * FROM {source}', values)  # noqa: S608  names of our own models


def run(statements: Iterable[Statement | None]) -> None:
    """Run statements one after the other."""
    with connection.cursor() as cursor:
        for found in statements:
            if found is not None:
                cursor.execute(found.text, found.values)


def insert_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Insert rows whose values stand in the order of ``names``; what is not named takes its database default."""
    run([insertion(model, names, rows)])


def update_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Set the columns of many rows; the first of ``names`` is the key by which a row is found."""
    if not rows:
        return
    (key, *columns), source, values = _unnested(model, names, rows)
    news = ", ".join(f"{column} = fresh.{column}" for column in columns)
    text = (
        f'UPDATE "{model._meta.db_table}" AS old SET {news}'  # noqa: S608
        f" FROM {source} AS fresh ({', '.join([key, *columns])}) WHERE old.{key} = fresh.{key}"
    )
    run([Statement(text, values)])


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
    if kind == "uuid":
        return "{" + ",".join("NULL" if value is None else _hex(value) for value in column) + "}"
    if kind in _PLAIN:
        return "{" + ",".join("NULL" if value is None else str(value) for value in column) + "}"
    return list(column)


def _hex(value: UUID | str) -> str:
    return value if isinstance(value, str) else value.hex


def _type(field: Any) -> str:
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
