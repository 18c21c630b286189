"""Rows as arrays of the database, one for each column; no database is needed to make them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

Rows = Sequence[Sequence[Any]]
_PLAIN = frozenset({"bigint", "integer", "smallint", "boolean", "date"})


def arrays(kinds: Sequence[str], rows: Rows) -> list[Any]:
    """One array for each kind of column; empty where there are no rows."""
    return (
        [array(kind, column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]
        if rows
        else []
    )


def array(kind: str, column: Sequence[Any]) -> Any:
    """The column as an array: written out by hand where no sign needs quoting, which is most of the work saved."""
    if kind == "jsonb":
        return [None if value is None else json.dumps(value, ensure_ascii=False) for value in column]
    if kind == "bytea":
        return "{" + ",".join("NULL" if value is None else f'"\\\\x{value.hex()}"' for value in column) + "}"
    if kind == "uuid":
        return "{" + ",".join("NULL" if value is None else _hex(value) for value in column) + "}"
    if kind in _PLAIN:
        return "{" + ",".join("NULL" if value is None else str(value) for value in column) + "}"
    return list(column)


def _hex(value: UUID | str) -> str:
    return value if isinstance(value, str) else value.hex
