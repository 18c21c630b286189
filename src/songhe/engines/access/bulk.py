"""Many rows in one statement. COPY is not open to roles under row-level security; arrays are nearly as quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection, models
from psycopg.adapt import Dumper
from psycopg.pq import Format

from songhe.engines.access.arrays import Packed, Rows, arrays, written


class _AsItIs(Dumper):
    """Sends what is packed; the statement says of which type it is."""

    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj.body


psycopg.adapters.register_dumper(Packed, _AsItIs)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement on rows that are given as arrays, and the kinds of its columns."""

    text: str
    kinds: tuple[str, ...]

    def run(self, columns: Sequence[Any]) -> int:
        """Execute it; returns how many rows it met. The arrays go beside the text and not into it."""
        if columns:
            connection.ensure_connection()
            connection.validate_no_broken_transaction()
            with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
                cursor.execute(self.text, columns)
                return cursor.rowcount
        return 0


@models.BinaryField.register_lookup
@models.UUIDField.register_lookup
class Among(models.Lookup):
    """``hash__among=[…]``: many values as one array, where ``in`` has one parameter for each to be read and planned."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The comparison with the array."""
        column, values = self.process_lhs(compiler, connection)
        kind = "bytea" if isinstance(self.lhs.output_field, models.BinaryField) else "uuid"
        return f"{column} = ANY(%s::{kind}[])", [*values, written(kind, self.rhs)]


def insertion(model: type[models.Model], names: Sequence[str]) -> Statement:
    """How rows of a model are inserted whose values stand in the order of ``names``."""
    columns, kinds, source = _unnested(model, names)
    text = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT {source}'
    return Statement(text, kinds)


def insert_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Insert rows whose values stand in the order of ``names``; what is not named takes its database default."""
    into = insertion(model, names)
    into.run(arrays(into.kinds, rows))


def insert_new(
    model: type[models.Model], names: Sequence[str], rows: Rows, *, unless: Sequence[str], among: str = ""
) -> set[Any]:
    """Insert the rows whose values in the columns ``unless`` are not there yet; returns the keys of those inserted.

    ``among`` is the condition of a unique index that covers some rows only. A row that another transaction is inserting is waited for, so that one of the two finds it there.
    """
    if not rows:
        return set()
    into = insertion(model, names)
    key = _quoted(model, [model._meta.pk.name])
    some = f" WHERE {among}" if among else ""
    text = f"{into.text} ON CONFLICT ({_quoted(model, unless)}){some} DO NOTHING RETURNING {key}"
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(text, arrays(into.kinds, rows))
        return {found for (found,) in cursor.fetchall()}


def update_many(model: type[models.Model], names: Sequence[str], rows: Rows) -> int:
    """Set the columns of many rows, the first of ``names`` is the key by which a row is found; returns how many were."""
    if not rows:
        return 0
    (key, *columns), kinds, source = _unnested(model, names)
    news = ", ".join(f"{column} = fresh.{column}" for column in columns)
    text = (
        f'UPDATE "{model._meta.db_table}" AS old SET {news}'  # noqa: S608
        f" FROM (SELECT {source}) AS fresh ({', '.join([key, *columns])}) WHERE old.{key} = fresh.{key}"
    )
    return Statement(text, kinds).run(arrays(kinds, rows))


def _quoted(model: type[models.Model], names: Iterable[str]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return ", ".join(f'"{field.column}"' for field in fields)


def _unnested(model: type[models.Model], names: Iterable[str]) -> tuple[list[str], tuple[str, ...], str]:
    """Quoted column names, their kinds, and the columns of a SELECT that unpack one array each, all in step."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    kinds = tuple(map(kind_of, fields))
    return (
        [f'"{field.column}"' for field in fields],
        kinds,
        ", ".join(f"unnest(%s::{kind}[])" for kind in kinds),
    )


def kind_of(field: Any) -> str:
    """The kind of the arrays that a field's column is written from."""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    return "text" if kind.startswith("varchar") else kind
